"""Which encoding a text file is in: each candidate is tried strictly over the whole file.

That a candidate decodes every byte is not enough: GB 18030 reads most UTF-8 without complaint, as
other characters. So what was decoded is looked at too.
"""

import codecs
import re
from pathlib import Path

from assets.landing.readers import mojibake
from assets.landing.readers.request import Request

CHUNK = 1 << 20
_REPLACEMENT = "\ufffd"
_UTF8 = frozenset({"utf-8", "utf-8-sig"})
_BY_REPAIR = {
    mojibake.AS_GB18030: frozenset({"gb18030", "gbk", "gb2312"}),
    mojibake.AS_CP1252: frozenset({"cp1252", "iso8859-1", "iso8859-15", "latin-1"}),
}
_SAMPLE = 10_000  # lines beyond ASCII that tell UTF-8 with a damaged byte from another encoding
_SURELY_UTF8 = re.compile(r"[\u4e00-\u9fff]|[a-z][À-ſ]|[À-ſ][a-z]")


def likely_encoding(request: Request) -> str | None:
    """The name of the first candidate if that is UTF-8, unseen but for the BOM; else None."""
    if codecs.lookup(request.encodings[0]).name not in _UTF8:
        return None
    with Path(request.path).open("rb") as file:
        return "utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "utf-8"


def find_encoding(request: Request) -> str:
    """The first candidate that reads every byte; "utf-8-sig" only if there is a BOM.

    Raises ReadError `encoding` naming what fails in each candidate, `nul-bytes`, `file-empty`,
    `mojibake`. A replacement character stops the search: its bytes would decode as other
    characters in the next candidate, and the damage would no longer be seen.
    """
    failures: list[str] = []
    furthest = 0
    utf8_failed = False
    for candidate in request.encodings:
        try:
            name = _decode_all(request, candidate)
        except _Unfit as error:
            line = line_at(request.path, error.offset)
            furthest = max(furthest, line)
            failures.append(f"{candidate} {error.what} (line {line})")
            utf8_failed |= codecs.lookup(candidate).name in _UTF8
            continue
        if utf8_failed and not name.startswith("utf") and (lines := _utf8_lines(request.path)):
            failures.append(f"{candidate} reads {lines} lines of UTF-8 as other characters")
            continue
        return name
    expected = f"text in {' or '.join(request.encodings)}"
    if not utf8_failed and _utf8_lines(request.path):
        expected += (
            f" (the lines are UTF-8: if all are, put utf-8-sig first in encodings of "
            f"{request.source_id}.toml)"
        )
    raise request.error("encoding", "; ".join(failures), expected, row=furthest)


class _Unfit(Exception):
    """A candidate that does not read the file: why, and at which byte."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(what, offset)
        self.what, self.offset = what, offset


def _decode_all(request: Request, candidate: str) -> str:
    """The name of the encoding. Raises _Unfit, or ReadError where no candidate would help."""
    name = codecs.lookup(candidate).name
    with Path(request.path).open("rb") as file:
        start = 0
        if name in _UTF8:
            has_bom = file.read(3) == codecs.BOM_UTF8
            name, start = ("utf-8-sig", 3) if has_bom else ("utf-8", 0)
        codec = "utf-8" if name == "utf-8-sig" else name
        file.seek(start)
        decoder = codecs.getincrementaldecoder(codec)("strict")
        blank = True
        held = ""  # a run of characters that may go on in the next piece
        while True:
            chunk = file.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                offset = start - pending + error.start
                raise _Unfit(f"fails at byte {offset}", offset) from None
            except UnicodeError:  # UTF-16 and UTF-32 without a mark at the beginning
                raise _Unfit("has no byte order mark at byte 0", 0) from None
            for bad, code in (("\0", "nul-bytes"), (_REPLACEMENT, "encoding")):
                kept = bad == _REPLACEMENT and request.keep_lost_characters
                if bad in text and not kept:
                    before = text[: text.index(bad)].encode(codec)
                    _refuse(request, code, start - pending + len(before))
            if request.repair is None:
                looked, held_next = _without_last_run(held + text, last=not chunk)
                if found := mojibake.find(looked):
                    before = text[: max(0, found.offset - len(held))].encode(codec)
                    _misread(request, name, found, start - pending + len(before))
                held = held_next
            blank = blank and not text.strip()
            start += len(chunk)
            if not chunk:
                break
    if blank:
        raise request.error("file-empty", "no text in the file", "a header and rows")
    return name


def _without_last_run(text: str, last: bool) -> tuple[str, str]:
    """The text up to the run of characters beyond ASCII at its end, and that run."""
    end = len(text)
    while not last and end > 0 and text[end - 1] > "\x7f" and len(text) - end < CHUNK:
        end -= 1
    return text[:end], text[end:]


def _misread(request: Request, name: str, found: mojibake.Mojibake, offset: int) -> None:
    """Raises _Unfit if it is this codec that reads wrongly, else ReadError `mojibake`."""
    if name in _BY_REPAIR.get(found.repair or mojibake.AS_GB18030, ()):
        what = f"reads UTF-8 as {found.sample[:12]!r}"
        raise _Unfit(f"{what} at byte {offset}", offset)
    raise mojibake.refuse(request, found, "", line_at(request.path, offset))


def _refuse(request: Request, code: str, offset: int) -> None:
    what, expected = {
        "nul-bytes": ("NUL character", "text without NUL (UTF-16 must be declared)"),
        "encoding": (
            "replacement character U+FFFD: characters were lost before delivery",
            "a file exported anew from its origin",
        ),
    }[code]
    line = line_at(request.path, offset)
    raise request.error(code, f"{what} at byte {offset}", expected, row=line)


def line_at(path: str, offset: int) -> int:
    """The physical line (from 1) that holds the byte."""
    ends, last = 0, b""
    with Path(path).open("rb") as file:
        while offset > 0 and (chunk := file.read(min(CHUNK, offset))):
            offset -= len(chunk)
            ends += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            if last == b"\r" and chunk[:1] == b"\n":
                ends -= 1
            last = chunk[-1:]
    return ends + 1


def _utf8_lines(path: str) -> int:
    """How many lines are UTF-8 beyond doubt, if they are more than those which are none; else 0.

    Lines of Chinese in another encoding are UTF-8 by chance only, so most lines tell.
    """
    sure, none = 0, 0
    with Path(path).open("rb") as file:
        while sure + none < _SAMPLE and (line := file.readline(CHUNK)):
            if line.isascii():
                continue
            try:
                sure += _SURELY_UTF8.search(line.decode("utf-8")) is not None
            except UnicodeDecodeError:
                none += 1
    return sure if sure > none else 0
