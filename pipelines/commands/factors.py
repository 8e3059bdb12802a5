"""`parkledger factors` and `total`: what numbers are made with, and what may be added."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import (
    Json,
    Release,
    current_settings,
    fail,
    out,
    print_json,
    share,
    show_rows,
)

factors = typer.Typer(name="factors", help="Emission factors: value, set, source, confidence.")

_COLUMNS = ("factor_id", "value", "canonical_unit", "factor_set", "year", "confidence", "lines")


def _path(release: str | None) -> Path:
    from warehouse.served import ReleaseError, release_path

    try:
        return release_path(current_settings(), release)
    except ReleaseError as error:
        fail(str(error), 2)


@factors.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="fuel, electricity, heat, process …")] = None,
    subject: Annotated[str | None, typer.Option(help="Energy or product, as bituminous.")] = None,
    factor_set: Annotated[str | None, typer.Option("--set", help="Set, as PG2025.")] = None,
    year: Annotated[str | None, typer.Option(help="Year of the factor.")] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Factors of a release with the lines that use them; a superseded set is marked."""
    from warehouse.factors import list_factors

    given = {"kind": kind, "subject": subject, "factor_set": factor_set, "year": year}
    rows = list_factors(_path(release), {k: v for k, v in given.items() if v is not None})
    if not as_json:
        rows = [
            {name: row[name] for name in _COLUMNS} | {"superseded by": row["superseded_by"]}
            for row in rows
        ]
    show_rows(rows, as_json, "factors")


@factors.command()
def show(
    factor_id: Annotated[str, typer.Argument(help="As `parkledger factors list` names it.")],
    release: Release = None,
    as_json: Json = False,
) -> None:
    """One factor: its arithmetic, document, confidence, cells, and the lines that use it."""
    from warehouse.factors import NoFactor, show_factor

    try:
        row = show_factor(_path(release), factor_id)
    except NoFactor as error:
        fail(str(error), 2)
    if as_json:
        print_json(row)
        return
    document = row["set"]
    out.print(
        f"{row['factor_id']}: {row['derivation']}\n"
        f"set {row['factor_set']}"
        + (f" ({document['title_zh']})" if document else "")
        + (
            f", superseded by {document['superseded_by']}"
            if document and document["superseded_by"]
            else ""
        )
        + f"; confidence {row['confidence']}",
        highlight=False,
        markup=False,
    )
    for cell in row["cells"]:
        out.print(
            f"  {cell['role']}: {cell['file']} row {cell['row']} “{cell['column']}” = "
            f"{cell['raw_text']}  sha256 {cell['sha256'][:12]}",
            highlight=False,
            markup=False,
        )
    show_rows(row["used"], False, "lines")


@factors.command()
def diff(
    first: Annotated[str, typer.Argument(help="A set (PG2025) or a release id.")],
    second: Annotated[str, typer.Argument(help="Another of the same kind.")],
    as_json: Json = False,
) -> None:
    """Factors that differ between two sets of the served release, or between two releases."""
    from warehouse.factors import NoFactor, compare_releases, compare_sets

    releases = current_settings().releases
    if all((releases / f"{name}.duckdb").is_file() for name in (first, second)):
        rows = compare_releases(_path(first), _path(second))
    else:
        try:
            rows = compare_sets(_path(None), first, second)
        except NoFactor as error:
            fail(str(error), 2)
    show_rows(rows, as_json, "factors")


def total(
    year: Annotated[int, typer.Option(help="Data year.")],
    view: Annotated[str, typer.Option(help="territorial, consumption, zcp …")] = "territorial",
    profile: Annotated[str, typer.Option(help="Method profile.")] = "CN-GHG",
    basis: Annotated[str, typer.Option(help="operating or registered.")] = "operating",
    boundary_class: Annotated[str, typer.Option("--class", help="Boundary class.")] = "nominal",
    province: Annotated[str, typer.Option(help="GB/T 2260 code; default: all.")] = "",
    release: Release = None,
    as_json: Json = False,
) -> None:
    """The sum of a view over parks; a view that is not additive is refused."""
    from warehouse.aggregate import NotAdditive
    from warehouse.aggregate import total as total_of

    try:
        found = total_of(_path(release), year, view, profile, basis, boundary_class, province)
    except NotAdditive as error:
        fail(str(error))
    except ValueError as error:
        fail(str(error), 2)
    if as_json:
        print_json(found.as_json())
        return
    placed = (
        "not known: a province of these parks has no energy book"
        if found.placed_share is None
        else f"{share(found.placed_share)} of the industrial fuels of the parks' provinces is "
        "measured or placed"
    )
    point = "withheld" if found.co2e_t is None else f"{found.co2e_t:,.0f} t"
    out.print(
        f"{found.view}, {found.profile}, {found.gwp_set}, {found.year}, {found.basis}, "
        f"{found.boundary_class}: {point} CO2e in {found.parks} parks "
        f"[{found.co2e_low_t:,.0f} … {found.co2e_high_t:,.0f}]"
        + (f"; {found.withheld} without a point value" if found.withheld else "")
        + f"\ncoverage: {placed}"
        f"\n{found.additivity}: {found.reason_zh}",
        highlight=False,
        markup=False,
    )
