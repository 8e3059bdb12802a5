"""Who is who: codes before names, and where sites are known from."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.enterprises.identity import identify, name_ids, resolve
from assets.enterprises.names import normalised_name
from quality.contracts.accepted import Permit
from quality.contracts.enterprises import Entity
from tests.frames import frame


def name_id(name: str) -> str:
    """The id that an enterprise known only by this name gets."""
    return str(pl.select(name_ids(pl.lit(name))).item())


A, B = "914403001922038216", "91310000631696382C"


def identified(**permit: Any) -> dict[str, Any]:
    row = frame(Permit, {"name_zh": "某厂", **permit})
    return identify(row, "permit_no").row(0, named=True)


@pytest.mark.parametrize(
    ("code", "permit", "status", "enterprise"),
    [
        (A, f"{B}001P", "checked", A),
        (A[:-1] + "7", f"{B}001P", "from_permit", B),
        (None, f"{B}001P", "from_permit", B),
        (B.lower(), None, "failed", name_id("某厂")),
        (A[:-1] + "7", f"{B[:-1]}D001P", "failed", name_id("某厂")),
        (None, f"{B}01P", "missing", name_id("某厂")),
        (None, None, "missing", name_id("某厂")),
    ],
)
def test_the_delivered_code_comes_before_the_permit_and_the_name(
    code: str | None, permit: str | None, status: str, enterprise: str
) -> None:
    found = identified(uscc_text=code, permit_no=permit)
    assert (found["uscc_status"], found["entity_id"]) == (status, enterprise)
    assert found["uscc"] == (enterprise if status in ("checked", "from_permit") else None)


@given(st.text(min_size=1))
@example("A´")
def test_a_name_is_never_emptied_and_normalising_again_changes_nothing(name: str) -> None:
    once = pl.select(normalised_name(pl.lit(name))).item()
    assert once
    if once != name:
        assert pl.select(normalised_name(pl.lit(once))).item() == once


def test_names_that_differ_in_width_and_blanks_are_one_enterprise() -> None:
    assert name_id("宁夏（某）厂") == name_id("宁夏(某) 厂\u200b") == name_id("宁夏 （某）厂")
    assert name_id("宁夏某厂") != name_id("宁夏某二厂")
    assert name_id("\u200b") != name_id("\u3000")


@pytest.mark.parametrize(
    ("delivered", "entity"),
    [
        ("320402000022814", "REG15:320402000022814"),
        ("320402000022815", None),
        ("3204021100228", "REG13:3204021100228"),
        ("71092546-2", "ORG:710925462"),
        ("71092546-3", None),
        ("企外苏苏承字第0045", None),
    ],
)
def test_a_number_that_fits_is_a_key_and_one_that_does_not_is_none(
    delivered: str, entity: str | None
) -> None:
    found = identified(uscc_text=delivered)
    assert found["entity_id"] == (entity or name_id("某厂"))
    assert (found["uscc"], found["uscc_status"]) == (None, "failed")


def test_an_entity_is_the_enterprise_that_it_was_found_to_be() -> None:
    rows = identify(frame(Permit, {"name_zh": "某厂"}, {"name_zh": "别家"}), "permit_no")
    known = frame(Entity, {"entity_id": name_id("某厂"), "enterprise_id": A})
    assert resolve(rows, known)["enterprise_id"].to_list() == [A, name_id("别家")]
