"""Registers linked one after the other: order, decisions, what is kept between runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.enterprises import kept, linking
from assets.enterprises.identity import name_ids
from assets.enterprises.records import register_records
from quality.contracts.accepted import Business, Permit, Return2051
from quality.contracts.enterprises import RecordAddress
from quality.contracts.linkage import LinkDecision
from tests.frames import Tables, facts, frame

A, B = "914403001922038216", "91310000631696382C"
WEIGHTS = "link_model"


def name_id(name: str) -> str:
    return str(pl.select(name_ids(pl.lit(name))).item())


PERMITTED, REGISTERED = "宁夏天元锰业有限公司", "宁夏天元锰业有限责任公司"
OTHER = "石嘴山市大地水泥有限公司"


def world(*more: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two permits without code; the same two and another in the business register."""
    t = Tables(
        {
            "accepted.permit": frame(
                Permit,
                {"source_row_id": "p1", "name_zh": PERMITTED},
                {"source_row_id": "p2", "name_zh": OTHER},
            ),
            "accepted.business": frame(
                Business,
                {"source_row_id": "b1", "name_zh": REGISTERED, "uscc_text": A},
                {"source_row_id": "b2", "name_zh": "银川某某商贸有限公司", "uscc_text": B},
                *more,
            ),
            "accepted.return_205_1": frame(
                Return2051, {"source_row_id": "r1", "name_zh": f"{OTHER}（总厂）"}
            ),
        }
    )
    records = register_records(t)
    rows = {"p1": "天元路1号", "b1": "天元路1号", "p2": "水泥路2号", "r1": "水泥路2号"}
    addresses = frame(
        RecordAddress,
        *(
            {"source_row_id": row, "role": "registered_office", "place_no": 1,
             "division_now": "640521", "rest_zh": street}
            for row, street in rows.items()
        ),
    )  # fmt: skip
    return records, addresses


def linked(
    folder: Path,
    *decisions: dict[str, Any],
    world_: tuple[pl.DataFrame, pl.DataFrame] | None = None,
) -> dict[str, tuple[str, str, str]]:
    records, addresses = world_ or world()
    found = linking.link_candidates(records, addresses, facts(WEIGHTS), folder)
    decided = frame(LinkDecision, *decisions)
    rows = linking.links(found, records, decided, facts(WEIGHTS))
    return {
        left: (right, status, by)
        for left, right, status, by in rows.select(
            "left_id", "right_id", "status", "decided_by"
        ).iter_rows()
    }


def test_a_register_is_linked_with_those_before_it(tmp_path: Path) -> None:
    found = linked(tmp_path)
    assert found[A] == (name_id(PERMITTED), "linked", "rule")
    assert B not in found or found[B][1] == "rejected"


@pytest.mark.parametrize("turned", [False, True])
def test_a_decision_holds_in_whichever_order_it_was_written(tmp_path: Path, turned: bool) -> None:
    pair = {"left_id": A, "right_id": name_id(PERMITTED)}
    if turned:
        pair = {"left_id": pair["right_id"], "right_id": pair["left_id"]}
    found = linked(tmp_path, {**pair, "decision": "different"})
    assert found[A][1:] == ("rejected", "person")
    said = {"left_id": B, "right_id": name_id(OTHER), "decision": "same"}
    assert linked(tmp_path, said)[B] == (name_id(OTHER), "linked", "person")


def test_a_decision_about_what_nobody_names_decides_nothing(tmp_path: Path) -> None:
    gone = {"left_id": "N:gone", "right_id": A, "decision": "same"}
    one_register = {"left_id": A, "right_id": B, "decision": "same"}
    assert linked(tmp_path, gone, one_register) == linked(tmp_path)


def test_rows_in_any_order_give_the_same_links(tmp_path: Path) -> None:
    records, addresses = world()
    turned = (records.reverse(), addresses.reverse())
    assert linked(tmp_path / "a") == linked(tmp_path / "b", world_=turned)


def test_only_what_changed_is_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[list[str], list[str]]] = []

    def watched(*arguments: Any) -> pl.DataFrame:
        compared.append((arguments[3].to_list(), arguments[4].to_list()))
        return relink(*arguments)

    relink = kept.relink
    monkeypatch.setattr(kept, "relink", watched)
    linked(tmp_path)
    assert compared == [], "the first run compares everything"
    linked(tmp_path)
    assert all(changed == ([], []) for changed in compared)
    compared.clear()
    new = {"source_row_id": "b3", "name_zh": "银川新来有限公司", "uscc_text": "91640000624900357G"}
    again = linked(tmp_path, world_=world(new))
    # New in the business register: left there, and right of the registers after it.
    assert compared == [(["91640000624900357G"], []), ([], ["91640000624900357G"])]
    assert again == linked(tmp_path / "afresh", world_=world(new))


def test_what_is_kept_and_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    first = linked(tmp_path)
    for path in tmp_path.rglob("pairs.parquet"):
        path.write_bytes(b"PAR1 torn")
    assert linked(tmp_path) == first
    for path in tmp_path.rglob("left.parquet"):
        path.unlink()
    assert linked(tmp_path) == first
