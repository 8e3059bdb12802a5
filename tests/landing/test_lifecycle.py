"""Which deliveries count: editions, withdrawals, partial ones, and any order of arrival."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from assets.landing.acceptance import accept_source
from assets.landing.declaration import load_source, load_sources
from assets.landing.ingest import Found, archive_delivery
from assets.landing.intake import DecisionError, Register, settle
from assets.landing.lifecycle import Said, marks, merge, resolve
from assets.landing.rawstore import RawStore
from assets.landing.readers import ReaderLimits
from quality.contracts.audit import Delivery
from quality.contracts.decisions import Withdrawal
from tests.frames import frame
from tests.landing.ruling import rule_reference
from tests.landing.test_readers_xlsx import simple

SOURCE = load_source("output_return")
HEADERS = "统一社会信用代码,单位详细名称,年份,产品名称,计量单位,产量,备注"
NO_WITHDRAWAL = Withdrawal.empty_frame()


def row(name: str, digit: str, rows: int | None = 10) -> dict[str, object]:
    subject, revision, supplement = marks(name)
    return {
        "source_id": "s",
        "delivery_id": digit * 64,
        "file_name": name,
        "names": name,
        "subject": subject,
        "revision": revision,
        "supplement": supplement,
        "rows": rows,
        "status": "current",
        "reason": None if rows is not None else "cannot be read",
    }


def statuses(*rows: dict[str, object], change: float = 0.5, **more: object) -> dict[str, str]:
    known = Delivery.empty_frame()
    for item in rows:
        known = merge(known, frame(Delivery, item))
    withdrawn = more.get("withdrawn", NO_WITHDRAWAL)
    assert isinstance(withdrawn, pl.DataFrame)
    said = more.get("said", {})
    found = resolve(known, withdrawn, {"s": change}, more.get("any_rows", ()), said)  # type: ignore[arg-type]
    return {str(d)[0]: str(s) for d, s in found.select("delivery_id", "status").iter_rows()}


def withdrawal(name: str) -> pl.DataFrame:
    return frame(
        Withdrawal,
        {"withdrawn_source": "s", "withdrawn_file": name, "provider": "某局", "reason_zh": "误报"},
    )


def test_a_revision_takes_the_place_of_the_original() -> None:
    assert statuses(row("a.csv", "1"), row("a_修订1.csv", "2")) == {
        "1": "superseded",
        "2": "current",
    }


def test_a_supplement_counts_beside_the_original() -> None:
    assert statuses(row("a.csv", "1"), row("a_补充1.csv", "2", 3)) == {
        "1": "current",
        "2": "current",
    }


def test_a_withdrawn_revision_leaves_the_one_before_in_force() -> None:
    rows = row("a.csv", "1"), row("a_修订1.csv", "2")
    assert statuses(*rows, withdrawn=withdrawal("a_修订1.csv")) == {
        "1": "current",
        "2": "withdrawn",
    }
    assert statuses(*rows, withdrawn=withdrawal("2" * 12))["2"] == "withdrawn"
    # Seven digits of a sha256 are too few to name a delivery.
    assert statuses(*rows, withdrawn=withdrawal("2" * 7))["2"] == "current"


def test_an_unreadable_revision_is_refused_and_the_original_stays() -> None:
    assert statuses(row("a.csv", "1"), row("a_修订1.csv", "2", None)) == {
        "1": "current",
        "2": "refused",
    }


def test_a_readable_revision_makes_the_refused_original_history() -> None:
    assert statuses(row("a.csv", "1", None), row("a_修订1.csv", "2")) == {
        "1": "superseded",
        "2": "current",
    }


@pytest.mark.parametrize(("rows", "status"), [(5, "current"), (4, "refused"), (16, "current")])
def test_a_partial_revision_is_refused(rows: int, status: str) -> None:
    partial = row("a_修订1.csv", "2", rows)
    assert statuses(row("a.csv", "1"), partial)["2"] == status
    assert statuses(row("a.csv", "1"), partial, change=1.0)["2"] == "current"
    assert statuses(row("a.csv", "1"), partial, any_rows=["2" * 64])["2"] == "current"


def said(digit: str, *wide: str, title: str = "") -> dict[tuple[str, str], Said]:
    titles = frozenset({("__title_indicator__", title)} if title else ())
    return {("s", digit * 64): Said({name: name for name in wide}, titles)}


def test_a_revision_without_a_column_of_the_original_is_refused() -> None:
    both = row("a.csv", "1"), row("a_修订1.csv", "2")
    less = said("1", "2016年", "2017年") | said("2", "2017年", "2018年")
    assert statuses(*both, said=less) == {"1": "current", "2": "refused"}
    more = said("1", "2016年", "2017年") | said("2", "2016年", "2017年", "2018年")
    assert statuses(*both, said=more) == {"1": "superseded", "2": "current"}


def test_another_indicator_under_the_same_name_does_not_take_its_place() -> None:
    """The office's exports are all called 分省年度数据.csv: the second one replaced the first."""
    both = row("分省年度数据.csv", "1"), row("分省年度数据.csv", "2")
    other = said("1", title="年末常住人口") | said("2", title="地区生产总值")
    assert statuses(*both, said=other) == {"1": "current", "2": "refused"}
    assert statuses(*both, said=said("1", title="x") | said("2"))["2"] == "refused"
    assert statuses(*both, said=said("1", title="x") | said("2", title="x"))["2"] == "current"


def test_a_revision_without_a_sheet_of_the_original_is_refused() -> None:
    """Fourteen of thirty provinces went without a word: their rows were less than half."""
    both = row("a.xlsx", "1"), row("a_修订1.xlsx", "2")
    sheets = {
        ("s", "1" * 64): Said(parts=frozenset({"宁夏2017", "甘肃2017"})),
        ("s", "2" * 64): Said(parts=frozenset({"宁夏2017"})),
    }
    assert statuses(*both, said=sheets) == {"1": "current", "2": "refused"}
    assert statuses(*both, said=sheets, any_rows=["2" * 64])["2"] == "current"
    more = sheets | {("s", "2" * 64): Said(parts=frozenset({"宁夏2017", "甘肃2017", "青海2017"}))}
    assert statuses(*both, said=more)["2"] == "current"


def test_other_bytes_under_the_same_name_are_a_later_edition() -> None:
    one, two = row("a.csv", "1"), row("a.csv", "2")
    assert statuses(one, two) == {"1": "superseded", "2": "current"}
    assert statuses(one, two, one) == {"1": "current", "2": "superseded"}
    assert statuses(one, two, two) == {"1": "superseded", "2": "current"}


@pytest.mark.parametrize(("name", "other"), [("a.csv", "a.CSV"), ("a_修订.csv", "a_修订版.csv")])
def test_other_bytes_with_the_same_marks_are_a_later_edition(name: str, other: str) -> None:
    for one, two in itertools.permutations([row(name, "1"), row(other, "2")]):
        found = statuses(one, two)
        assert found == {
            str(one["delivery_id"])[0]: "superseded",
            str(two["delivery_id"])[0]: "current",
        }


def test_what_a_known_name_says_is_read_anew() -> None:
    old = {**row("a_修订版.csv", "1"), "subject": "a_修订版.csv", "revision": 0}
    found = merge(frame(Delivery, old), frame(Delivery, row("a.csv", "2")))
    assert found.select("subject", "revision").rows() == [("a.csv", 1), ("a.csv", 0)]


def test_the_same_bytes_under_two_names_are_one_delivery() -> None:
    for order in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        known = Delivery.empty_frame()
        for name in order:
            known = merge(known, frame(Delivery, row(name, "1")))
        assert known["file_name"].to_list() == ["a.csv"]


def test_a_copy_of_what_was_replaced_does_not_count_again() -> None:
    one, two = row("z.csv", "1"), row("z_修订1.csv", "2")
    copy = row("a 副本.csv", "1")
    for order in itertools.permutations([one, two, copy]):
        assert statuses(*order) == {"1": "superseded", "2": "current"}


# Six deliveries of one office, in every order they can arrive in.
LIFE = {
    "output_return/产量_2017.csv": ["A,甲厂,2017,石灰,吨,5,", "B,乙厂,2017,石灰,吨,7,"],
    "output_return/产量_2017_副本.csv": ["A,甲厂,2017,石灰,吨,5,", "B,乙厂,2017,石灰,吨,7,"],
    "output_return/产量_2016.csv": ["A,甲厂,2016,石灰,吨,4,", "C,丙厂,2016,石灰,吨,9,"],
    "output_return/产量_2017_修订1.csv": ["A,甲厂,2017,石灰,吨,6,", "B,乙厂,2017,石灰,吨,7,"],
    "withdrawal/撤回.csv": ["output_return,产量_2015.csv,误报,某局,2018-01-02"],
    "output_return/产量_2018.csv": ["A,甲厂,2018,石灰,吨,5,"],  # its header has drifted
    "output_return/产量_2015.csv": ["A,甲厂,2015,石灰,吨,1,"],
}
ORIGINAL, DUPLICATE, LATE, REVISED, WITHDRAWAL, DRIFTED, WITHDRAWN = LIFE


def _write(folder: Path) -> dict[str, Found]:
    found = {}
    for name, rows in LIFE.items():
        source = load_source(name.partition("/")[0])
        header = HEADERS if source.id == "output_return" else ",".join(source.columns)
        if name == DRIFTED:
            header = header.replace("产量", "产品产量（万吨）")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        found[name] = Found(source, path)
    return found


def _settled(folder: Path, arrivals: list[pl.DataFrame]) -> Register:
    known = Delivery.empty_frame()
    store = RawStore(folder / "raw", folder / "archive", ReaderLimits())
    sources = load_sources()
    for count, arrived in enumerate(arrivals, start=1):
        known = merge(known, arrived)
        if count == len(arrivals) // 2:
            # As after a run: what is decided on the way must not stick.
            known = settle(known, sources, store).deliveries
    return settle(known, sources, store)


def test_all_720_orders_are_resolved_alike() -> None:
    rows = [
        row("产量_2017.csv", "1"),
        row("产量_2017_副本.csv", "1"),
        row("产量_2016.csv", "2"),
        row("产量_2017_修订1.csv", "3"),
        row("产量_2018.csv", "4", None),
        row("产量_2015.csv", "5"),
    ]
    said = withdrawal("产量_2015.csv")
    ends = set()
    for order in itertools.permutations(rows):
        ends.add(tuple(sorted(statuses(*order, withdrawn=said).items())))
    assert [dict(end) for end in ends] == [
        {"1": "superseded", "2": "current", "3": "current", "4": "refused", "5": "withdrawn"}
    ]


@pytest.mark.parametrize(
    "step", [pytest.param(30, id="24"), pytest.param(1, id="720", marks=pytest.mark.slow)]
)
def test_orders_of_six_deliveries_end_in_one_state(tmp_path: Path, step: int) -> None:
    found = _write(tmp_path / "landing")
    archived = {name: archive_delivery(tmp_path / "archive", item) for name, item in found.items()}
    # The withdrawn file came before all; its withdrawal is one of the six.
    first = [archived.pop(WITHDRAWN)]
    reference = rule_reference("output_return")
    ends = set()
    for order in list(itertools.permutations(archived))[::step]:
        register = _settled(tmp_path, first + [archived[name] for name in order])
        ends.add(tuple(register.deliveries.rows()))
    assert len(ends) == 1
    status = dict(register.deliveries.select("file_name", "status").iter_rows())
    assert status == {
        "产量_2015.csv": "withdrawn",
        "产量_2016.csv": "current",
        "产量_2017.csv": "superseded",
        "产量_2017_修订1.csv": "current",
        "产量_2018.csv": "refused",
        "撤回.csv": "current",
    }
    (reason,) = register.deliveries.filter(status="refused")["reason"]
    assert "产品产量（万吨）" in reason and "output_return.toml" in reason
    outcome = accept_source(SOURCE, register.delivered["output_return"], reference)
    years = outcome.frame.select("year", "output").cast(pl.Float64).sort(pl.all()).rows()
    assert years == [(2016, 4.0), (2016, 9.0), (2017, 6.0), (2017, 7.0)]
    assert outcome.records == 4


def test_a_supplement_replaces_rows_of_its_key_and_adds_others(tmp_path: Path) -> None:
    names = {
        "产量_2017.csv": ["A,甲厂,2017,石灰,吨,5,", "B,乙厂,2017,石灰,吨,7,"],
        "产量_2017_补充1.csv": ["B,乙厂,2017,石灰,吨,8,", "C,丙厂,2017,石灰,吨,9,"],
    }
    arrived = []
    for name, rows in names.items():
        path = tmp_path / name
        path.write_text("\n".join([HEADERS, *rows]) + "\n", "utf-8")
        arrived.append(archive_delivery(tmp_path / "archive", Found(SOURCE, path)))
    register = _settled(tmp_path, arrived)
    reference = rule_reference("output_return")
    outcome = accept_source(SOURCE, register.delivered["output_return"], reference)
    kept = dict(outcome.frame.select("name_zh", "output").cast({"output": pl.Int64}).iter_rows())
    assert kept == {"甲厂": 5, "乙厂": 8, "丙厂": 9}
    assert outcome.reasons() == {"SUPPLEMENT": 1}
    assert outcome.records == 4


def test_a_withdrawal_can_be_withdrawn(tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    found = _write(folder)
    again = folder / "withdrawal" / "恢复.csv"
    header = ",".join(load_source("withdrawal").columns)
    again.write_text(f"{header}\nwithdrawal,撤回.csv,没有误报,某局,2018-01-03\n", "utf-8")
    files = [found[WITHDRAWN], found[WITHDRAWAL], Found(load_source("withdrawal"), again)]
    for order in itertools.permutations(files):
        arrived = [archive_delivery(tmp_path / "archive", item) for item in order]
        status = dict(
            _settled(tmp_path, arrived).deliveries.select("file_name", "status").iter_rows()
        )
        assert status == {
            "产量_2015.csv": "current",
            "恢复.csv": "current",
            "撤回.csv": "withdrawn",
        }


def test_a_bad_decision_is_no_decision(tmp_path: Path) -> None:
    path = tmp_path / "撤回.csv"
    header = ",".join(load_source("withdrawal").columns)
    path.write_text(f"{header}\noutput_return,产量_2015.csv,误报,某局,昨天\n", "utf-8")
    arrived = archive_delivery(tmp_path / "archive", Found(load_source("withdrawal"), path))
    with pytest.raises(DecisionError, match=r"日期: 昨天.*every decision must be right"):
        _settled(tmp_path, [arrived])


def test_a_revision_flags_the_numbers_that_it_changed(tmp_path: Path) -> None:
    names = {
        "产量_2017.csv": ["A,甲厂,2017,石灰,吨,100,", "B,乙厂,2017,石灰,吨,100,"],
        "产量_2017_修订1.csv": ["A,甲厂,2017,石灰,吨,105,", "B,乙厂,2017,石灰,吨,106,"],
    }
    arrived = []
    for name, rows in names.items():
        path = tmp_path / name
        path.write_text("\n".join([HEADERS, *rows]) + "\n", "utf-8")
        arrived.append(archive_delivery(tmp_path / "archive", Found(SOURCE, path)))
    register = _settled(tmp_path, arrived)
    outcome = register.accept(SOURCE, rule_reference("output_return"))
    revised = outcome.flags.filter(pl.col("rule_id") == "REV1").to_dicts()
    # 5 % is allowed, 6 % is said.
    assert [(flag["column_zh"], flag["value_text"]) for flag in revised] == [
        ("产量", "100.000000 → 106.000000")
    ]


@pytest.mark.parametrize(("words", "status"), [(5, "current"), (6, "refused")])
def test_a_column_that_was_retyped_is_refused(tmp_path: Path, words: int, status: str) -> None:
    texts = ["约5"] * words + ["5"] * (10 - words)
    rows = [f"A,厂{n},2017,石灰,吨,{text}," for n, text in enumerate(texts)]
    path = tmp_path / "产量_2017.csv"
    path.write_text("\n".join([HEADERS, *rows]) + "\n", "utf-8")
    arrived = archive_delivery(tmp_path / "archive", Found(SOURCE, path))
    (row_,) = _settled(tmp_path, [arrived]).deliveries.to_dicts()
    assert row_["status"] == status
    if status == "refused":
        assert "6 of 10 cells under '产量'" in row_["reason"] and "约5" in row_["reason"]


def _refused(folder: Path, source_id: str, rows: list[list[object]]) -> str:
    """Why a delivered workbook is refused."""
    source = load_source(source_id)
    path = simple(folder / "a.xlsx", [list(source.columns), *rows])
    arrived = archive_delivery(folder / "archive", Found(source, path))
    (row_,) = _settled(folder, [arrived]).deliveries.to_dicts()
    assert row_["status"] == "refused"
    return str(row_["reason"])


@pytest.mark.parametrize(
    ("founded", "said"),
    [
        (45292, "such as '45292' (a serial number of a spreadsheet: 2024-01-01?); expected a date"),
        ("二〇二四年", "such as '二〇二四年'; expected a date YYYY-MM-DD (if the office retyped"),
        (2024, "such as '2024'; expected a date YYYY-MM-DD (if the office retyped"),
    ],
)
def test_serial_numbers_in_a_column_of_dates_are_told(
    tmp_path: Path, founded: object, said: str
) -> None:
    columns = load_source("business_register").columns
    row = [founded if name == "valid_from" else None for name in columns.values()]
    reason = _refused(tmp_path, "business_register", [["A", f"厂{n}", *row[2:]] for n in range(5)])
    assert said in reason
    assert ("format the column as dates" in reason) is (founded == 45292)


def test_numbers_formatted_as_dates_are_told(tmp_path: Path) -> None:
    # What a sheet shows of 2017 formatted as a date.
    row = [datetime(1905, 7, 9), "石灰", "吨", 5, None]
    reason = _refused(tmp_path, "output_return", [["A", f"厂{n}", *row] for n in range(5)])
    assert "such as '1905-07-09' (a number formatted as a date?)" in reason
    assert "format the column as numbers" in reason
