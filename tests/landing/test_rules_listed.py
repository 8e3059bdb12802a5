"""Every published rule is built for named sources, or needs more than one source."""

from __future__ import annotations

import csv
from functools import cache

import pytest

from assets.landing.declaration import load_sources
from assets.landing.rules import rules_for
from tests.landing.ruling import rule_reference
from tests.shared_data import shared

RETURNS = {"return_205_1", "return_205_2"}
CODED = {
    *RETURNS,
    "output_return",
    "grid_supply",
    "heat_supply",
    "permit_register",
    "business_register",
    "nx_permits",
    "unit_register",
    "enterprise_event",
    "site_energy",
    "energy_exchange",
    "process_return",
}
POINTS = {"permit_register", "nx_permits"}

# Rule to the sources whose rows it judges.
BUILT: dict[str, set[str]] = {
    "ID1": {*CODED, "cn_register", "site_boundary"},
    # Repeats by name, or without a vintage; the door judges the key of every table besides.
    "ID2": {
        *RETURNS,
        "output_return",
        "site_energy",
        "energy_exchange",
        "process_return",
        "control_total",
        "sector_weight",
        "census_revision",
    },
    "ID3": CODED,
    # By the events and the register that say when a legal person ended.
    "ID4": {*RETURNS, "output_return", "process_return"},
    "IND1": RETURNS,
    "EN1w": {"return_205_1"},
    "EN1e": {"return_205_1"},
    # Parts of a whole; the tables say themselves that quantities are not negative.
    "EN2": {"return_205_1", "grid_supply", "park_annual"},
    "EN3w": RETURNS,
    "EN3e": RETURNS,
    "EN4w": {"return_205_1", "park_annual"},
    "EN4e": {"return_205_1", "park_annual"},
    "EN5": {"return_205_1"},
    "EN6w": {"return_205_1", "park_annual"},
    "EN6e": {"return_205_1", "park_annual"},
    "EN7": {"return_205_2"},
    "EN8": {"return_205_2"},
    "INT1w": {"return_205_1"},
    "INT1e": {"return_205_1"},
    "GEO1": {*POINTS, "unit_register"},
    "GEO2w": {*POINTS, "zone_catalogue"},
    "GEO2e": {*POINTS, "zone_catalogue"},
    "GEO3": {"park_boundary"},
    "GEO4": {*POINTS, "unit_register"},
    "POL1": {"park_boundary", "site_boundary"},
    "POL2w": {"park_boundary", "tw_parks"},
    "POL2e": {"park_boundary"},
    "POL3w": {"park_boundary", "tw_parks"},
    "POL3e": {"park_boundary"},
    "POL4": {"park_boundary"},
    "POL5": {"park_boundary"},
}

# Rule to what it needs beside the rows of one source.
NEEDS_MORE = {
    "CT1": "the sum over all parks, against a control total",
    "CT1w": "the sum over all parks, against a control total",
    "CT2": "the emissions of all parks, against an inventory of the province",
    "LOC1w": "returns joined with the places of their sites",
    "LOC1e": "returns joined with the places of their sites",
    "LOC2": "returns placed by registration and by operation",
    "EF1": "the year of the factor, against that of the activity",
    "EF2": "the province of the activity, against the list of factors",
    "REV1": "two vintages of one statistic",
}

# Published as an error, and a warning here: a claim is dropped and the row stays.
ROW_STAYS = {"ID1", "GEO2e"}


@cache
def published() -> dict[str, str]:
    """Rule to severity, as the method lists them."""
    path = shared("method/reference/qc_rules.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["rule_id"]: row["severity"] for row in csv.DictReader(file)}


@cache
def built() -> dict[str, dict[str, set[str]]]:
    """Rule to source to severities, as the product has them."""
    found: dict[str, dict[str, set[str]]] = {}
    for source_id in load_sources():
        for rule in rules_for(source_id, rule_reference(source_id)):
            by_source = found.setdefault(rule.rule_id, {})
            by_source.setdefault(source_id, set()).add(rule.severity)
    return found


def test_every_published_rule_is_built_or_needs_more_than_a_source() -> None:
    assert not BUILT.keys() & NEEDS_MORE.keys()
    assert published().keys() == BUILT.keys() | NEEDS_MORE.keys()
    assert not NEEDS_MORE.keys() & built().keys()
    assert all(NEEDS_MORE.values())


@pytest.mark.parametrize("rule_id", sorted(BUILT))
def test_a_rule_judges_the_sources_it_is_listed_with(rule_id: str) -> None:
    by_source = built().get(rule_id, {})
    assert by_source.keys() == BUILT[rule_id]
    expected = "warning" if rule_id in ROW_STAYS else published()[rule_id]
    assert {kind for kinds in by_source.values() for kind in kinds} == {expected}
