"""`parkledger map PARK`: the boundaries of a park as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import Json, Release, current_settings, fail, out, print_json


def map_(
    park: Annotated[str, typer.Argument(help="Park id, such as S649012.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PNG to write; default: PARK.png.")
    ] = None,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Draw a park: boundary versions, zones, neighbours, sites in, near and outside."""
    from pipelines.maps import NoMap, map_of_park
    from warehouse.served import ReleaseError, release_path

    try:
        picture = map_of_park(release_path(current_settings(), release), park)
    except (NoMap, ReleaseError) as error:
        fail(str(error), 2)
    path = output or Path(f"{park}.png")
    path.write_bytes(picture)
    if as_json:
        print_json({"park_id": park, "file": path, "bytes": len(picture)})
    else:
        out.print(f"{path}: {len(picture):,} bytes", highlight=False, markup=False)
