"""USCC: the check of GB 32100-2015."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.enterprises.uscc import ALPHABET, check_character, is_valid, valid

FIRST17 = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)
KNOWN = "914403001922038216"


@given(FIRST17)
def test_the_check_character_completes_any_code(first: str) -> None:
    assert is_valid(first + check_character(first))


@given(FIRST17, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_is_detected(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    changed = code[:place] + other + code[place + 1 :]
    assert is_valid(changed) == (changed == code)


def test_letters_are_allowed_in_the_first_two_positions_only() -> None:
    collective = "N2640100MF0000001"
    assert is_valid(collective + check_character(collective))
    letter_in_division = "91A40300192203821"
    assert not is_valid(letter_in_division + check_character(letter_in_division))


@pytest.mark.parametrize(
    "code",
    [
        None,
        "",
        " ",
        KNOWN.lower().replace("9", "a"),
        "91440300708461136t",
        KNOWN[:17],
        KNOWN + "0",
        f" {KNOWN}",
        f"{KNOWN}\n",
        "O" + KNOWN[1:],
    ],
)
def test_what_is_no_code_is_invalid(code: str | None) -> None:
    assert is_valid(KNOWN)
    found = pl.DataFrame({"code": [code]}, schema={"code": pl.String}).select(valid(pl.col("code")))
    assert found.item() is False


def test_many_codes_are_checked_as_each_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = ["企业企业企业", KNOWN[:17] + "7", KNOWN[:3] + "A" + KNOWN[4:], "", KNOWN.lower() + "x"]
    codes = pl.Series("code", [KNOWN, *bad, None, KNOWN] * 5)
    expected = [code is not None and is_valid(code) for code in codes]
    for piece in (1, 3, 8, 1000):
        monkeypatch.setattr("assets.enterprises.uscc._PIECE", piece)
        for given_codes in (codes, pl.concat([codes[:7], codes[7:]], rechunk=False)):
            found = given_codes.to_frame().select(valid(pl.col("code"))).to_series()
            assert found.to_list() == expected
    assert codes.clear().to_frame().select(valid(pl.col("code"))).height == 0


@pytest.mark.parametrize("first", ["9144030019220382", "9144030019220382I", "91440300192203821 "])
def test_no_check_character_for_what_is_no_code(first: str) -> None:
    with pytest.raises(ValueError, match="expected 17 characters"):
        check_character(first)
