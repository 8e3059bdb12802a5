"""Hostile and broken workbooks."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

from tests.landing.test_readers import declare
from tests.landing.test_readers_xlsx import MAIN, SHEET, altered, simple, with_sheet, with_strings

from .case import Hostile

SOURCE = declare("xlsx", ["a"])
TOP = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'


def sheet(rows: str, top: str = TOP) -> Callable[[Path], Path]:
    """Builds a workbook with the header "a" and these rows."""
    xml = f"<worksheet {MAIN}><sheetData>{top}{rows}</sheetData></worksheet>"
    return lambda folder: with_sheet(folder / "a.xlsx", xml)


def members(add: dict[str, bytes]) -> Callable[[Path], Path]:
    """Builds a sound workbook with members added."""
    return lambda folder: altered(simple(folder / "a.xlsx", [["a"], [1]]), lambda _, d: d, add)


def entity(member: str, declared: str) -> Callable[[Path], Path]:
    """Builds a workbook of which one member declares a document type."""

    def change(name: str, data: bytes) -> bytes:
        if name != member:
            return data
        head, mark, rest = data.partition(b"?>")
        return head + mark + declared.encode() + rest if mark else declared.encode() + data

    return lambda folder: altered(simple(folder / "a.xlsx", [["a"]]), change, {})


def without(member: str) -> Callable[[Path], Path]:
    """Builds a workbook that lacks a member."""

    def build(folder: Path) -> Path:
        path = simple(folder / "a.xlsx", [["a"], [1]])
        with ZipFile(path) as source:
            kept = {name: source.read(name) for name in source.namelist() if name != member}
        with ZipFile(path, "w", ZIP_DEFLATED) as target:
            for name, data in kept.items():
                target.writestr(name, data)
        return path

    return build


def cut(part: float) -> Callable[[Path], Path]:
    """Builds a workbook cut off at this part of its length."""

    def build(folder: Path) -> Path:
        texts: list[list[object]] = [[f"text {n}"] for n in range(200)]
        path = simple(folder / "a.xlsx", [["a"], *texts])
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * part)])
        return path

    return build


def link(folder: Path) -> Path:
    """Builds a workbook with a symbolic link in it."""
    path = simple(folder / "a.xlsx", [["a"]])
    with ZipFile(path, "a") as archive:
        member = ZipInfo("xl/media/a.png")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return path


def unusual_compression(folder: Path) -> Path:
    """Builds a workbook packed as no spreadsheet program packs it."""
    path = simple(folder / "a.xlsx", [["a"]])
    with ZipFile(path, "a", ZIP_LZMA) as archive:
        archive.writestr("xl/media/a.bin", b"x" * 100)
    return path


def external(folder: Path) -> Path:
    """Builds a workbook whose sheet is said to lie outside of it."""

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("workbook.xml.rels"):
            return data
        return data.replace(b"/xl/worksheets/sheet1.xml", b"/../../../etc/passwd")

    return altered(simple(folder / "a.xlsx", [["a"]]), change, {})


def formula(body: str) -> str:
    return f'<row r="2"><c r="A2" t="str"><f>{body}</f><v>stored</v></c></row>'


def merges(folder: Path) -> Path:
    """Builds a sheet with more merged regions than are taken."""
    many = '<mergeCell ref="A1:B2"/>' * 100_001
    xml = (
        f"<worksheet {MAIN}><sheetData>{TOP}</sheetData><mergeCells>{many}</mergeCells></worksheet>"
    )
    return with_sheet(folder / "a.xlsx", xml)


def odd_encoding(folder: Path) -> Path:
    """Builds a sheet in an encoding that there is not."""
    odd = b'<?xml version="1.0" encoding="no-such"?><a/>'
    path = simple(folder / "a.xlsx", [["a"]])
    return altered(path, lambda name, data: odd if name == SHEET else data, {})


BILLION = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
FILE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
STRING = '<row r="2"><c r="A2" t="s"><v>{}</v></c></row>'
TEXTS = ["=cmd|'/c calc'!A0", "１２３", "1,234", "&gt;0", "—", "…", "***", "#REF!", "1e400", "NaN"]


CASES = [
    Hostile(
        "xlsx texts that are kept as delivered",
        sheet(
            "".join(
                f'<row r="{n}"><c r="A{n}" t="str"><v>{cell}</v></c></row>'
                for n, cell in enumerate(TEXTS, start=2)
            )
        ),
        SOURCE,
        [(n, cell.replace("&gt;", ">")) for n, cell in enumerate(TEXTS, start=2)],
    ),
    Hostile("xlsx zip bomb", members({"xl/media/zeros": bytes(64 << 20)}), SOURCE, "bounds"),
    Hostile(
        "xlsx too many members", members({f"x/{n}": b"" for n in range(10_001)}), SOURCE, "bounds"
    ),
    Hostile("xlsx ../ in a name", members({"../evil": b"x"}), SOURCE, "unsafe-zip"),
    Hostile("xlsx ../ inside a name", members({"xl/../../evil": b"x"}), SOURCE, "unsafe-zip"),
    Hostile("xlsx absolute name", members({"/etc/passwd": b"x"}), SOURCE, "unsafe-zip"),
    Hostile("xlsx drive in a name", members({"C:\\evil": b"x"}), SOURCE, "unsafe-zip"),
    Hostile("xlsx names differ in case", members({SHEET.upper(): b"x"}), SOURCE, "unsafe-zip"),
    Hostile("xlsx symbolic link", link, SOURCE, "unsafe-zip"),
    Hostile("xlsx unusual compression", unusual_compression, SOURCE, "unsafe-zip"),
    Hostile("xlsx sheet outside the package", external, SOURCE, "not-a-workbook"),
    Hostile("xlsx billion laughs in the sheet", entity(SHEET, BILLION), SOURCE, "entity"),
    Hostile(
        "xlsx billion laughs in the book", entity("xl/workbook.xml", BILLION), SOURCE, "entity"
    ),
    Hostile("xlsx entity of a file", entity(SHEET, FILE), SOURCE, "entity"),
    Hostile("xlsx plain document type", entity(SHEET, "<!DOCTYPE worksheet>"), SOURCE, "entity"),
    Hostile(
        "xlsx cells A1 and XFD1048576",
        sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        SOURCE,
        "bounds",
    ),
    Hostile(
        "xlsx dimension that lies",
        lambda folder: with_sheet(
            folder / "a.xlsx",
            f'<worksheet {MAIN}><dimension ref="A1:XFD1048576"/><sheetData>{TOP}'
            '<row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>',
        ),
        SOURCE,
        [(2, "1")],
    ),
    Hostile(
        "xlsx column beyond XFD",
        sheet('<row r="2"><c r="XFE2"><v>1</v></c></row>'),
        SOURCE,
        "bounds",
    ),
    Hostile("xlsx row beyond the last", sheet('<row r="1048577"/>'), SOURCE, "bounds"),
    Hostile("xlsx row number negative", sheet('<row r="-1"/>'), SOURCE, "not-a-workbook"),
    Hostile(
        "xlsx row number huge",
        sheet(f'<row r="{"9" * 5_000}"/>'),
        SOURCE,
        {"bounds", "not-a-workbook"},
    ),
    Hostile("xlsx rows backwards", sheet('<row r="3"/><row r="2"/>'), SOURCE, "not-a-workbook"),
    Hostile(
        "xlsx cell twice",
        sheet('<row r="2"><c r="A2"/><c r="A2"/></row>'),
        SOURCE,
        "not-a-workbook",
    ),
    Hostile("xlsx no such string", sheet(STRING.format(9)), SOURCE, "not-a-workbook"),
    Hostile(
        "xlsx string number -1",
        lambda folder: with_strings(folder / "a.xlsx", "", STRING.format(-1)),
        SOURCE,
        "not-a-workbook",
    ),
    Hostile("xlsx formula that calls", sheet(formula("WEBSERVICE(1)")), SOURCE, [(2, "stored")]),
    Hostile(
        "xlsx deep nesting",
        sheet("<x>" * 50_000 + "</x>" * 50_000),
        SOURCE,
        [],
    ),
    Hostile("xlsx XML cut", sheet('<row r="2"><c r="A2"><v>1'), SOURCE, "not-a-workbook"),
    Hostile("xlsx XML in an odd encoding", odd_encoding, SOURCE, "not-a-workbook"),
    Hostile(
        "xlsx mojibake",
        sheet('<row r="2"><c r="A2" t="str"><v>澶╂触</v></c></row>'),
        SOURCE,
        "mojibake",
    ),
    Hostile("xlsx without its sheet", without(SHEET), SOURCE, "not-a-workbook"),
    Hostile("xlsx without its book", without("xl/workbook.xml"), SOURCE, "not-a-workbook"),
    Hostile("xlsx without relations", without("_rels/.rels"), SOURCE, "not-a-workbook"),
    *(
        Hostile(f"xlsx cut at {part}", cut(part), SOURCE, "not-a-workbook")
        for part in (0.1, 0.5, 0.9, 0.99)
    ),
    Hostile("xlsx too many merges", merges, SOURCE, "bounds"),
]
