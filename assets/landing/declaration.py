"""The declaration of a source: one TOML file says how an office delivers, and what it means.

Readers take from it what they need to read, the contract what to expect; neither holds anything
about a certain source itself.
"""

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from assets.landing.fields import Canonical, Encoding, Header, Pattern, Text, no_doubles, nothing
from assets.landing.unpivot import Unpivot

SOURCES = Path(__file__).parent / "sources"

Format = Literal["csv", "xlsx", "json", "shapefile", "geojson", "geopackage", "kml"]
VECTOR = frozenset({"shapefile", "geojson", "geopackage", "kml"})

_ID = re.compile(r"[a-z][a-z0-9_]*")
# What is the same in every layout: what the rows mean, and what is never taken over.
_NO_LAYOUT = {"id", "title_zh", "title_en", "publisher", "licence", "cadence", "notes", "table"}
_NO_LAYOUT |= {"key", "personal_columns", "null_texts", "numbers", "lost_characters", "period"}
_NO_LAYOUT |= {"allowed", "pedigree", "layouts"}


class DeclarationError(ValueError):
    """A source declaration that is missing or wrong; the message names file and field."""


class Allowed(BaseModel):
    """How far a delivery may differ from what is expected before it is refused.

    `rows` and `bytes` are bounds of one delivery. `fewer_rows` is the largest share of rows that
    may be missing against the delivery it takes the place of: with less it is partial.
    `unreadable` is the largest share of filled cells of a typed column that may not be read:
    beyond it the column was retyped. `quarantined` is the largest share of bad rows of a run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[int, int] | None = None
    bytes: tuple[int, int] | None = None
    fewer_rows: float = Field(default=0.5, ge=0, le=1)
    unreadable: float = Field(default=0.5, ge=0, le=1)
    quarantined: float = Field(default=1.0, ge=0, le=1)


Score = Annotated[int, Field(ge=1, le=5)]


class Pedigree(BaseModel):
    """Quality of a source on the five axes of the pedigree matrix: 1 is best, 5 worst.

    Weidema and Wesnaes 1996; the criteria stand in docs/method.md.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reliability: Score
    completeness: Score
    temporal: Score
    geographical: Score
    technological: Score


class SourceDeclaration(BaseModel):
    """How one source is delivered. Raw headers stand in it as delivered, canonical names as ours.

    `format` is one format or a list; with a list the bytes decide. `xlsx` takes .xls as well.
    Several headers may stand for one column: offices rename them; a part has exactly one.
    A header delivered empty is declared as `__column_N__` (N from 1). `file_pattern` and
    `part_pattern` must match the whole name of the file or sheet; their named groups are cells
    under `__file_NAME__` and `__part_NAME__`. `__crs__` is the CRS as a layer states it, null
    where it states none. In json a header is a path of keys joined by `/`, and
    `records` the path of keys (joined by `.`) to the list of records; `name*` as its last step
    reads the lists under `name` in each record as well, as a tree; `*` alone as its last step
    leads to an object each value of which is a record, with its key under `__key__`.

    A footer pattern is matched from the beginning of the first filled cell of a row; a row of
    which a cell matches its pattern of `skip_rows` as a whole is no record, and above the
    header it is a title. Columns that are all `__column_N__` mean that there is no header, and a
    shapefile of which no geometry is declared is its .dbf alone. `null_texts` are
    texts which say that there is no value ("-", "N/A"); readers leave them as they are, the
    contract reads them so.
    `numbers` says which ways of writing a number are read beside the plain one.
    `lost_characters` says what becomes of a csv in which characters were lost before delivery
    (U+FFFD): the whole file is refused, or the rows that hold them go to quarantine. `repair`
    undoes a known wrong decoding of the whole file; without it such a file is refused.
    `period` names the column that says which period a row is of.

    The named groups of `title_patterns`, each of which matches a whole cell above the header, are
    cells under `__title_NAME__`, null where no line says so. `column_factors` are declared units
    in one delivered unit, by header. Each of `layouts` is another way in which the office
    delivers, or did: what it says takes the place of what the declaration says. The declaration
    itself is tried first, then they in their order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title_zh: Text
    title_en: Text
    publisher: Text
    licence: Text
    cadence: Text
    formats: list[Format] = Field(alias="format", min_length=1)
    file_pattern: Pattern | None = None
    part_pattern: Pattern | None = None
    records: str = ""
    parts: list[Annotated[str, StringConstraints(min_length=1)]] = []
    ignored_parts: list[Annotated[str, StringConstraints(min_length=1)]] = []
    encodings: list[Encoding] = Field(default=["utf-8-sig", "gb18030"], min_length=1)
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    title_rows: int = Field(default=0, ge=0)
    title_patterns: list[Pattern] = []
    header_rows: int = Field(default=1, ge=1, le=10)
    units_row: bool = False
    footer_patterns: list[Pattern] = []
    crs: Text | None = None
    columns: dict[Header, Canonical] = Field(min_length=1)
    optional_columns: list[Header] = []
    ignored_columns: list[Header] = []
    personal_columns: list[Header] = []
    column_units: dict[Header, str] = {}
    column_factors: dict[Header, Annotated[Decimal, Field(gt=0)]] = {}
    null_texts: list[str] = []
    skip_rows: dict[Header, Pattern] = {}
    numbers: list[Literal["thousands", "full_width"]] = []
    lost_characters: Literal["refuse", "quarantine"] = "refuse"
    repair: Literal["utf8_read_as_cp1252", "utf8_read_as_gb18030"] | None = None
    unpivot: Unpivot | None = None
    period: Canonical | None = None
    allowed: Allowed = Allowed()
    pedigree: Pedigree
    table: Text
    key: list[Canonical] = Field(min_length=1)
    notes: str = ""
    layouts: list[dict[str, Any]] = []

    @field_validator("formats", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        columns = set(self.columns)
        ignored, personal = set(self.ignored_columns), set(self.personal_columns)
        for field in (
            "formats",
            "parts",
            "optional_columns",
            "ignored_columns",
            "personal_columns",
            "key",
        ):
            no_doubles(field, getattr(self, field))
        nothing("ignored_columns: also in columns", ignored & columns)
        nothing("personal_columns: also in columns", personal & columns)
        nothing("personal_columns: also in ignored_columns", personal & ignored)
        nothing("optional_columns: not in columns", set(self.optional_columns) - columns)
        nothing("skip_rows: not read", set(self.skip_rows) - columns - ignored)
        nothing("column_units: not in columns", set(self.column_units) - columns)
        if self.unpivot is None:
            nothing("column_factors: not in columns", set(self.column_factors) - columns)
        if self.column_units and not self.units_row:
            raise ValueError("column_units: units_row is false")
        if self.delimiter in '"\r\n\0':
            raise ValueError("delimiter: a quote or line break")
        if self.parts and self.part_pattern:
            raise ValueError("parts: part_pattern is given too")
        if set(self.formats) & VECTOR:
            if self.crs is None:
                raise ValueError("crs: a layer needs one, whatever the file says")
            if self.title_rows or self.header_rows > 1 or self.units_row or self.footer_patterns:
                raise ValueError("title, header, units and footer rows: a layer has none")
        if self.formats == ["csv"] and (self.parts or self.part_pattern):
            raise ValueError("parts: a csv has none")
        if self.records and "json" not in self.formats:
            raise ValueError("records: only json has one")
        if self.unpivot is not None:
            made = [*self.unpivot.groups, self.unpivot.value]
            made += [name for name in (self.unpivot.header, self.unpivot.unit) if name]
            no_doubles("unpivot", made)
            nothing("unpivot: also in columns", set(made) & set(self.columns.values()))
        for layout in self.layouts:
            nothing("layouts: the same in all of them", layout.keys() & _NO_LAYOUT)
        self.ways()
        return self

    def ways(self) -> list[Self]:
        """All ways in which a file may be delivered: as declared, then as each layout says."""
        if not self.layouts:
            return [self]
        said = self.model_dump(by_alias=True, exclude={"layouts"})
        layouts = [{}, *map(_instead, self.layouts)]
        return [self.model_validate({**said, **layout}) for layout in layouts]

    def headers_of(self) -> dict[str, list[str]]:
        """Canonical name → the headers that may stand for it, in declared order."""
        found: dict[str, list[str]] = {}
        for header, canonical in self.columns.items():
            found.setdefault(canonical, []).append(header)
        return found


def _instead(layout: dict[str, Any]) -> dict[str, Any]:
    """The layout, with sheets by name or by pattern as it says: they exclude each other."""
    if "parts" in layout:
        return {"part_pattern": None, **layout}
    return {"parts": [], **layout} if "part_pattern" in layout else layout


def load_source(source_id: str, folder: Path = SOURCES) -> SourceDeclaration:
    """The declaration in `<folder>/<source_id>.toml`. Raises DeclarationError."""
    path = folder / f"{source_id}.toml"
    if not _ID.fullmatch(source_id) or not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.toml"))) or "none"
        raise DeclarationError(f"no source '{source_id}'; declared are: {known}")
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path.name}: not TOML: {error}") from None
    try:
        source = SourceDeclaration.model_validate(declared)
    except ValidationError as error:
        raise DeclarationError(f"{path.name}: {_told(error)}") from None
    if source.id != source_id:
        raise DeclarationError(f"{path.name}: id: is '{source.id}', the file is '{source_id}'")
    return source


def load_sources(folder: Path = SOURCES) -> dict[str, SourceDeclaration]:
    """Every declaration of the folder by id, sorted. Raises DeclarationError for the first bad."""
    return dict(_own_sources()) if folder == SOURCES else _load(folder)


@cache
def _own_sources() -> dict[str, SourceDeclaration]:
    # Parsing eighty files took 60 ms, and a run asks a dozen times.
    return _load(SOURCES)


def _load(folder: Path) -> dict[str, SourceDeclaration]:
    return {path.stem: load_source(path.stem, folder) for path in sorted(folder.glob("*.toml"))}


def _told(error: ValidationError) -> str:
    """One line: `field: message` for each fault."""
    faults: list[str] = []
    for fault in error.errors():
        field = ".".join(str(step) for step in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{field}: {message}" if field else message)
    return "; ".join(faults)
