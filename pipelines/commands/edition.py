"""`parkledger edition`: what may be shown outside of the house."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import Json, Release, current_settings, fail, out, plain, print_json


def edition(
    file: Annotated[Path, typer.Argument(help="The csv to write.")],
    view: Annotated[str, typer.Option(help="territorial, consumption, zcp …")] = "territorial",
    profile: Annotated[str, typer.Option(help="Method profile.")] = "CN-GHG",
    basis: Annotated[str, typer.Option(help="operating or registered.")] = "operating",
    boundary_class: Annotated[str, typer.Option("--class", help="Boundary class.")] = "nominal",
    release: Release = None,
    as_json: Json = False,
) -> None:
    """The public edition: park totals of one series, without what identifies an enterprise."""
    from warehouse.edition import COLUMNS, Series
    from warehouse.edition import edition as edition_of
    from warehouse.served import ReleaseError, release_path

    try:
        path = release_path(current_settings(), release)
        made = edition_of(path, Series(view, profile, basis, boundary_class))
    except (ReleaseError, ValueError) as error:
        fail(str(error), 2)
    # With a mark of UTF-8, without which a spreadsheet program reads Chinese as something else.
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows(made.rows)
    if as_json:
        print_json({"file": plain(file), "rows": len(made.rows), "suppressed": made.suppressed})
        return
    out.print(
        f"{len(made.rows)} rows in {file}; {made.suppressed} places are not shown by themselves: "
        "fewer than three enterprises, one above 85 %, or needed to hide another",
        highlight=False,
        markup=False,
    )
