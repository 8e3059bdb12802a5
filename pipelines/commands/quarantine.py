"""`parkledger quarantine`: list, show, replay, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.console import (
    Json,
    Release,
    current_settings,
    err,
    fail,
    out,
    print_json,
    show_rows,
)

quarantine = typer.Typer(
    name="quarantine",
    help="Rows that did not pass the door, and what to do about them.",
    invoke_without_command=True,
)

Source = Annotated[str | None, typer.Argument(help="Source id; default: all.")]


def _key_headers(source_id: str) -> list[str]:
    """Delivered headers of the key of a source, so that a correction outlives a revision."""
    from assets.landing.declaration import load_sources

    source = load_sources().get(source_id)
    if source is None:
        return []
    headers = source.headers_of()
    return [header for name in source.key for header in headers.get(name, [])]


def _path(release: str | None) -> Path:
    from warehouse.served import ReleaseError, release_path

    try:
        return release_path(current_settings(), release)
    except ReleaseError as error:
        fail(str(error), 2)


@quarantine.callback()
def overview(context: typer.Context, release: Release = None, as_json: Json = False) -> None:
    """Rows that did not pass the door; with a subcommand: what to do about them."""
    if context.invoked_subcommand is None:
        list_(None, None, release, as_json)


@quarantine.command("list")
def list_(
    source: Source = None,
    rule: Annotated[str | None, typer.Option(help="Rule id, or the start of one.")] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Quarantined rows with rule, reason and locator."""
    from warehouse.quarantined import quarantined

    rows = quarantined(_path(release), source, rule)
    if as_json or not rows:
        show_rows(rows, as_json, "rows")
        return
    for row in rows:
        part = f" [{row['part']}]" if row["part"] else ""
        out.print(f"{row['locator']}  {row['rules']}", markup=False, highlight=False)
        out.print(
            f"  {row['source_id']}: {row['file']}{part} row {row['row']} “{row['column']}” = "
            f"{row['value'] or '∅'}\n  {row['reason_zh']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    err.print(f"{len(rows)} rows; next: parkledger quarantine show LOCATOR", highlight=False)


@quarantine.command()
def show(
    locator: Annotated[str, typer.Argument(help="Locator, as `list` gives it.")],
    release: Release = None,
    as_json: Json = False,
) -> None:
    """One quarantined row as delivered, with every rule it breaks and a correction to fill in."""
    from warehouse.quarantined import NotQuarantined, quarantined_row

    try:
        found = quarantined_row(_path(release), locator, _key_headers)
    except NotQuarantined as error:
        fail(str(error), 2)
    if as_json:
        print_json(found)
        return
    for name in ("locator", "source_id", "file", "sha256", "part", "row", "cell", "rules"):
        out.print(f"{name:<10} {found[name]}", highlight=False, markup=False)
    out.print(f"{'why':<10} {found['reason_zh']} | {found['reason_en']}", markup=False)
    for header, text in found["cells"].items():
        out.print(f"  {header}: {text}", highlight=False, markup=False)
    out.print("to correct it, a row for PARKLEDGER_HOME/decisions/correction/<name>.csv:")
    out.print(found["correction"], highlight=False, markup=False)


@quarantine.command()
def replay(
    source: Annotated[str, typer.Argument(help="Source id.")],
    as_json: Json = False,
) -> None:
    """Take the rows of a source through the door again, with today's contract and corrections."""
    from pipelines.replay import ReplayFailed
    from pipelines.replay import replay as replay_source

    try:
        done = replay_source(current_settings(), source)
    except ReplayFailed as error:
        fail(str(error))
    if as_json:
        print_json(done)
        return
    out.print(
        f"{source}: {done['records']} records, quarantined {done['quarantined_before']} before, "
        f"{done['quarantined']} now ({done['released']} released, {done['caught']} caught)",
        highlight=False,
    )
    err.print("next: parkledger run", highlight=False)


@quarantine.command()
def export(
    file: Annotated[Path, typer.Argument(help="Workbook to write (.xlsx).")],
    source: Annotated[str | None, typer.Option(help="Source id; default: all.")] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Quarantined rows as a workbook to send back to the offices, a sheet a source."""
    from pipelines.export import export_quarantine
    from warehouse.quarantined import quarantined

    rows = quarantined(_path(release), source, None)
    counts: dict[str, Any] = export_quarantine(rows, file)
    if as_json:
        print_json({"file": file, "rows": len(rows), "sources": counts})
    else:
        out.print(f"{file}: {len(rows)} rows of {len(counts)} sources", markup=False)
