"""The main job on the sample: counts, conservation, verify and explain on every number."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.landing.archive import ArchiveError
from pipelines.wiring import recompute_release
from quality.contracts.audit import Delivery
from quality.contracts.mart import MARTS
from tests.pipeline.conftest import SampleRun
from warehouse.explain import ExplainError, explain, explain_number
from warehouse.step import Drifted
from warehouse.verify import Recompute, verify

pytestmark = pytest.mark.xdist_group("sample")

# Sheet rows of the deliberate faults that samples/SOURCES.md lists, with the rule each breaks.
FAULTS = {
    56: "EN1e",
    68: "ENERGY",
    87: "CONTRACT:consumption",
    95: "ID2",
    96: "ID2",
    102: "TYPE:year",
    106: "EN4e",
    120: "UNIT",
    129: "TYPE:consumption",
}


def _rows(sample: SampleRun, statement: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_run_reports_rows_balances_and_checks(sample: SampleRun) -> None:
    said = sample.said
    counts = said["counts"]
    assert counts["parks"] == 2543
    assert counts["parks_with_boundary"] == 1866
    assert counts["delivered"] == counts["accepted"] + counts["quarantined"]
    assert counts["quarantined"] == len(FAULTS)
    assert min(counts["in_parks"], counts["outside"], counts["unlocated"]) > 0
    assert counts["flagged"] == _rows(sample, "SELECT count(*) FROM quarantine.flag")[0][0] > 0
    assert said["checks"]["failed"] == 0
    assert said["checks"]["warned"] == len(said["warnings"])
    assert len(said["conservation"]) > 100
    assert all(balance["equal"] for balance in said["conservation"].values())
    assert {"seconds", "peak_mb"} <= set(said["stages"]["ledger.line"])


def test_each_deliberate_fault_is_quarantined_by_its_rule(sample: SampleRun) -> None:
    found = _rows(
        sample,
        "SELECT split_part(source_row_id, ':', 3)::INTEGER, rule_id FROM quarantine.row "
        "WHERE source_id = 'return_205_1'",
    )
    assert dict(found) == FAULTS


def test_wrong_check_character_keeps_the_row_but_not_the_code(sample: SampleRun) -> None:
    flagged = _rows(
        sample,
        "SELECT split_part(source_row_id, ':', 3)::INTEGER FROM quarantine.flag "
        "WHERE source_id = 'return_205_1' AND rule_id = 'ID1'",
    )
    assert flagged == [(91,)]
    used = _rows(sample, "SELECT count(*) FROM core.activity WHERE source_row_id LIKE '%:205-1:91'")
    assert used[0][0] > 0


@pytest.fixture(scope="module")
def recomputed(sample: SampleRun) -> Recompute:
    """All tables of the sample's release from its archived bytes, recomputed once."""
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        deliveries = Delivery.conform(connection.execute("FROM raw.delivery").pl())
    tables = recompute_release(sample.settings, sample.release)(deliveries)

    def again(asked: pl.DataFrame) -> dict[str, pl.DataFrame]:
        assert asked.equals(deliveries)
        return tables

    return again


def test_verify_recomputes_every_number_from_the_archive(
    sample: SampleRun, recomputed: Recompute
) -> None:
    outcome = verify(sample.release, recomputed)
    published = sum(
        _rows(sample, f"SELECT count(*) FROM {table.table_name()}")[0][0]
        * len(table.table_metadata()["measures"])
        for table in MARTS
    )
    assert outcome.numbers == published > 5000
    assert (outcome.equal, outcome.unequal, outcome.missing) == (published, 0, 0)


def _altered(sample: SampleRun, folder: Path, statement: str) -> Path:
    """A copy of the release with one change in it."""
    target = folder / "altered.duckdb"
    shutil.copyfile(sample.release, target)
    with duckdb.connect(str(target)) as connection:
        connection.execute(statement)
    return target


def test_verify_finds_altered_removed_and_added_numbers(
    sample: SampleRun, recomputed: Recompute, tmp_path: Path
) -> None:
    row = (
        "place_id = 'S649012' AND basis = 'operating' AND view = 'territorial' "
        "AND profile = 'CN-GHG'"
    )
    for statement, expected in {
        f"UPDATE mart.park_total SET co2e_t = co2e_t + 0.000001 WHERE {row}": (1, 0),
        f"UPDATE mart.park_total SET worst_tier = 'T1' WHERE {row}": (1, 0),
        f"DELETE FROM mart.park_total WHERE {row}": (0, 1),
        f"INSERT INTO mart.park_total SELECT * REPLACE ('X' AS place_id) FROM mart.park_total "
        f"WHERE {row}": (0, 1),
    }.items():
        altered = _altered(sample, tmp_path, statement)
        outcome = verify(altered, recomputed)
        assert not outcome.ok, statement
        assert (outcome.unequal, outcome.missing) == expected, statement
        assert outcome.differences[0]["table"] == "mart.park_total"


def test_verify_refuses_a_probability_that_cannot_be_derived_again(
    sample: SampleRun, tmp_path: Path
) -> None:
    altered = _altered(
        sample,
        tmp_path,
        "UPDATE core.membership SET probability = probability - 0.1 WHERE probability > 0.9",
    )
    with pytest.raises(Drifted, match=r"core\.membership"):
        verify(altered, recompute_release(sample.settings, altered))


def test_verify_refuses_altered_archive_bytes(sample: SampleRun, tmp_path: Path) -> None:
    home = sample.copy(tmp_path / "home")
    delivery = _rows(sample, "SELECT delivery_id FROM raw.delivery WHERE source_id = 'coal_unit'")
    archived = home / "archive" / delivery[0][0]
    archived.chmod(0o644)
    archived.write_bytes(archived.read_bytes().replace(b"330", b"331", 1))
    settings = sample.settings.model_copy(update={"home": home})
    with pytest.raises(ArchiveError, match="do not match their sha256"):
        verify(sample.release, recompute_release(settings, sample.release))


@pytest.mark.parametrize("table", MARTS, ids=lambda t: t.table_name())
def test_every_published_number_is_the_sum_of_its_contributions(
    sample: SampleRun, table: Any
) -> None:
    meta = table.table_metadata()
    mart, keys = table.table_name().removeprefix("mart."), ", ".join(table.key())
    for measure in meta["measures"]:
        wrong = _rows(
            sample,
            f"SELECT count(*) FROM mart.{mart} m LEFT JOIN ("
            f"  SELECT {keys}, sum(value) AS total FROM audit.contribution_{mart} "
            f"  WHERE measure = '{measure}' GROUP BY {keys}) c USING ({keys}) "
            f"WHERE m.{measure} IS NOT NULL AND m.{measure} <> coalesce(c.total, 0)",
        )
        assert wrong == [(0,)], measure


# What every kind of contribution rests on, down to the cell.
_WITHOUT_CELLS = {
    "activity": "SELECT activity_id FROM core.activity",
    "factor": "SELECT factor_id FROM ledger.line",
    "claim": "SELECT claim_id FROM core.location_claim",
    "boundary": "SELECT boundary_id FROM core.boundary",
    "control": "SELECT source_row_id FROM core.control_quantity",
    "gwp": "SELECT DISTINCT gas || '|' || gwp_set FROM mart.park_inventory",
    "view_weight": "SELECT profile || '|' || view || '|' || flow FROM accepted.view_weight",
}


@pytest.mark.parametrize("kind", _WITHOUT_CELLS)
def test_every_item_leads_to_source_cells_with_a_hash(sample: SampleRun, kind: str) -> None:
    lost = _rows(
        sample,
        f"SELECT count(*), (SELECT count(*) FROM ({_WITHOUT_CELLS[kind]})) "
        f"FROM ({_WITHOUT_CELLS[kind]}) t(id) WHERE id NOT IN ("
        "  SELECT item_id FROM audit.item_source JOIN audit.source_cell "
        "  USING (source_row_id, column_zh) "
        f"  WHERE item_kind = '{kind}' AND length(delivery_id) = 64)",
    )
    assert lost[0][0] == 0
    assert lost[0][1] > 0


def test_explain_walks_every_park_total(sample: SampleRun) -> None:
    keys = next(t for t in MARTS if t.table_name() == "mart.park_total").key()
    with duckdb.connect(str(sample.release), read_only=True) as connection:
        rows = connection.execute(f"SELECT {', '.join(keys)} FROM mart.park_total").fetchall()
        assert len(rows) > 100
        read: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            key = {name: str(value) for name, value in zip(keys, row, strict=True)}
            for column in ("co2e_t", "co2e_high_t"):
                found = explain_number(connection, "park_total", key, column, 1, read)
                assert found.exact, (key, column)


def test_explanation_of_a_line_names_file_sheet_row_text_and_hash(sample: SampleRun) -> None:
    found = explain(
        sample.release,
        "park_total",
        {
            "place_id": "S649012",
            "basis": "operating",
            "view": "territorial",
            "profile": "CN-GHG",
        },
        "co2e_t",
        limit=0,
    )
    assert found.value == found.total == sum((i["value"] for i in found.items), Decimal(0))
    item = next(i for i in found.items if i["line"]["energy_id"] == "coke")
    line = item["line"]
    assert line["mass_t"] == round(line["quantity"] * line["factor_value"], 6)
    cell = next(c for c in item["activity"]["cells"] if c["role"] == "quantity")
    assert cell["file"].endswith(".xlsx") and cell["part"] == "205-1"
    assert cell["column"] == "消费量/合计"
    assert len(cell["sha256"]) == 64 and cell["row"] > 5 and cell["raw_text"]
    assert {c["role"] for c in item["factor"]["cells"]} == {"NCV", "CC", "OF"}
    claims = item["place"]["operating"]["claims"]
    assert claims[0]["cells"] and claims[0]["boundary_cells"]


@pytest.mark.parametrize(
    ("table", "key", "column", "message"),
    [
        ("park_totals", {}, None, "expected one of"),
        ("park_total", {"park": "x"}, None, "no key column park"),
        ("park_total", {"place_id": "G000000"}, None, "no row with place_id=G000000"),
        ("park_total", {"place_id": "S649012"}, None, "add basis="),
        ("park_total", {"place_id": "S649012"}, "mass", "not a published number"),
    ],
)
def test_explain_names_what_there_is(
    sample: SampleRun, table: str, key: dict[str, str], column: str | None, message: str
) -> None:
    with pytest.raises(ExplainError, match=message):
        explain(sample.release, table, key, column)


def test_illustrative_numbers_say_so_everywhere(sample: SampleRun) -> None:
    """All park numbers rest on nominal boundaries, so none may look official."""
    for mart in ("park_inventory", "park_total", "park_energy", "park_reconciliation"):
        silent = _rows(
            sample,
            f"SELECT count(*) FROM mart.{mart} WHERE NOT illustrative "
            "AND place_id IN (SELECT park_id FROM core.park)",
        )
        assert silent == [(0,)], mart


def test_cells_of_fewer_than_three_enterprises_are_confidential(sample: SampleRun) -> None:
    for mart in ("park_inventory", "park_total", "park_energy"):
        wrong = _rows(
            sample, f"SELECT count(*) FROM mart.{mart} WHERE confidential <> (enterprises < 3)"
        )
        assert wrong == [(0,)], mart


def test_point_value_is_withheld_where_too_much_is_unlocated(sample: SampleRun) -> None:
    shown = _rows(
        sample,
        "SELECT count(*) FILTER (co2e_t IS NULL), "
        "count(*) FILTER (co2e_t IS NOT NULL AND co2e_high_t - co2e_t > 0.15 * abs(co2e_high_t)) "
        "FROM mart.park_total",
    )
    assert shown[0][0] > 0
    assert shown[0][1] == 0


def test_no_personal_column_reaches_the_release(sample: SampleRun) -> None:
    headers = _rows(sample, "SELECT DISTINCT column_zh FROM audit.source_cell")
    assert not {"法定代表人", "法人代表", "联系电话", "联系人"} & {h[0] for h in headers}
