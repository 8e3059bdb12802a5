"""Fuzz the workbook reader: the XML of sheet, strings and styles, in a package that is sound.

What is read in blocks is read by the handlers too, and has to be the same.
"""

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZipFile

import atheris
import pyarrow.ipc

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["assets.landing.readers"]):
    from assets.landing.readers import fastsheet
    from assets.landing.readers.errors import ReadError
    from assets.landing.readers.request import Request
    from assets.landing.readers.workbook import _Workbook, read_xlsx
from tests.fuzz.harness import run

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TOP = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>"
)
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
    f'Target="sheet.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" '
    'Target="strings.xml"/><Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>"
)
PLAIN = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1" ht="9"><c r="A1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" s="1"><f>B1</f><v>1.50</v></c><c r="B2" t="inlineStr"><is><t>&amp;</t>'
    '</is></c></row><row r="4"><c r="A4" t="str"><v>甲</v></c><c r="AB4"/></row><row '
    'r="5"><c r="A5" s="1"><v>45292.75</v></c><c r="B5" s="2"><v>1E-3</v></c><c r="C5" s="3" t="n">'
    "<v>60</v></c></row></sheetData></worksheet>"
)
# First byte: which member the rest is; 0xFF: the rest is the whole file.
SHEET = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2" t="inlineStr"><is><t>x_x000D_</t></is></c>'
    '</row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>'
)
STRINGS = f'<sst xmlns="{MAIN}"><si><t>a</t><rPh><t>b</t></rPh></si><si><r><t>c</t></r></si></sst>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="[$-804]yy\\-m;@"/>'
    '</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="46"/>'
    '<xf numFmtId="14"/></cellXfs></styleSheet>'
)
PARTS = {
    "xl/sheet.xml": PLAIN,
    "xl/strings.xml": STRINGS,
    "xl/workbook.xml": BOOK,
    "xl/_rels/workbook.xml.rels": RELATIONS,
    "_rels/.rels": TOP,
    "xl/styles.xml": STYLES,
}


def write(data: bytes, folder: Path) -> Path:
    """A workbook of which one member is the bytes, or the bytes as they are."""
    path = folder / "a.xlsx"
    if data[:1] == b"\xff":
        path.write_bytes(data[1:])
        return path
    members = {name: text.encode() for name, text in PARTS.items()}
    members[list(PARTS)[(data[0] if data else 0) % len(PARTS)]] = data[1:]
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def seeds() -> list[bytes]:
    """Each member as it should be, and a whole file."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        whole = write(b"\x00" + PLAIN.encode(), Path(folder)).read_bytes()
    members = [bytes([n]) + text.encode() for n, text in enumerate(PARTS.values())]
    dated = BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    others = [b"\x00" + SHEET.encode(), b"\x02" + dated.encode()]
    return [*members, *others, b"\xff" + whole]


def read_both(request: Request) -> None:
    """Read in blocks and by the handlers. Raises AssertionError if that is not the same."""
    fast = _outcome(request, "fast")
    with (
        mock.patch.object(_Workbook, "_read_fast", lambda *_: None),
        mock.patch.object(fastsheet, "read_strings", lambda *_: None),
    ):
        slow = _outcome(request, "slow")
    assert fast == slow, (fast, slow)


def _outcome(request: Request, name: str) -> Any:
    """The parts with their rows, or the error."""
    folder = Path(request.folder) / name
    folder.mkdir()
    try:
        parts = read_xlsx(replace(request, folder=str(folder)))
    except ReadError as error:
        return error.as_dict()
    files = [pyarrow.ipc.open_file((folder / part.file).read_bytes()) for part in parts]
    return [
        (asdict(part), file.read_all().to_pylist()) for part, file in zip(parts, files, strict=True)
    ]


if __name__ == "__main__":
    run("xlsx", read_both, seeds(), write, columns={"a": "c0"}, optional_columns=["a"])
