"""Hostile and broken csv files."""

import csv
from collections.abc import Callable
from pathlib import Path

from tests.landing.test_readers import declare

from .case import Hostile

SOURCE = declare("csv", ["企业", "值"])
HEAD = "企业,值\n"


def raw(data: bytes) -> Callable[[Path], Path]:
    """Builds a file of these bytes."""

    def build(folder: Path) -> Path:
        path = folder / "a.csv"
        path.write_bytes(data)
        return path

    return build


def text(body: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    """Builds a file with the usual header and this body."""
    return raw((HEAD + body).encode(encoding))


def _long_cell(folder: Path) -> Path:
    path = folder / "a.csv"
    piece = b"x" * (16 << 20)
    with path.open("wb") as file:
        file.write(HEAD.encode() + "甲,".encode())
        for _ in range(64):
            file.write(piece)
        file.write(b"\n")
    return path


def _quoted_long_cell(folder: Path) -> Path:
    path = folder / "a.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode() + '甲,"'.encode())
        for _ in range(40):
            file.write(b"x\n" * (1 << 16))
    return path


def _wide(columns: int) -> bytes:
    header = ",".join(f"c{n}" for n in range(columns))
    return f"{header}\n{','.join('1' * columns)}\n".encode()


KEPT = [
    '=cmd|"/c calc"!A0',
    "=HYPERLINK(1)",
    "@SUM(1)",
    "+1+1",
    "-1",
    "１２３．４",
    "1 234",
    ">0",
    "<0.01",
    "—",
    "…",
    "***",
    "约300",
    "N/A",
    "NaN",
    "inf",
    "NULL",
    "null",
    "1e308",
    "0x1F",
    "007",
    "2017.10",
    "TRUE",
    " x ",
    "\u3000x\u3000",
    "x\u200b",
    "\u202etxt.exe",
    "<script>alert(1)</script>",
    "'; DROP TABLE row; --",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n",
    "𠀀𠮷",
    "e\u0301",
    "👩‍👩‍👧",
    "\ufeffx",
    "x\x1a",
    "\x1b[31m",
    "\u2028",
    "\x85",
]


def _kept(folder: Path) -> Path:
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["企业", "值"], *(["甲", cell] for cell in KEPT)])
    return path


CASES = [
    Hostile(
        "csv texts that are kept as delivered",
        _kept,
        SOURCE,
        [(row, "甲", cell) for row, cell in enumerate(KEPT, start=2)],
    ),
    Hostile("csv NUL", text("甲,1\0\n"), SOURCE, "nul-bytes"),
    Hostile("csv of NULs", raw(bytes(4096)), SOURCE, {"nul-bytes"}),
    Hostile("csv UTF-16 not declared", text("甲,1\n", "utf-16"), SOURCE, {"encoding", "nul-bytes"}),
    Hostile(
        "csv UTF-16 declared",
        text("甲,1\n", "utf-16"),
        declare("csv", ["企业", "值"], encodings=["utf-16"]),
        [(2, "甲", "1")],
    ),
    Hostile(
        "csv UTF-16 declared, without its mark",
        text("甲,1\n"),
        declare("csv", ["企业", "值"], encodings=["utf-16"]),
        "encoding",
        "byte order mark",
    ),
    Hostile("csv with BOM", text("甲,1\n", "utf-8-sig"), SOURCE, [(2, "甲", "1")]),
    Hostile(
        "csv with two BOMs",
        raw(b"\xef\xbb\xbf\xef\xbb\xbf" + (HEAD + "甲,1\n").encode()),
        SOURCE,
        "header-mismatch",
    ),
    Hostile("csv of a BOM alone", raw(b"\xef\xbb\xbf"), SOURCE, "file-empty"),
    Hostile("csv of blanks", raw(b" \r\n\t\r\n"), SOURCE, "file-empty"),
    Hostile("csv of no bytes", raw(b""), SOURCE, "file-empty"),
    Hostile("csv of commas", raw(b",,,\n,,,\n"), SOURCE, "header-mismatch"),
    Hostile("csv with the header alone", raw(HEAD.encode()), SOURCE, []),
    Hostile("csv without last line end", text("甲,1"), SOURCE, [(2, "甲", "1")]),
    Hostile(
        "csv lone carriage returns", text("甲,1\r乙,2\r"), SOURCE, [(2, "甲", "1"), (3, "乙", "2")]
    ),
    Hostile(
        "csv mixed line ends",
        text("甲,1\r\n乙,2\n丙,3\r丁,4\n"),
        SOURCE,
        [(2, "甲", "1"), (3, "乙", "2"), (4, "丙", "3"), (5, "丁", "4")],
    ),
    Hostile("csv doubled CR", text("甲,1\r\r\n乙,2\n"), SOURCE, [(2, "甲", "1"), (4, "乙", "2")]),
    Hostile(
        "csv blank lines", text("\n\n甲,1\n\n乙,2\n"), SOURCE, [(4, "甲", "1"), (6, "乙", "2")]
    ),
    Hostile("csv open quote", text('甲,"1\n乙,2\n'), SOURCE, "unbalanced-quotes"),
    Hostile("csv text behind a quote", text('甲,"1"x\n'), SOURCE, "unbalanced-quotes"),
    Hostile("csv quote inside", text('甲,1"2"\n'), SOURCE, [(2, "甲", '1"2"')]),
    Hostile("csv one quote at the end", text('甲,1\n"'), SOURCE, "unbalanced-quotes"),
    Hostile(
        "csv line break in quotes",
        text('甲,"1\r\n2"\n乙,3\n'),
        SOURCE,
        [(2, "甲", "1\r\n2"), (4, "乙", "3")],
    ),
    Hostile("csv thousands without quotes", text("甲,1,234\n"), SOURCE, [(2, "甲", "1", "234")]),
    Hostile("csv thousands in quotes", text('甲,"1,234"\n'), SOURCE, [(2, "甲", "1,234")]),
    Hostile("csv ragged", text("甲\n乙,1,,\n"), SOURCE, [(2, "甲", None), (3, "乙", "1")]),
    Hostile("csv doubled header", raw("企业,企业\n甲,1\n".encode()), SOURCE, "header-mismatch"),
    Hostile(
        "csv reader's own header",
        raw("企业,row_number\n甲,1\n".encode()),
        SOURCE,
        "header-mismatch",
    ),
    Hostile(
        "csv forged cell of the file name",
        raw("企业,__file_year__\n甲,1\n".encode()),
        SOURCE,
        "header-mismatch",
    ),
    Hostile("csv other delimiter", raw("企业;值\n甲;1\n".encode()), SOURCE, "header-mismatch"),
    Hostile("csv full-width header", raw("企业，值\n甲，1\n".encode()), SOURCE, "header-mismatch"),
    Hostile(
        "csv zero-width header", raw("企业\u200b,值\n甲,1\n".encode()), SOURCE, "header-mismatch"
    ),
    Hostile("csv of 20,000 columns", raw(_wide(20_000)), SOURCE, "bounds", "16384"),
    Hostile("csv of 16,000 columns", raw(_wide(16_000)), SOURCE, "header-mismatch"),
    Hostile("csv UTF-8 as Windows-1252", text("å¤©æ´¥,1\n"), SOURCE, "mojibake", "天津"),
    Hostile(
        "csv UTF-8 as Latin-1",
        text("天津滨海".encode().decode("latin-1") + ",1\n"),
        SOURCE,
        "mojibake",
        "utf8_read_as_cp1252",
    ),
    Hostile("csv UTF-8 as GBK", text("澶╂触,1\n"), SOURCE, "mojibake", "utf8_read_as_gb18030"),
    Hostile(
        "csv UTF-8 as GBK, saved as GBK",
        raw(HEAD.encode("gbk") + "澶╂触,1\n".encode("gbk")),
        SOURCE,
        "encoding",
    ),
    Hostile("csv lost and read as GBK", text("锟斤拷锟斤拷,1\n"), SOURCE, "mojibake", "lost"),
    Hostile("csv lost characters", text("宁\ufffd\ufffd,1\n"), SOURCE, "encoding", "U+FFFD"),
    Hostile(
        "csv half a character",
        raw(HEAD.encode() + "甲乙丙,1\n".encode()[1:]),
        SOURCE,
        "encoding",
        "gb18030",
    ),
    Hostile("csv overlong UTF-8", raw(HEAD.encode() + b"\xc0\xaf,1\n"), SOURCE, "encoding"),
    Hostile(
        "csv surrogates in UTF-8", raw(HEAD.encode() + b"\xed\xa0\x80,1\n"), SOURCE, "encoding"
    ),
    Hostile(
        "csv cell above the limit",
        text("甲," + "x" * 3_000 + "\n"),
        SOURCE,
        "bounds",
        limits={"max_cell_chars": 2_000},
    ),
    Hostile(
        "csv quoted cell without end", _quoted_long_cell, SOURCE, {"bounds", "unbalanced-quotes"}
    ),
    Hostile("csv cell of 1 GB", _long_cell, SOURCE, {"bounds", "memory"}, slow=True),
    Hostile(
        "csv gzip under the name",
        raw(b"\x1f\x8b\x08\x00" + bytes(40)),
        SOURCE,
        {"encoding", "nul-bytes"},
    ),
    Hostile(
        "csv xlsx under the name",
        raw(b"PK\x03\x04\x14\x00\x06\x00" + bytes(40)),
        SOURCE,
        "format",
    ),
    Hostile(
        "csv web page under the name",
        raw(b"<!DOCTYPE html><html><body>404</body></html>"),
        SOURCE,
        "format",
    ),
    Hostile(
        "csv title row more",
        raw(("标题\n" + HEAD + "甲,1\n").encode()),
        SOURCE,
        "header-shifted",
        "title_rows = 1",
    ),
]
