"""The declaration of a source: one TOML file says how an office delivers, and what it means.

Readers take from it what they need to read, the contract what to expect; neither holds anything
about a certain source itself.
"""

import codecs
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assets.landing.readers.headers import clean_header

SOURCES = Path(__file__).parent / "sources"

_ID = re.compile(r"[a-z][a-z0-9_]*")
# row_id is reserved by DuckLake, row_number by the readers.
_RESERVED = frozenset({"row_id", "row_number"})


class DeclarationError(ValueError):
    """A source declaration that is missing or wrong; the message names file and field."""


def _codec(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"unknown encoding {name!r}") from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


def _header(text: str) -> str:
    cleaned = clean_header(text)
    if not cleaned:
        raise ValueError("a header is empty")
    return cleaned


def _canonical(name: str) -> str:
    if not _ID.fullmatch(name):
        raise ValueError(f"{name!r} is no column name (lower case, digits, _)")
    if name in _RESERVED:
        raise ValueError(f"{name!r} is reserved")
    return name


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Raw headers are cleaned here as the readers clean delivered ones, so that both sides match.
Header = Annotated[str, AfterValidator(_header)]
Canonical = Annotated[str, AfterValidator(_canonical)]
Encoding = Annotated[str, AfterValidator(_codec)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class SourceDeclaration(BaseModel):
    """How one source is delivered. Raw headers stand in it as delivered, canonical names as ours.

    A header delivered empty is declared as `__column_N__` (N from 1). A footer pattern is matched
    from the beginning of the first filled cell of a row. `null_texts` are texts which say that
    there is no value ("-", "N/A"); readers leave them as they are, the contract reads them so.
    `lost_characters` says what becomes of a csv in which characters were lost before delivery
    (U+FFFD): the whole file is refused, or the rows that hold them go to quarantine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title_zh: Text
    title_en: Text
    publisher: Text
    licence: Text
    cadence: Text
    format: Literal["csv", "xlsx", "shapefile"]
    parts: list[Annotated[str, StringConstraints(min_length=1)]] = []
    encodings: list[Encoding] = Field(default=["utf-8-sig", "gb18030"], min_length=1)
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    title_rows: int = Field(default=0, ge=0)
    header_rows: int = Field(default=1, ge=1, le=10)
    units_row: bool = False
    footer_patterns: list[Pattern] = []
    crs: Text | None = None
    columns: dict[Header, Canonical] = Field(min_length=1)
    optional_columns: list[Header] = []
    ignored_columns: list[Header] = []
    personal_columns: list[Header] = []
    column_units: dict[Header, str] = {}
    null_texts: list[str] = []
    lost_characters: Literal["refuse", "quarantine"] = "refuse"
    table: Text
    key: list[Canonical] = Field(min_length=1)
    notes: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        columns = set(self.columns)
        ignored, personal = set(self.ignored_columns), set(self.personal_columns)
        _no_doubles("columns: canonical name", self.columns.values())
        for field in ("parts", "optional_columns", "ignored_columns", "personal_columns", "key"):
            _no_doubles(field, getattr(self, field))
        _nothing("ignored_columns: also in columns", ignored & columns)
        _nothing("personal_columns: also in columns", personal & columns)
        _nothing("personal_columns: also in ignored_columns", personal & ignored)
        _nothing("optional_columns: not in columns", set(self.optional_columns) - columns)
        _nothing("column_units: not in columns", set(self.column_units) - columns)
        if self.column_units and not self.units_row:
            raise ValueError("column_units: units_row is false")
        if self.delimiter in '"\r\n\0':
            raise ValueError("delimiter: a quote or line break")
        if self.format == "shapefile":
            if self.crs is None:
                raise ValueError("crs: a shapefile needs one, whatever its .prj says")
            if self.title_rows or self.header_rows > 1 or self.units_row or self.footer_patterns:
                raise ValueError("title, header, units and footer rows: a shapefile has none")
        if self.format == "csv" and self.parts:
            raise ValueError("parts: a csv has none")
        return self


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
    return {path.stem: load_source(path.stem, folder) for path in sorted(folder.glob("*.toml"))}


def _told(error: ValidationError) -> str:
    """One line: `field: message` for each fault."""
    faults: list[str] = []
    for fault in error.errors():
        field = ".".join(str(step) for step in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{field}: {message}" if field else message)
    return "; ".join(faults)


def _no_doubles(field: str, values: Iterable[str]) -> None:
    listed = list(values)
    _nothing(f"{field} twice", {value for value in listed if listed.count(value) > 1})


def _nothing(fault: str, values: set[str]) -> None:
    if values:
        raise ValueError(f"{fault}: {', '.join(sorted(values))}")
