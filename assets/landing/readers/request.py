"""What the parent asks the child for, and how the child fails: plain values, so that it is JSON."""

from dataclasses import dataclass, field
from pathlib import Path

from assets.landing.readers.errors import ReadError

ROW_NUMBER = "row_number"
EXTRA = "__extra__"
GEOMETRY = "__geometry__"
CRS = "__crs__"
TITLE = "__title_"  # begins the name of a cell that a line above the header gives

# Names the reader itself gives to columns; a delivered header may not be one of them.
RESERVED = frozenset({ROW_NUMBER, EXTRA, GEOMETRY, CRS})

MAX_COLUMNS = 16_384  # of a worksheet; nobody delivers a wider register


@dataclass(frozen=True)
class Request:
    """One reading job. Sizes are bytes; `folder` is the parent's temporary directory."""

    path: str
    folder: str
    source_id: str
    formats: list[str]
    parts: list[str] = field(default_factory=list)
    part_pattern: str | None = None
    ignored_parts: list[str] = field(default_factory=list)
    records: str = ""
    unpivot_headers: str | None = None
    unpivot_required: list[str] = field(default_factory=list)
    unpivot_consecutive: str | None = None
    unpivot_beside: str | None = None
    unpivot_span: str | None = None
    unpivot_absent: list[str] = field(default_factory=list)
    unpivot_renamed: dict[str, str] = field(default_factory=dict)
    repair: str | None = None
    any_header: bool = False  # an unknown file: every row of a grid is a row, every header known
    encodings: list[str] = field(default_factory=lambda: ["utf-8-sig", "gb18030"])
    delimiter: str = ","
    title_rows: int = 0
    title_patterns: list[str] = field(default_factory=list)
    header_rows: int = 1
    units_row: bool = False
    footer_patterns: list[str] = field(default_factory=list)
    skip_patterns: list[str] = field(default_factory=list)  # of rows that are no records
    columns: dict[str, str] = field(default_factory=dict)
    optional_columns: list[str] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)
    personal_columns: list[str] = field(default_factory=list)
    column_units: dict[str, str] = field(default_factory=dict)
    keep_lost_characters: bool = False
    max_cells: int = 100_000_000
    max_cell_chars: int = 1_000_000
    memory_bytes: int = 512 << 20
    output_bytes: int = 2048 << 20
    unzipped_bytes: int = 2048 << 20
    cpu_seconds: int = 20

    def error(
        self, code: str, what: str, expected: str, part: str = "", row: int | None = None
    ) -> ReadError:
        """The error with this code, naming the delivered file."""
        return ReadError(Path(self.path).name, part, row, what, expected, code)


def layout_line(request: Request, *lines: str) -> str:
    """What to write so that files of before and of now can both be read."""
    return f"write in {request.source_id}.toml, at its end: [[layouts]] {'; '.join(lines)}"
