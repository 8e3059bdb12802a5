"""`parkledger`: the command line. Heavy packages are imported by the commands that need them.

`--help`, `query`, `explain`, `releases` and `dictionary` answer within 1.5 s: they import
neither polars nor pandera, Dagster or Great Expectations (an import test keeps it so).
Exit codes: 0 ok, 1 a check failed, 2 usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from pipelines.commands.edition import edition
from pipelines.commands.factors import factors, total
from pipelines.commands.parks import divisions, locate, map_
from pipelines.commands.quarantine import quarantine
from pipelines.commands.review import review
from pipelines.commands.sources import sources
from pipelines.console import (
    Json,
    Release,
    current_settings,
    err,
    fail,
    number,
    out,
    print_json,
    show_rows,
)

app = typer.Typer(
    help="Industrial-park inventories in which every number explains itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(quarantine)
app.add_typer(sources)
app.add_typer(review)
app.add_typer(factors)
app.command("map")(map_)
app.command()(total)
app.command()(edition)
app.command()(locate)
app.command()(divisions)


@app.command()
def run(
    landing: Annotated[
        str | None, typer.Option(help="Landing: a folder or URL with one folder a source id.")
    ] = None,
    home: Annotated[Path | None, typer.Option(help="PARKLEDGER_HOME.")] = None,
    as_json: Json = False,
) -> None:
    """Ingest, check, materialize and publish, through Dagster."""
    import os

    # Dagster loads the definitions with the settings of this process's environment.
    if landing is not None:
        os.environ["PARKLEDGER_LANDING"] = landing
    if home is not None:
        os.environ["PARKLEDGER_HOME"] = str(home)
    err.print("starting: loading Dagster", highlight=False)
    from pipelines.progress import PROGRESS
    from pipelines.run import RunFailed, run_main_job
    from pipelines.summary import print_summary

    PROGRESS.shown = True
    config = current_settings()
    try:
        finished = run_main_job(config)
    except RunFailed as error:
        fail(f"{error}\nThe last release is still served. See `parkledger releases`.")
    if as_json:
        print_json(finished.as_json())
    else:
        print_summary(out, config, finished)
    broken = [name for name, b in finished.conservation.items() if not b["equal"]]
    if broken:
        fail(f"not conserved: {'; '.join(broken[:5])}")


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Source id, as `parkledger sources` lists it.")],
    files: Annotated[list[Path], typer.Argument(help="Delivered files.")],
    as_json: Json = False,
) -> None:
    """Archive files of one source and say what would be accepted and what not."""
    from pipelines.ingest import IngestFailed, ingest_files

    try:
        outcomes = ingest_files(current_settings(), source, files)
    except IngestFailed as error:
        fail(str(error))
    if as_json:
        print_json(outcomes[0] if len(outcomes) == 1 else outcomes)
        return
    for outcome in outcomes:
        out.print(
            f"{outcome['file']}: {outcome['delivered']} delivered, {outcome['accepted']} accepted, "
            f"{outcome['quarantined']} quarantined {outcome['reasons'] or ''}",
            highlight=False,
            markup=False,
        )
        for bad in outcome["first_bad"]:
            out.print(
                f"  {bad['locator']} {bad['rules']}: {bad['column']} “{bad['value']}”, "
                f"{bad['reason_zh']}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
        if outcome["status"] != "current":
            out.print(f"  {outcome['status']}: {outcome['reason']}", markup=False)
        if "copy_of" in outcome:
            from assets.landing.copies import told

            said = told(outcome["file"], outcome["copy_of"], source)
            out.print(f"  {said}", highlight=False, markup=False, soft_wrap=True)
        if "late_for" in outcome:
            years = ", ".join(map(str, outcome["late_for"]))
            out.print(f"  late: {years} is published already; the next run revises it")
    out.print("next: parkledger run", highlight=False)


@app.command()
def query(
    statement: Annotated[str, typer.Argument(metavar="SQL")],
    release: Release = None,
    limit: Annotated[int, typer.Option(help="Most rows; 0 for all.")] = 1000,
    lake: Annotated[
        bool, typer.Option("--lake", help="On the accepted tables of the last run, all of them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run SQL on a release: read-only, no other file within reach."""
    from warehouse.query import QueryError
    from warehouse.query import query as run_query
    from warehouse.served import ReleaseError, release_path

    try:
        if lake:
            from warehouse.lake_query import query_lake

            result = query_lake(current_settings(), statement, limit)
        else:
            result = run_query(release_path(current_settings(), release), statement, limit)
    except (QueryError, ReleaseError) as error:
        fail(str(error), 2)
    if as_json:
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        print_json({"columns": result.columns, "rows": rows, "more": result.more})
        return
    table = Table(*result.columns)
    for row in result.rows:
        table.add_row(*(Text(number(value)) for value in row))
    out.print(table)
    if result.more:
        err.print(f"more rows than {limit}: use --limit 0", highlight=False)


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
        fail("expected KEY=VALUE, such as place_id=S649012 year=2017", 2)
    try:
        found = explain_number(
            release_path(current_settings(), release), table, pairs, column, limit
        )
    except (ExplainError, ReleaseError) as error:
        fail(str(error), 2)
    if as_json:
        print_json(found.as_json())
    else:
        print_explanation(out, found)
    if not found.exact:
        fail(f"{found.table}.{found.column}: published {found.value}, contributions {found.total}")


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

    config = current_settings()
    try:
        path = release_path(config, release)
    except ReleaseError as error:
        fail(str(error), 2)
    try:
        outcome = verify_release(path, recompute_release(config, path), sample)
    except (ValueError, RuntimeError) as error:
        fail(f"cannot recompute: {error}")
    if as_json:
        print_json(outcome.as_json())
    else:
        out.print(
            f"{outcome.release_id}: {outcome.numbers} numbers, {outcome.equal} equal, "
            f"{outcome.unequal} unequal, {outcome.missing} missing",
            highlight=False,
        )
        for difference in outcome.differences:
            out.print(difference)
    if not outcome.ok:
        fail("the release does not follow from its archived deliveries")


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
        for r in list_releases(current_settings())
    ]
    if not as_json:
        listed = [
            {**r, "created_at": f"{r['created_at']:%Y-%m-%d %H:%M}", **_short_hashes(r)}
            for r in listed
        ]
    show_rows(listed, as_json, "releases")


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
        found = lookup(release_path(current_settings(), release), term)
    except ReleaseError as error:
        fail(str(error), 2)
    show_rows(found, as_json, "columns")


@app.command()
def withdraw(
    source: Annotated[str, typer.Argument(help="Source id.")],
    delivery: Annotated[str, typer.Argument(help="File name, or the start of its sha256.")],
    reason: Annotated[str, typer.Option(help="Why it is withdrawn.")],
    provider: Annotated[str, typer.Option(help="Office that withdraws it.")],
    as_json: Json = False,
) -> None:
    """Record that a delivery no longer counts; the next run leaves it out."""
    from pipelines.decisions import DecisionFailed
    from pipelines.decisions import withdraw as record

    try:
        path = record(current_settings(), source, delivery, reason, provider)
    except DecisionFailed as error:
        fail(str(error), 2)
    if as_json:
        print_json({"source": source, "delivery": delivery, "recorded": path})
    else:
        out.print(f"recorded in {path}\nnext: parkledger run", highlight=False, markup=False)


def main() -> None:
    """Entry point: an error of the product is a message and exit code 1, not a traceback."""
    import duckdb

    try:
        app()
    except (ValueError, RuntimeError, OSError, duckdb.Error) as error:
        err.print("error ", style="red", end="")
        err.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
