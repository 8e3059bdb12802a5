"""Fuzz the csv reader: encodings, mojibake, plain and other records, header and units."""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["assets.landing.readers"]):
    from assets.landing.readers.delimited import read_csv
from tests.fuzz.harness import run

HEAD = "企业,值\n"
BODIES = [
    "甲,1\n",
    '甲,"1,2"\r\n乙,"a""b"\n',
    '甲,"1\n2"\n',
    "甲,1,2\n乙\n\n合计,3\n",
    "澶╂触,1\n",
    "å¤©æ´¥,1\n",
]
CODECS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
SEEDS = [(HEAD + body).encode(codec) for body in BODIES for codec in CODECS]


def write(data: bytes, folder: Path) -> Path:
    """The bytes as a csv."""
    path = folder / "a.csv"
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    run(
        "csv",
        read_csv,
        SEEDS,
        write,
        columns={"企业": "c0", "值": "c1"},
        optional_columns=["值"],
        ignored_columns=["__column_1__", "__column_2__"],
        encodings=["utf-8-sig", "gb18030", "utf-16"],
    )
