"""`parkledger map`, `locate`, `divisions`: the ground of parks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import Json, Release, current_settings, fail, out, print_json, show_rows

COUNTRY = "CN"


def map_(
    park: Annotated[str, typer.Argument(help="Park id, such as S649012, or CN.")],
    year: Annotated[int, typer.Option(help="Data year of the map of the country.")] = 2020,
    boundary_class: Annotated[
        str, typer.Option("--class", help="Boundary class of the map of the country.")
    ] = "nominal",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PNG to write; default: PARK.png.")
    ] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Draw a park with what lies around it, or the country (CN): what is placed, and plants."""
    from pipelines.maps import NoMap, map_of_country, map_of_park
    from warehouse.served import ReleaseError, release_path

    try:
        path_of = release_path(current_settings(), release)
        if park == COUNTRY:
            picture = map_of_country(path_of, year, boundary_class)
        else:
            picture = map_of_park(path_of, park)
    except (NoMap, ReleaseError) as error:
        fail(str(error), 2)
    path = output or Path(f"{park}.png")
    path.write_bytes(picture)
    if as_json:
        print_json({"park_id": park, "file": path, "bytes": len(picture)})
    else:
        out.print(f"{path}: {len(picture):,} bytes", highlight=False, markup=False)


def locate(
    points: Annotated[Path, typer.Argument(help="csv or Parquet with points in CGCS2000.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Parquet to write; default: POINTS.located.parquet."),
    ] = None,
    boundary_class: Annotated[
        str | None, typer.Option("--class", help="Boundary class; default: all.")
    ] = None,
    within: Annotated[float, typer.Option(help="Metres to the nearest boundary.")] = 5000.0,
    lon: Annotated[str, typer.Option(help="Column of the longitude.")] = "lon",
    lat: Annotated[str, typer.Option(help="Column of the latitude.")] = "lat",
    release: Release = None,
    as_json: Json = False,
) -> None:
    """For each point the boundary versions it lies in, or the nearest with its distance."""
    from pipelines.locating import LocateFailed, locate_file
    from warehouse.served import ReleaseError, release_path

    config = current_settings()
    path = output or points.with_suffix(".located.parquet")
    try:
        found = locate_file(
            config,
            release_path(config, release),
            points,
            path,
            boundary_class,
            within,
            (lon, lat),
        )
    except (LocateFailed, ReleaseError) as error:
        fail(str(error), 2)
    if as_json:
        print_json({"file": path, **asdict(found)})
        return
    out.print(
        f"{path}: {found.points:,} points, {found.inside:,} inside, {found.near:,} within "
        f"{within:,.0f} m, {found.nowhere:,} nowhere, {found.unusable:,} without usable "
        f"coordinates; {found.rows:,} rows",
        highlight=False,
        markup=False,
    )


def divisions(
    code: Annotated[str, typer.Argument(help="GB/T 2260 code, or a name such as 白下区.")],
    year: Annotated[
        int | None, typer.Option(help="Year the code is of; default: any it was in force.")
    ] = None,
    run_year: Annotated[
        int | None, typer.Option(help="Year to map it to, 1980 to 2026; default: today.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What became of a division: its code and name of another year, and the changes between."""
    from pipelines.reviewing import followed_division

    rows = followed_division(code, year, run_year)
    if not rows:
        fail(f"{code}: no division of any year from 1980 on", 2)
    show_rows(rows, as_json, "divisions")
