"""`parkledger sources`: list, new, template."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.console import Json, fail, out, print_json, show_rows

sources = typer.Typer(
    name="sources",
    help="Declared sources, drafts of new ones, and forms.",
    invoke_without_command=True,
)


@sources.callback()
def overview(context: typer.Context, as_json: Json = False) -> None:
    """Declared sources; with a subcommand: drafts of new ones, and forms."""
    if context.invoked_subcommand is None:
        list_(as_json)


@sources.command("list")
def list_(as_json: Json = False) -> None:
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
    show_rows(listed, as_json, "sources")


@sources.command()
def new(
    file: Annotated[Path, typer.Argument(help="A file that no source is declared for yet.")],
    source_id: Annotated[str | None, typer.Option("--id", help="Id of the source.")] = None,
    as_json: Json = False,
) -> None:
    """Draft a declaration and a table from a file, for a person to finish."""
    from assets.landing.draft import DraftError, draft_source

    try:
        draft = draft_source(file, source_id)
    except DraftError as error:
        fail(str(error))
    if as_json:
        print_json(draft.as_json())
        return
    out.print(f"# assets/landing/sources/{draft.source_id}.toml", markup=False, highlight=False)
    out.print(draft.toml, markup=False, highlight=False, soft_wrap=True)
    out.print("# quality/contracts/, in the module of its subject", markup=False, highlight=False)
    out.print(draft.table, markup=False, highlight=False, soft_wrap=True)


@sources.command()
def template(
    source: Annotated[str, typer.Argument(help="Source id of a form.")],
    file: Annotated[Path | None, typer.Option("--out", help="File to write.")] = None,
    example: Annotated[bool, typer.Option(help="With invented example rows.")] = False,
    as_json: Json = False,
) -> None:
    """The empty form of a source, for the office that fills it."""
    from assets.landing.declaration import DeclarationError, load_source
    from assets.landing.template import TemplateError, template_name, write_template

    try:
        declared = load_source(source)
        path = file or Path(template_name(declared, example))
        write_template(declared, path, example)
    except (DeclarationError, TemplateError) as error:
        fail(str(error), 2)
    if as_json:
        print_json({"source": source, "file": path})
    else:
        out.print(str(path), markup=False, highlight=False)
