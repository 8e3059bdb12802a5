"""Numbers of enterprises: their kinds and checks, on worked examples and all real registers."""

from __future__ import annotations

import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.enterprises.identifiers import (
    lei_fits,
    number_of,
    numbers,
    org_code_fits,
    permit_no_fits,
    registration_no_fits,
)
from tests.landing.real.delivered import accepted

A = "914403001922038216"


@pytest.mark.parametrize(
    ("text", "scheme", "fits"),
    [
        (A, "USCC", True),
        (A + "\t\n", "USCC", True),
        (A[:-1] + "7", "USCC", False),
        ("91330109x092535650", "USCC", False),
        ("9144030019220382I6", "USCC", False),
        (f"{A}001P", "PERMIT", True),
        ("100000640181200001001P", "PERMIT", False),
        ("320402000022814", "REG15", True),
        ("320402000022841", "REG15", False),
        ("3204021100228", "REG13", None),
        ("企外苏苏承字第0045", "REGTEXT", None),
        ("71092546-2", "ORG", True),
        ("000402", "STOCK", None),
    ],
)
def test_a_number_is_of_the_kind_of_its_shape(text: str, scheme: str, fits: bool | None) -> None:
    found = number_of(text)
    assert found is not None
    assert (found.scheme, found.fits) == (scheme, fits)


@pytest.mark.parametrize("text", ["", "-", "`", "无", "12", "91640200-XX", "0"])
def test_what_is_no_number_is_of_no_kind(text: str) -> None:
    assert number_of(text) is None


def test_every_old_number_and_organisation_code_of_the_registers_fits() -> None:
    """The checks were written from the rules; 322 and 18,875 real numbers agree with them."""
    texts = accepted("cn_register", "b_cn_registry_redacted/*.csv").frame["uscc_text"]
    found = numbers(texts)
    counts = {(s, f): n for s, f, n in found.group_by("scheme", "fits").len().iter_rows()}
    assert counts == {
        ("USCC", True): 18_875,
        ("USCC", False): 3,
        ("REG15", True): 322,
        ("REG13", None): 22,
        ("REGTEXT", None): 4,
        ("ORG", True): 1,
    }
    codes = found.filter((pl.col("scheme") == "USCC") & pl.col("fits"))["value"]
    assert all(org_code_fits(code[8:17]) for code in codes.to_list())


def test_every_lei_of_the_golden_copy_fits() -> None:
    codes = accepted("gleif", "b_gleif_redacted/*.json").frame["lei"].to_list()
    assert len(codes) == 517 and all(map(lei_fits, codes))


def test_permit_numbers_of_ningxia_hold_a_code_that_fits_or_say_so() -> None:
    texts = accepted("nx_permits", "b_cn_ningxia_permit_enterprises/*.js").frame["permit_no"]
    found = numbers(texts).filter(pl.col("scheme") == "PERMIT")
    assert found["fits"].sum() == 134 and (~found["fits"]).sum() == 6
    assert not permit_no_fits("100000640181200001001P")


@given(st.integers(0, 10**14 - 1), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_of_a_registration_number_is_found(
    first: int, place: int, more: int
) -> None:
    body = f"{first:014d}"
    (right,) = [c for c in string.digits if registration_no_fits(body + c)]
    wrong = body[:place] + str((int(body[place]) + more) % 10) + body[place + 1 :]
    assert not registration_no_fits(wrong + right)


@given(st.text(alphabet=string.digits + string.ascii_uppercase, min_size=8, max_size=8))
def test_an_organisation_code_has_one_check_character(first8: str) -> None:
    assert sum(org_code_fits(first8 + c) for c in string.digits + "X") == 1


@given(st.text(max_size=40))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = number_of(text)
    assert found is None or found.scheme
