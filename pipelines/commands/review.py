"""`parkledger review`: parks, links; what people should look at, and what they decided."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipelines.console import Json, Release, current_settings, err, fail, out, print_json

review = typer.Typer(name="review", help="Work lists for people, the most important first.")


@review.callback()
def _lists() -> None:
    """Work lists for people, the most important first."""


@review.command("parks")
def review_parks(
    limit: Annotated[int, typer.Option(help="Most parks; 0 for all.")] = 20,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Parks with doubts about code, date, area, point or industries, by what rests on them."""
    from pipelines.reviewing import doubtful_parks
    from warehouse.served import ReleaseError, release_path

    config = current_settings()
    try:
        rows = doubtful_parks(release_path(config, release), config)
    except ReleaseError as error:
        fail(str(error), 2)
    shown = rows if limit == 0 else rows[:limit]
    if as_json:
        print_json({"parks": shown, "all": len(rows)})
        return
    for row in shown:
        value = "" if row["value"] is None else f"  {row['value']:,.0f} t CO2e"
        out.print(
            f"{row['rank']:>4} {row['park_id']} {row['name_zh']}  {row['approved_ha']:,.0f} ha"
            f"{value}  doubt {row['doubt']:.2f}\n     {row['findings_zh']}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    err.print(f"{len(shown)} of {len(rows)} parks; next: parkledger map PARK", highlight=False)


@review.command("links")
def review_links(
    limit: Annotated[int, typer.Option(help="Most links; 0 for all.")] = 20,
    release: Release = None,
    as_json: Json = False,
) -> None:
    """Links of registers that wait for a person, with the evidence of both sides."""
    from pipelines.reviewing import uncertain_links
    from warehouse.served import ReleaseError, release_path

    config = current_settings()
    try:
        rows, agreed = uncertain_links(release_path(config, release))
    except ReleaseError as error:
        fail(str(error), 2)
    shown = rows if limit == 0 else rows[:limit]
    if as_json:
        print_json({"links": shown, "all": len(rows), "agreement": agreed})
        return
    for row in shown:
        out.print(_told(row), highlight=False, markup=False, soft_wrap=True)
    if agreed["n"]:
        err.print(
            f"rule against {agreed['n']} decisions: precision {agreed['precision']}, "
            f"recall {agreed['recall']}, kappa {agreed['kappa']}",
            highlight=False,
        )
    err.print(
        f"{len(shown)} of {len(rows)} links; next: "
        "parkledger review link LEFT RIGHT same|different --reason WHY --by OFFICE",
        highlight=False,
        markup=False,
    )


def _told(row: dict[str, Any]) -> str:
    """A link in three lines: the score, then each side."""
    sides = [
        "     " + "  ".join(str(row[f"{side}_{name}"] or "-") for name in _SIDE)
        for side in ("left", "right")
    ]
    return "\n".join([f"{row['score']}  {row['reason_zh']}", *sides])


_SIDE = ["id", "name_zh", "uscc", "division_code", "address_zh"]


@review.command("link")
def decide_link(
    left: Annotated[str, typer.Argument(help="Id of the left record, as `review links` shows it.")],
    right: Annotated[str, typer.Argument(help="Id of the right record.")],
    decision: Annotated[str, typer.Argument(help="same or different.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: Annotated[str, typer.Option(help="Office that decides; no person's name.")],
    as_json: Json = False,
) -> None:
    """Record what an office decides about a link; every later run replays it."""
    from pipelines.decisions import DecisionFailed, decide_link

    try:
        path = decide_link(current_settings(), left, right, decision, reason, by)
    except DecisionFailed as error:
        fail(str(error), 2)
    if as_json:
        print_json({"file": path})
    else:
        out.print(f"{path}; next: parkledger run", highlight=False, markup=False)
