"""Enterprises from registers: one row each, their numbers, names, ends, and what is odd."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.enterprises import findings, linking, master
from assets.enterprises.identity import name_ids
from assets.enterprises.records import register_records
from quality.contracts.accepted import Business, CoalUnit, OutputReturn, Permit, Return2051
from quality.contracts.linkage import Link
from quality.contracts.units import EnterpriseEvent, UnitEntry
from tests.frames import Tables, frame

A, B, C = "914403001922038216", "91310000631696382C", "91110000710925462X"


def name_id(name: str) -> str:
    return str(pl.select(name_ids(pl.lit(name))).item())


class Registers:
    """Rows of registers, the links between them, and what is made of both."""

    def __init__(self, **rows: list[dict[str, Any]]) -> None:
        tables = {
            "permit": Permit,
            "business": Business,
            "return_205_1": Return2051,
            "output_return": OutputReturn,
            "coal_unit": CoalUnit,
            "unit_entry": UnitEntry,
            "enterprise_event": EnterpriseEvent,
        }
        self.t = Tables(
            {
                f"accepted.{name}": frame(
                    tables[name],
                    *({"source_row_id": f"{name}{n}", **row} for n, row in enumerate(given)),
                )
                for name, given in rows.items()
            }
        )
        self.records = register_records(self.t)
        self.linked = frame(Link)

    def link(self, left: str, right: str, **more: Any) -> Registers:
        row = {"left_id": left, "right_id": right, "score": "0.9", "method": "scored"}
        said = {"status": "linked", "decided_by": "rule", "reason_zh": "名称相似", **more}
        self.linked = pl.concat([self.linked, frame(Link, {**row, **said})])
        return self

    @property
    def entities(self) -> pl.DataFrame:
        return linking.entities(self.records, self.linked)

    def enterprises(self) -> dict[str, dict[str, Any]]:
        events, businesses = self.t["accepted.enterprise_event"], self.t["accepted.business"]
        found = master.enterprises(self.records, self.entities, events, businesses)
        return {row["enterprise_id"]: row for row in found.to_dicts()}

    def names(self) -> pl.DataFrame:
        events, businesses = self.t["accepted.enterprise_event"], self.t["accepted.business"]
        return master.enterprise_names(self.records, self.entities, events, businesses)

    def odd(self) -> list[tuple[str, str]]:
        events, businesses = self.t["accepted.enterprise_event"], self.t["accepted.business"]
        found = findings.findings(
            self.records,
            self.entities,
            master.enterprises(self.records, self.entities, events, businesses),
            self.names(),
            events,
            self.linked,
        )
        return sorted(found.select("enterprise_id", "finding").rows())


def test_the_first_register_names_an_enterprise_once() -> None:
    made = Registers(
        permit=[{"uscc_text": A, "name_zh": "许可名"}],
        business=[{"uscc_text": A, "name_zh": "登记名"}, {"uscc_text": B, "name_zh": "另一家"}],
        return_205_1=[{"uscc_text": A, "name_zh": "报表名", "industry_division": "30"}],
        coal_unit=[{"unit_id": "U", "plant_name": "电厂", "owner_name": "业主"}],
    ).enterprises()
    assert set(made) == {A, B, name_id("业主")}
    assert (made[A]["name_zh"], made[A]["source_row_id"]) == ("许可名", "permit0")
    assert (made[A]["registering_division"], made[A]["org_code"]) == ("440300", A[8:17])
    assert made[A]["registers"] == 3
    assert made[name_id("业主")]["registering_division"] is None
    assert made[name_id("业主")]["unit_kind"] == "plant"


def test_an_enterprise_that_returned_its_output_alone_is_one() -> None:
    made = Registers(
        return_205_1=[{"uscc_text": A, "name_zh": "甲厂", "industry_division": "30"}],
        output_return=[{"uscc_text": B, "name_zh": "石灰厂"}, {"uscc_text": A, "name_zh": "甲厂"}],
    ).enterprises()
    assert {e: row["industry_zh"] for e, row in made.items()} == {A: "30", B: None}


def test_a_link_gives_an_enterprise_the_code_of_the_other_register() -> None:
    made = Registers(
        permit=[{"name_zh": "宁夏某某水泥有限公司"}],
        business=[{"uscc_text": A, "name_zh": "宁夏某某水泥有限责任公司"}],
    )
    assert set(made.enterprises()) == {A, name_id("宁夏某某水泥有限公司")}
    (row,) = made.link(A, name_id("宁夏某某水泥有限公司")).enterprises().values()
    assert (row["enterprise_id"], row["uscc"], row["uscc_status"]) == (A, A, "linked")
    assert row["name_zh"] == "宁夏某某水泥有限公司", "the permit names it first"
    assert row["registers"] == 2


def test_a_link_never_joins_two_checked_codes() -> None:
    made = Registers(
        permit=[{"uscc_text": A, "name_zh": "某厂"}], business=[{"uscc_text": B, "name_zh": "某厂"}]
    ).link(B, A)
    assert set(made.enterprises()) == {A, B}
    assert made.odd() == [(B, "two_codes")]


def test_nor_by_way_of_a_third() -> None:
    third = name_id("某厂")
    made = Registers(
        permit=[{"uscc_text": A, "name_zh": "某厂甲"}],
        business=[{"uscc_text": B, "name_zh": "某厂乙"}],
        return_205_1=[{"name_zh": "某厂"}],
    )
    joined = made.link(third, A, score="0.7").link(B, third, score="0.9").entities
    assert dict(joined.select("entity_id", "enterprise_id").iter_rows()) == {A: A, B: B, third: B}


def test_links_are_followed_in_any_order_alike() -> None:
    third = name_id("某厂")
    rows = {"permit": [{"uscc_text": A}], "business": [{"uscc_text": B}], "return_205_1": [{}]}
    names = {k: [{"name_zh": "某厂", **row} for row in given] for k, given in rows.items()}
    one = Registers(**names).link(third, A, score="0.8").link(B, third, score="0.8")
    other = Registers(**names).link(B, third, score="0.8").link(third, A, score="0.8")
    assert one.entities.equals(other.entities)


def test_what_a_person_said_comes_first() -> None:
    third = name_id("某厂")
    made = Registers(
        permit=[{"uscc_text": A, "name_zh": "某厂甲"}],
        business=[{"uscc_text": B, "name_zh": "某厂乙"}],
        return_205_1=[{"name_zh": "某厂"}],
    ).link(B, third, score="0.99")
    made.link(third, A, score="0.2", decided_by="person")
    rows = {row["entity_id"]: row for row in made.entities.to_dicts()}
    assert (rows[third]["enterprise_id"], rows[third]["matched_by"]) == (A, "person")


def test_a_branch_has_a_code_and_a_parent_of_its_own() -> None:
    made = Registers(
        unit_entry=[
            {"kind_zh": "分支机构", "uscc_text": B, "parent_uscc_text": A, "name_zh": "某分公司"},
            {"kind_zh": "法人单位", "uscc_text": A, "parent_uscc_text": A, "name_zh": "某公司"},
        ]
    ).enterprises()
    assert (made[B]["unit_kind"], made[B]["parent_enterprise_id"]) == ("branch", A)
    assert (made[A]["unit_kind"], made[A]["parent_enterprise_id"]) == ("legal_person", None)


@pytest.mark.parametrize(
    ("units", "odd"),
    [
        ([{"uscc_text": B}], [(B, "branch_without_parent")]),
        ([{"uscc_text": B, "parent_uscc_text": A[:-1] + "7"}], [(B, "branch_without_parent")]),
        ([{"uscc_text": B, "parent_uscc_text": A}], [(B, "parent_unknown")]),
        (
            [{"uscc_text": A, "parent_uscc_text": B}, {"uscc_text": B, "parent_uscc_text": A}],
            [(A, "parent_cycle"), (B, "parent_cycle")],
        ),
        ([{"uscc_text": B, "parent_uscc_text": A}, {"uscc_text": A, "kind_zh": "法人单位"}], []),
    ],
)
def test_branches_without_a_sound_parent_are_told(
    units: list[dict[str, Any]], odd: list[tuple[str, str]]
) -> None:
    rows = [{"kind_zh": "分支机构", "name_zh": "某公司甲乙", **row} for row in units]
    assert Registers(unit_entry=rows).odd() == sorted(odd)


def test_an_enterprise_ends_the_day_before_and_its_successor_goes_on() -> None:
    made = Registers(
        business=[{"uscc_text": A, "name_zh": "甲厂"}, {"uscc_text": B, "name_zh": "乙厂"}],
        enterprise_event=[
            {"uscc_text": A, "name_zh": "甲厂", "event_zh": "合并",
             "happened_on": date(2017, 7, 1), "successor_uscc_text": B},
            # The one that takes over is named in the event too, and does not end.
            {"uscc_text": B, "name_zh": "乙厂", "event_zh": "合并",
             "happened_on": date(2017, 7, 1), "successor_uscc_text": B},
        ],
    )  # fmt: skip
    rows = made.enterprises()
    ended = (rows[A]["ended_on"], rows[A]["ended_zh"], rows[A]["successor_id"])
    assert ended == (date(2017, 6, 30), "合并", B)
    assert rows[B]["ended_on"] is None
    assert made.odd() == []


def test_a_successor_that_no_register_names_is_told() -> None:
    event = {"event_zh": "合并", "happened_on": date(2017, 7, 1), "successor_uscc_text": C}
    made = Registers(enterprise_event=[{"uscc_text": A, "name_zh": "甲厂", **event}])
    assert made.odd() == [(A, "successor_unknown")]


def test_the_day_of_deregistration_in_the_register_ends_an_enterprise() -> None:
    row = {"uscc_text": A, "name_zh": "甲厂", "valid_to": date(2016, 3, 1)}
    assert Registers(business=[row]).enterprises()[A]["ended_on"] == date(2016, 3, 1)


def test_two_names_on_one_code_are_told_unless_one_is_the_former() -> None:
    rows = {
        "permit": [{"uscc_text": A, "name_zh": "宁夏甲乙水泥有限公司"}],
        "business": [{"uscc_text": A, "name_zh": "石嘴山丙丁电力厂"}],
    }
    assert Registers(**rows).odd() == [(A, "names_differ")]
    rows["business"][0]["former_name_zh"] = "宁夏甲乙水泥有限公司；更早的名"
    assert Registers(**rows).odd() == []
    names = Registers(**rows).names()
    assert names.filter(pl.col("kind") == "former").height == 2
    alike = {"business": [{"uscc_text": A, "name_zh": "宁夏甲乙水泥有限责任公司"}]}
    assert Registers(**{**rows, **alike}).odd() == []


def test_a_renaming_gives_the_former_name_its_last_day() -> None:
    event = {"event_zh": "更名", "happened_on": date(2015, 5, 1), "former_zh": "旧名厂"}
    names = Registers(enterprise_event=[{"uscc_text": A, "name_zh": "新名厂", **event}]).names()
    rows = {row["name_zh"]: (row["kind"], row["valid_to"]) for row in names.to_dicts()}
    assert rows == {"新名厂": ("recorded", None), "旧名厂": ("former", date(2015, 4, 30))}


def test_a_name_that_is_only_a_legal_form_is_told() -> None:
    made = Registers(business=[{"name_zh": "有限责任公司"}, {"name_zh": "某某有限公司"}])
    assert [finding for _, finding in made.odd()] == ["suffix_only"]


def test_numbers_are_kept_with_their_check_and_rows() -> None:
    made = Registers(
        permit=[
            {"uscc_text": A, "permit_no": f"{A}001P", "name_zh": "甲"},
            {"uscc_text": A, "permit_no": "临时", "name_zh": "甲"},
        ],
        business=[{"uscc_text": "320402000022814", "name_zh": "乙"}],
    )
    found = master.enterprise_numbers(made.records, made.entities)
    rows = {(r["scheme"], r["number"]): (r["fits"], r["rows"]) for r in found.to_dicts()}
    assert rows == {
        ("USCC", A): (True, 2),
        ("ORG", A[8:17]): (True, 2),
        ("PERMIT", f"{A}001P"): (True, 1),
        ("PERMIT", "临时"): (None, 1),
        ("REG15", "320402000022814"): (True, 1),
    }


def test_records_keep_every_row_once() -> None:
    made = Registers(
        permit=[{"name_zh": "甲"}, {"name_zh": "甲"}], business=[{"uscc_text": A, "name_zh": "乙"}]
    )
    assert made.records.height == 3
    assert made.records["source_row_id"].is_unique().all()
