"""JSON and JavaScript modules as published: what the reader makes of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assets.landing.readers import read_delivery
from tests.landing.test_readers import declare
from tests.shared_data import shared


def _found(pattern: str) -> Path:
    return shared(f"data/{pattern}")


def test_permit_enterprises_of_ningxia() -> None:
    path = _found("b_cn_ningxia_permit_enterprises/DataAll.js")
    first = path.read_text("utf-8").split("\n")[2].rstrip(",")
    (part,) = read_delivery(path, declare("json", list(json.loads(first))))
    assert part.rows.height == 220
    assert part.rows["lng"][0] == "106.3166667"


def test_legal_entities() -> None:
    headers = ["LEI/$", "Entity/LegalName/$", "Entity/LegalAddress/City/$"]
    source = declare(
        "json",
        headers,
        records="records",
        ignored_columns=["Entity/*", "Registration/*", "Extension/*"],
    )
    path = _found("b_gleif_redacted/*.json")
    # A declared header stays even if a pattern covers it.
    (part,) = read_delivery(path, source)
    assert part.headers == tuple(headers)
    assert part.rows.height == 517
    assert part.rows["LEI/$"].n_unique() == 517


@pytest.mark.parametrize(
    ("file", "headers", "key", "levels"),
    [
        ("IndustryData_gbt4754_2017.js", ["title", "value"], "value", [20, 97, 473, 1381]),
        # Levels of the tree are 20, 96, 432, 876: one-class groups carry the code of the class.
        ("data_gbt4754_2011.js", ["code", "id", "value"], "code", [20, 96, 214, 1094]),
    ],
)
def test_industry_codes(file: str, headers: list[str], key: str, levels: list[int]) -> None:
    path = _found(f"f_industry_codes/{file}")
    (part,) = read_delivery(path, declare("json", headers, records="children*"))
    counts = Counter(part.rows[key].str.len_chars().to_list())
    assert [counts[length] for length in (1, 3, 4, 5)] == levels
