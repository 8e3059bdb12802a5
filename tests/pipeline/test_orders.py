"""Six deliveries of one office, taken in one by one in different orders: one release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pipeline.conftest import LANDING, parkledger

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("orders")]

HEADER = "统一社会信用代码,单位详细名称,年份,产品名称,计量单位,产量,备注\n"
# Invented outputs of an enterprise of the sample, marked as such by their names.
ROW = "916405002282817344,宁夏天元锰业有限公司,{year},石灰,吨,{amount},示意\n"
FILES = {
    "original": ("output_return", "石灰_2017_示意.csv", HEADER + ROW.format(year=2017, amount=5)),
    "duplicate": ("output_return", "石灰副本_示意.csv", HEADER + ROW.format(year=2017, amount=5)),
    "late": ("output_return", "石灰_2016_示意.csv", HEADER + ROW.format(year=2016, amount=4)),
    "revised": (
        "output_return",
        "石灰_2017_修订1_示意.csv",
        HEADER + ROW.format(year=2017, amount=6),
    ),
    "withdrawn": (
        "withdrawal",
        "撤回_示意.csv",
        "来源,文件,理由,提供单位,日期\noutput_return,石灰_2015_示意.csv,误报,示意局,2018-01-02\n",
    ),
    "drifted": (
        "output_return",
        "石灰_2018_示意.csv",
        HEADER.replace("产量", "产品产量") + ROW.format(year=2018, amount=7),
    ),
}
WITHDRAWN = ("output_return", "石灰_2015_示意.csv", HEADER + ROW.format(year=2015, amount=1))
ORDERS = [
    ["original", "duplicate", "late", "revised", "withdrawn", "drifted"],
    ["drifted", "withdrawn", "revised", "late", "duplicate", "original"],
    ["revised", "original", "drifted", "duplicate", "withdrawn", "late"],
]


def test_orders_end_in_one_release(tmp_path: Path) -> None:
    hashes = set()
    for place, order in enumerate(ORDERS):
        home = tmp_path / f"lake{place}"
        for name in ["", *order]:
            source, file, text = FILES[name] if name else WITHDRAWN
            path = tmp_path / file
            path.write_text(text, "utf-8")
            taken = parkledger(home, "ingest", source, str(path), "--json")
            assert taken.returncode == (name == "drifted"), taken.stderr
            if name == "drifted":
                assert "产品产量" in taken.stderr
        finished = parkledger(home, "run", "--landing", str(LANDING), "--json")
        assert finished.returncode == 0, finished.stderr[-2000:]
        said = json.loads(finished.stdout)
        assert all(balance["equal"] for balance in said["conservation"].values())
        hashes.add(said["content_hash"])
    assert len(hashes) == 1
