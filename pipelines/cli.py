"""`parkledger`: the command line. Heavy packages are imported by the commands that need them.

`--help`, `query`, `explain`, `releases` and `dictionary` answer within 1.5 s: they import
neither polars nor pandera, Dagster or Great Expectations (an import test keeps it so).
Exit codes: 0 ok, 1 a check failed, 2 usage.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.settings import Settings

app = typer.Typer(
    help="Industrial-park inventories in which every number explains itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_out = Console()
_err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Release = Annotated[
    str | None, typer.Option("--release", "-r", help="Release id; default: the one served.")
]


def _settings(**changes: Any) -> Settings:
    return Settings(**{name: value for name, value in changes.items() if value is not None})


def _fail(message: str, code: int = 1) -> NoReturn:
    _err.print("error ", style="red", end="")
    # No markup: a message may name `[columns]` of a file.
    _err.print(message, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _plain(value: Any) -> Any:
    """JSON for what DuckDB hands over; a decimal stays text so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def _number(value: Any) -> str:
    """A decimal for reading: thousands separated, closing zeros gone."""
    if not isinstance(value, Decimal):
        return "" if value is None else str(value)
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@app.command()
def run(
    landing: Annotated[
        Path | None, typer.Option(help="Landing directory; one folder a source id.")
    ] = None,
    home: Annotated[Path | None, typer.Option(help="PARKLEDGER_HOME.")] = None,
    as_json: Json = False,
) -> None:
    """Ingest, check, materialize and publish, through Dagster."""
    import os

    # Dagster loads the definitions with the settings of this process's environment.
    if landing is not None:
        os.environ["PARKLEDGER_LANDING"] = str(landing)
    if home is not None:
        os.environ["PARKLEDGER_HOME"] = str(home)
    _err.print("starting: loading Dagster", highlight=False)
    from pipelines.progress import PROGRESS
    from pipelines.run import RunFailed, run_main_job
    from pipelines.summary import print_summary

    PROGRESS.shown = True
    config = _settings()
    try:
        finished = run_main_job(config)
    except RunFailed as error:
        _fail(f"{error}\nThe last release is still served. See `parkledger releases`.")
    if as_json:
        _print_json(finished.as_json())
    else:
        print_summary(_out, config, finished)
    broken = [name for name, b in finished.conservation.items() if not b["equal"]]
    if broken:
        _fail(f"not conserved: {'; '.join(broken[:5])}")


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Source id, as `parkledger sources` lists it.")],
    files: Annotated[list[Path], typer.Argument(help="Delivered files.")],
    as_json: Json = False,
) -> None:
    """Archive files of one source and say what would be accepted and what not."""
    from pipelines.ingest import IngestFailed, ingest_files

    try:
        outcomes = ingest_files(_settings(), source, files)
    except IngestFailed as error:
        _fail(str(error))
    if as_json:
        _print_json(outcomes[0] if len(outcomes) == 1 else outcomes)
        return
    for outcome in outcomes:
        _out.print(
            f"{outcome['file']}: {outcome['delivered']} delivered, {outcome['accepted']} accepted, "
            f"{outcome['quarantined']} quarantined {outcome['reasons'] or ''}",
            highlight=False,
            markup=False,
        )
    _out.print("next: parkledger run", highlight=False)


@app.command()
def sources(as_json: Json = False) -> None:
    """Declared sources."""
    from assets.landing.declaration import load_sources

    listed = [
        {
            "id": s.id,
            "title": f"{s.title_zh} ({s.title_en})",
            "format": ", ".join(s.formats),
            "table": s.table,
            "cadence": s.cadence,
            "licence": s.licence,
        }
        for s in load_sources().values()
    ]
    _show_rows(listed, as_json, "sources")


@app.command()
def query(
    statement: Annotated[str, typer.Argument(metavar="SQL")],
    release: Release = None,
    limit: Annotated[int, typer.Option(help="Most rows; 0 for all.")] = 1000,
    as_json: Json = False,
) -> None:
    """Run SQL on a release: read-only, no other file within reach."""
    from warehouse.query import QueryError
    from warehouse.query import query as run_query
    from warehouse.served import ReleaseError, release_path

    try:
        result = run_query(release_path(_settings(), release), statement, limit)
    except (QueryError, ReleaseError) as error:
        _fail(str(error), 2)
    if as_json:
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        _print_json({"columns": result.columns, "rows": rows, "more": result.more})
        return
    table = Table(*result.columns)
    for row in result.rows:
        table.add_row(*(Text(_number(value)) for value in row))
    _out.print(table)
    if result.more:
        _err.print(f"more rows than {limit}: use --limit 0", highlight=False)


@app.command()
def explain(
    table: Annotated[str, typer.Argument(help="Mart, such as park_total.")],
    key: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE")] = None,
    column: Annotated[str | None, typer.Option("--column", "-c", help="Published number.")] = None,
    release: Release = None,
    limit: Annotated[int, typer.Option(help="Most contributions shown; 0 for all.")] = 20,
    as_json: Json = False,
) -> None:
    """Walk a published number back to lines, factors, evidence and source cells."""
    from pipelines.explanation import print_explanation
    from warehouse.explain import ExplainError
    from warehouse.explain import explain as explain_number
    from warehouse.served import ReleaseError, release_path

    pairs = dict(item.partition("=")[::2] for item in key or [])
    if any("=" not in item for item in key or []):
        _fail("expected KEY=VALUE, such as place_id=S649012 year=2017", 2)
    try:
        found = explain_number(release_path(_settings(), release), table, pairs, column, limit)
    except (ExplainError, ReleaseError) as error:
        _fail(str(error), 2)
    if as_json:
        _print_json(found.as_json())
    else:
        print_explanation(_out, found)
    if not found.exact:
        _fail(f"{found.table}.{found.column}: published {found.value}, contributions {found.total}")


@app.command()
def verify(
    release: Release = None,
    sample: Annotated[
        int | None, typer.Option(help="Compare this many rows of each mart.", min=1)
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute every published number from the archived bytes; exact equality."""
    from pipelines.wiring import recompute_release
    from warehouse.served import ReleaseError, release_path
    from warehouse.verify import verify as verify_release

    config = _settings()
    try:
        path = release_path(config, release)
    except ReleaseError as error:
        _fail(str(error), 2)
    try:
        outcome = verify_release(path, recompute_release(config, path), sample)
    except (ValueError, RuntimeError) as error:
        _fail(f"cannot recompute: {error}")
    if as_json:
        _print_json(outcome.as_json())
    else:
        _out.print(
            f"{outcome.release_id}: {outcome.numbers} numbers, {outcome.equal} equal, "
            f"{outcome.unequal} unequal, {outcome.missing} missing",
            highlight=False,
        )
        for difference in outcome.differences:
            _out.print(difference)
    if not outcome.ok:
        _fail("the release does not follow from its archived deliveries")


@app.command()
def releases(as_json: Json = False) -> None:
    """Releases, newest first."""
    from warehouse.served import list_releases

    listed = [
        {
            "release_id": r["release_id"],
            "current": r["current"],
            "created_at": r["created_at"],
            "content_hash": r["content_hash"],
            "code_version": r["code_version"],
        }
        for r in list_releases(_settings())
    ]
    if not as_json:
        listed = [
            {**r, "created_at": f"{r['created_at']:%Y-%m-%d %H:%M}", **_short_hashes(r)}
            for r in listed
        ]
    _show_rows(listed, as_json, "releases")


def _short_hashes(release: dict[str, Any]) -> dict[str, str]:
    return {name: str(release[name])[:12] for name in ("content_hash", "code_version")}


@app.command()
def dictionary(
    term: Annotated[str | None, typer.Argument(help="Chinese, English or delivered name.")] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Columns by name, Chinese or English description, or delivered header."""
    from warehouse.dictionary import lookup
    from warehouse.served import ReleaseError, release_path

    try:
        found = lookup(release_path(_settings(), release), term)
    except ReleaseError as error:
        _fail(str(error), 2)
    _show_rows(found, as_json, "columns")


@app.command()
def quarantine(
    source: Annotated[str | None, typer.Argument(help="Source id; default: all.")] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Quarantined rows with rule, reason and locator."""
    from warehouse.query import query as run_query
    from warehouse.served import ReleaseError, release_path

    try:
        path = release_path(_settings(), release)
    except ReleaseError as error:
        _fail(str(error), 2)
    result = run_query(path, _QUARANTINE, 0)
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    _show_rows([r for r in rows if source in (None, r["source_id"])], as_json, "rows")


_QUARANTINE = """
SELECT q.source_id, d.file_name AS file, split_part(q.source_row_id, ':', 2) AS part,
       split_part(q.source_row_id, ':', 3)::BIGINT AS "row", q.rule_ids AS rules,
       q.column_zh AS "column", q.value_text AS value, q.reason_zh, q.reason_en
FROM quarantine.row q
LEFT JOIN raw.delivery d ON d.source_id = q.source_id
     AND left(d.delivery_id, 16) = split_part(q.source_row_id, ':', 1)
ORDER BY ALL
"""


def _show_rows(rows: list[dict[str, Any]], as_json: bool, name: str) -> None:
    if as_json:
        _print_json({name: rows})
        return
    if not rows:
        _err.print(f"no {name}", highlight=False)
        return
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    _out.print(table)


def main() -> None:
    """Entry point: an error of the product is a message and exit code 1, not a traceback."""
    import duckdb

    try:
        app()
    except (ValueError, RuntimeError, OSError, duckdb.Error) as error:
        _err.print("error ", style="red", end="")
        _err.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
