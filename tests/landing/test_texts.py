"""Cleaning many columns at once is cleaning each text."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quality.contracts.accepted import CoalUnit, RegisteredEnterprise
from quality.contracts.plants import GemCoalUnit
from quality.contracts.table import Table
from quality.texts import _BLANKS, are_bare, clean, clean_all, typed

_EXACT = Context(prec=60)
TEXTS = st.lists(
    st.none() | st.text(st.sampled_from(_BLANKS + "a甲，\u4000\u3040é-"), max_size=4),
    min_size=1,
    max_size=8,
)


@given(texts=TEXTS, null_texts=st.sampled_from([[], ["-"], ["-", "甲"]]))
@example(texts=["甲\u3000", "\u4000", "é"], null_texts=[])
@example(texts=["a", None, ""], null_texts=["-"])
def test_columns_are_cleaned_as_their_texts_are(
    texts: list[str | None], null_texts: list[str]
) -> None:
    frame = pl.DataFrame(
        {"mixed": texts, "plain": ["甲"] * len(texts), "other": texts[::-1]},
        schema_overrides={"mixed": pl.String, "other": pl.String},
    )
    names = ["other", "mixed", "plain"]
    expected = frame.select(clean(pl.col(name), null_texts) for name in names)
    assert clean_all(frame, names, null_texts).equals(expected)
    stripped = [None if text is None else text.strip(_BLANKS) for text in texts]
    meant = [None if text is None or text in ("", *null_texts) else text for text in stripped]
    assert expected.get_column("mixed").to_list() == meant


def test_every_blank_is_seen_at_either_end() -> None:
    for blank in _BLANKS:
        texts = ["甲", f"{blank}甲", f"甲{blank}", f"{blank}{blank}", f"甲{blank}乙"]
        frame = pl.DataFrame({"text": texts})
        cleaned = clean_all(frame, ["text"]).get_column("text")
        assert cleaned.to_list() == ["甲", "甲", "甲", None, f"甲{blank}乙"]


def test_no_columns_and_no_rows() -> None:
    assert clean_all(pl.DataFrame({"a": ["x"]}), []).width == 0
    empty = pl.DataFrame(schema={"a": pl.String})
    assert clean_all(empty, ["a"], ["-"]).equals(empty)


def test_days_are_read_in_the_chunks_of_their_texts() -> None:
    (day,) = [c for c in RegisteredEnterprise.declared_columns() if c.name == "registered_on"]
    texts = ["2002-02-28", None, "2002-02-29", "2002-2-1", "+2002-1-01", "2002-02-28", " 2002-1-01"]
    read = [date(2002, 2, 28), None, None, None, None, date(2002, 2, 28), None]
    chunks = [pl.Series("day", texts[:3]), pl.Series("day", texts[3:])]
    frame = pl.concat(chunks, rechunk=False).to_frame()
    found = frame.select(typed(pl.col("day"), day)).to_series()
    assert found.to_list() == read
    assert found.dtype == pl.Date
    assert found.chunk_lengths() == [3, 4]
    for few in (frame.clear(), frame[1:2]):
        assert few.select(typed(pl.col("day"), day)).to_series().to_list() == [None] * few.height


(_YEAR,) = [c for c in CoalUnit.declared_columns() if c.name == "start_year"]


def _whole(texts: list[str | None]) -> list[int | None]:
    frame = pl.DataFrame({"n": texts}, schema={"n": pl.String})
    return frame.select(typed(pl.col("n"), _YEAR)).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2023", 2023),
        ("2023.0", 2023),
        ("2023.00", 2023),
        ("2023.", 2023),
        ("2.023E3", 2023),
        ("+20230e-1", 2023),
        ("-0.0", 0),
        ("0e400", 0),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775807.0", 2**63 - 1),
        ("-9.223372036854775808e18", -(2**63)),
        ("9223372036854775808", None),
        ("1234567890123456789.0", 1234567890123456789),
        ("1234567890123456789.5", None),
        ("2023.5", None),
        ("2023.0000000000000000001", None),
        ("1e400", None),
        ("1e-400", None),
        ("2023.0年", None),
        ("2,023.0", None),
        ("２０２３.0", None),
        ("0x7E7", None),
        ("2_023.0", None),
        ("1e9999", None),
        ("nan", None),
        (".", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_number_may_be_written_as_a_decimal_one(
    text: str | None, number: int | None
) -> None:
    assert _whole([text]) == [number]
    assert _whole(["7", text, None, "8.0"]) == [7, number, None, 8]


@given(
    number=st.integers(-(2**63), 2**63 - 1) | st.integers(-9999, 9999),
    shift=st.integers(0, 25),
    rest=st.integers(0, 99),
)
def test_decimal_texts_are_whole_numbers_exactly(number: int, shift: int, rest: int) -> None:
    moved = f"{Decimal(number).scaleb(-shift, _EXACT):f}e{shift}"
    broken = f"{number}.{rest:02}"
    expected = [number, number, number, number if rest == 0 else None]
    assert _whole([str(number), f"{number}.000", moved, broken]) == expected


@pytest.mark.parametrize("table", [CoalUnit, GemCoalUnit])
def test_years_of_units_are_bounded(table: type[Table]) -> None:
    years = [f for f in table.to_schema().columns.items() if f[0].endswith("_year")]
    assert len(years) >= 2
    for name, declared in years:
        bounds = {k: v for check in declared.checks for k, v in check.statistics.items()}
        # 24838 is the serial of a day, not a year.
        assert bounds == {"min_value": 1800, "max_value": 2100}, name


def test_whole_numbers_are_read_in_the_chunks_of_their_texts() -> None:
    for texts in (["1", "2"], ["1", "2.0"], ["1", "1e1"], ["1", "甲"]):
        chunks = [pl.Series("n", texts), pl.Series("n", ["3"])]
        frame = pl.concat(chunks, rechunk=False).to_frame()
        found = frame.select(typed(pl.col("n"), _YEAR)).to_series()
        assert (found.name, found.dtype, found.chunk_lengths()) == ("n", pl.Int64, [2, 1])
    assert _whole([]) == []


@given(texts=TEXTS, offset=st.integers(0, 3), length=st.integers(0, 8), pieces=st.integers(1, 2))
@example(texts=["甲", "", None], offset=0, length=8, pieces=1)
@example(texts=["", None], offset=0, length=8, pieces=2)
@example(texts=[" 甲", "乙", "丙 "], offset=1, length=1, pieces=1)
def test_bare_texts_have_no_blanks_around_them(
    texts: list[str | None], offset: int, length: int, pieces: int
) -> None:
    column = pa.chunked_array([pa.array(texts, pa.string()).slice(offset, length)] * pieces)
    seen = [text for text in texts[offset : offset + length] if text is not None]
    if are_bare(column):
        assert all(text == text.strip(_BLANKS) for text in seen)
        frame = pl.DataFrame({"text": pl.from_arrow(column)})
        bare = clean_all(frame, ["text"], ["-"], bare={"text"})
        assert bare.equals(clean_all(frame, ["text"], ["-"]))


def test_texts_without_blanks_are_found_to_be_bare() -> None:
    assert are_bare(pa.chunked_array([pa.array(["甲乙", "a b", "", None, "-1"], pa.string())]))
    assert are_bare(pa.chunked_array([], pa.string()))
    for blank in _BLANKS:
        for text in (f"{blank}甲", f"甲{blank}", blank):
            assert not are_bare(pa.chunked_array([pa.array(["甲", text, "乙"], pa.string())]))
