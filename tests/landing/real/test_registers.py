"""Registers of enterprises: identifiers, and the two addresses that are to be compared."""

from __future__ import annotations

from collections import Counter

import polars as pl

from assets.landing.declaration import load_source
from tests.door import rows_through_door
from tests.landing.real.delivered import accepted, rule_counts

EUTL = "b_eutl_redacted/*.csv"


def _differ(frame: pl.DataFrame, one: list[str], other: list[str]) -> pl.DataFrame:
    pairs = zip(one, other, strict=True)
    return frame.filter(pl.any_horizontal(pl.col(a).ne_missing(pl.col(b)) for a, b in pairs))


NX = "b_cn_ningxia_permit_enterprises/*.js"


def test_codes_of_ningxia_permits() -> None:
    frame = accepted("nx_permits", NX).frame
    codes = frame.get_column("uscc_text")
    # 51 are -, seven hold nothing but a zero-width space, one is a lone `.
    assert codes.null_count() == 59
    plain = codes.str.replace_all(r"[^0-9A-Za-z]", "")
    odd = plain.is_null() | (plain.str.len_chars() != 18)
    assert odd.sum() == 68
    claimed = codes.str.len_chars().fill_null(0) == 18
    # Eight more end in a bracket with a blank in it, which is not taken off.
    assert (~claimed).sum() == 76
    assert (odd & claimed).sum() == 0
    assert frame.get_column("permit_no").null_count() == 77
    assert frame.get_column("lon").is_between(104.2, 107.7).all()
    assert frame.get_column("lat").is_between(35.2, 39.4).all()


def test_every_permit_is_kept_and_every_odd_code_flagged() -> None:
    outcome = accepted("nx_permits", NX)
    assert (outcome.frame.height, outcome.quarantine.height) == (220, 0)
    assert rule_counts(outcome) == {"ID1": 5, "ID1m": 76, "ID3": 6, "GEO4": 2}
    texts = outcome.flags.filter(pl.col("rule_id") == "ID1m").get_column("value_text")
    assert Counter(texts.to_list()) == {
        "-": 51,
        "\u200b": 7,
        "`": 1,
        "0": 3,
        "\u200b0": 1,
        "12642101027359911917": 2,
        "916400005641143891B": 1,
        "916400005541616821(03)": 1,
        "916400005541616821(01）": 1,
        "91640000227683862F(__)": 1,
        "916412006943211825(\xa0)": 1,
        "9164022173597034X5(\xa0)": 1,
        "91641200MA75X51N2M(\xa0)": 1,
        "91641200MA75X51P9C(\xa0)": 1,
        "91641200054629920B(\xa0)": 1,
        "91640221735973356L(\xa0)": 1,
        "91640323750838208R(\xa0)": 1,
    }
    wrong = outcome.flags.filter(pl.col("rule_id") == "ID1").get_column("value_text")
    # The second is a code of another kind of body that fails as a USCC.
    assert set(wrong) == {
        "91640300MA75WONY35",
        "640200200001404200",
        "91640205750828907P",
        "91640221MA76CORD96",
        "916402007999162621",
    }


def test_points_of_the_ets_that_are_none() -> None:
    outcome = accepted("eutl", EUTL)
    assert rule_counts(outcome) == {"GEO1w": 80}
    said = Counter(text.split(":")[0] for text in outcome.flags.get_column("reason_en"))
    assert said == {"coordinates of 0": 38, "the point is not in Europe": 42}
    flagged = outcome.frame.join(outcome.flags, on="source_row_id", how="semi")
    assert dict(flagged.group_by("registry_code").len().iter_rows()) == {"LT": 78, "DK": 2}
    # Numbers that look like cut metres of the national grid, beside degrees.
    assert flagged.filter((pl.col("lat") == 62.4) & (pl.col("lon") == 43.2)).height == 1
    assert flagged.filter((pl.col("lat") == 54.7) & (pl.col("lon") == 23.5)).is_empty()


def test_holder_and_installation_of_the_ets_have_other_addresses() -> None:
    frame = accepted("eutl", EUTL).frame
    counts = dict(frame.group_by("registry_code").len().iter_rows())
    assert counts == {"NL": 695, "DK": 470, "LT": 130, "SI": 107, "EE": 68, "LU": 35}
    differ = _differ(
        frame,
        ["holder_address", "holder_city"],
        ["installation_address", "installation_city"],
    )
    by_country = dict(differ.group_by("registry_code").len().iter_rows())
    assert (by_country["NL"], by_country["DK"]) == (541, 354)
    abroad = _differ(frame, ["holder_country"], ["installation_country"])
    assert abroad.filter(pl.col("registry_code") == "NL").height == 30


def test_verified_emissions_of_every_year() -> None:
    frame = accepted("eutl_emissions", EUTL).frame
    assert frame.get_column("year").unique().sort().to_list() == list(range(2005, 2023))
    assert set(frame.get_column("source_column")) == {
        f"VerifiedEmissions_{year}" for year in range(2005, 2023)
    }
    # 8,648 NA, 684 Excluded and 235 Not Reported are no value.
    assert frame.get_column("verified_tco2e").null_count() == 8_648 + 684 + 235


def test_a_word_that_nobody_declared_is_no_emission() -> None:
    rows = [
        {"__file_stem__": "x", "id": "NL-1", "VerifiedEmissions_2005": "12"},
        {"__file_stem__": "x", "id": "NL-2", "VerifiedEmissions_2005": "estimated"},
    ]
    outcome = rows_through_door("eutl_emissions", rows)
    assert outcome.reasons() == {"TYPE:verified_tco2e": 1}
    assert outcome.frame.height == 1


def test_registered_office_and_headquarters() -> None:
    frame = accepted("gleif", "b_gleif_redacted/*.json").frame
    differ = _differ(
        frame, ["registered_address", "registered_city"], ["head_address", "head_city"]
    )
    assert (frame.height, differ.height) == (517, 117)


def test_a_natural_person_is_no_legal_entity() -> None:
    row = dict.fromkeys(load_source("gleif").columns, "x")
    row |= {"LEI/$": "A" * 20, "Entity/EntityCategory/$": "SOLE_PROPRIETOR"}
    company = {**row, "LEI/$": "B" * 20, "Entity/EntityCategory/$": "GENERAL"}
    outcome = rows_through_door("gleif", [row, company])
    assert outcome.frame.get_column("lei").to_list() == ["B" * 20]


def test_a_register_damaged_in_one_row_is_read() -> None:
    outcome = accepted("cn_register", "b_cn_registry_redacted/1987_*.csv")
    # The last row of the file has another order of columns.
    assert outcome.reasons() == {"TYPE:registered_on": 1}
    assert outcome.records == 875
