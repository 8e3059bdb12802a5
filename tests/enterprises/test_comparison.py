"""Rows of registers: where they are registered against where they are, in every combination."""

from __future__ import annotations

from typing import Any

import pytest

from assets.enterprises.comparison import comparisons
from quality.contracts.divisions import DivisionSuccessor
from quality.contracts.enterprises import RecordAddress, RegisterRecord
from tests.frames import frame

# 640104 and 640105 are of 银川, 640181 too; 640205 of 石嘴山; 110108 of 北京.
CODE = "91640104MA0000001X"


def compared(
    office: dict[str, Any] | None,
    work: dict[str, Any] | None,
    uscc: str | None = None,
    successors: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    rows = [
        {"source_row_id": "r", "role": role, "place_no": 1, "country": "CN", **given}
        for role, given in (("registered_office", office), ("permit_site", work))
        if given is not None
    ]
    found = comparisons(
        frame(RegisterRecord, {"source_row_id": "r", "register_id": "x", "uscc": uscc}),
        frame(RecordAddress, *rows),
        frame(DivisionSuccessor, *(successors or [])),
    )
    return found.row(0, named=True)


@pytest.mark.parametrize(
    ("one", "other", "comparison"),
    [
        ("640104", "640104", "same_county"),
        ("640104", "640105", "same_city"),
        ("640104", "640205", "same_province"),
        ("640104", "110108", "other_province"),
        ("640100", "640105", "within_city"),
        ("640100", "640205", "same_province"),
        ("640000", "640205", "within_province"),
        ("640000", "640000", "within_province"),
        ("640000", "110108", "other_province"),
        (None, "640105", None),
        (None, "640100", None),
        ("640000", None, None),
        ("640104", None, None),
    ],
)
def test_two_divisions_are_as_far_apart_as_is_known(
    one: str | None, other: str | None, comparison: str | None
) -> None:
    found = compared({"division_now": one}, {"division_now": other})
    assert found["comparison"] == comparison


@pytest.mark.parametrize(
    ("said", "point", "division", "origin", "differs"),
    [
        ("640104", "640105", "640104", "address", True),
        ("640104", "640104", "640104", "address", False),
        ("640100", "640105", "640105", "point", False),
        ("640000", "640205", "640205", "point", False),
        ("640100", "640205", "640100", "address", True),
        (None, "640205", "640205", "point", None),
        ("640104", None, "640104", "address", None),
        (None, None, None, None, None),
    ],
)
def test_words_come_before_the_point(
    said: str | None,
    point: str | None,
    division: str | None,
    origin: str | None,
    differs: bool | None,
) -> None:
    found = compared(None, {"division_now": said, "point_division": point})
    assert (found["operating_division"], found["operating_from"]) == (division, origin)
    assert found["point_differs"] is differs


def test_the_authority_in_the_code_stands_for_an_address_that_is_not_given() -> None:
    followed = [{"division_code": "640104", "code_now": "640106"}]
    found = compared(None, {"division_now": "640106"}, CODE, followed)
    assert (found["registered_division"], found["registered_from"]) == ("640106", "uscc")
    assert (found["comparison"], found["coded"]) == ("same_county", True)
    split = [
        {**followed[0], "ambiguous": True},
        {**followed[0], "code_now": "1", "ambiguous": True},
    ]
    assert compared(None, {"division_now": "640106"}, CODE, split)["comparison"] is None


def test_addresses_are_the_same_text_when_case_and_blanks_alone_differ() -> None:
    one, other = {"address_zh": "Velperweg 76 ARNHEM"}, {"address_zh": "Velperweg 76  Arnhem"}
    assert compared(one, other)["texts_differ"] is False
    assert compared(one, {"address_zh": "Velperweg 78 Arnhem"})["texts_differ"] is True
    assert compared(one, None)["texts_differ"] is None


def test_another_country_is_said_and_is_the_area() -> None:
    found = compared({"country": "DE"}, {"country": "NL"})
    assert (found["comparison"], found["area"]) == ("other_country", "NL")
