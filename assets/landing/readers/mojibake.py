"""Text that was decoded wrongly before delivery: how it is noticed, and how it is undone.

Chinese in UTF-8 is three bytes a character. Read as Windows-1252 each byte becomes a letter or
sign (`å¤©æ´¥` for 天津), read as GB 18030 each two bytes become one Chinese character (`澶╂触`).
Either way back is exact: encode in the wrong codec, decode as UTF-8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers.request import Request

AS_CP1252 = "utf8_read_as_cp1252"
AS_GB18030 = "utf8_read_as_gb18030"

_LOST = "锟斤拷"  # two U+FFFD in UTF-8, read as GB 18030
_LOST_LATIN = "ï¿½"  # one, read as Windows-1252
_RUN = re.compile(r"[^\x00-\x7f]+")
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_STRANGE = re.compile(r"[^\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef·—…“”‘’℃×³²°\x00-\x7f]")
_LONGEST = 200  # characters of a run that are looked at

# Windows-1252 leaves five bytes open; programs read them as the control characters of Latin-1,
# which also makes the table right for text that was read as Latin-1 altogether.
_CP1252 = {
    ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0x100)
}
_CP1252 |= {byte: byte for byte in range(0x80, 0x100) if byte not in _CP1252}
_REST = "".join(re.escape(chr(code)) for code, byte in _CP1252.items() if byte <= 0xBF)
_TRIPLE = re.compile(f"[ä-é][{_REST}][{_REST}]")


@dataclass(frozen=True)
class Mojibake:
    """The first sign of it: where it begins in the text, what stands there, what it was.

    `repair` is the way back; "" where characters were lost, so that there is none.
    """

    offset: int
    sample: str
    meant: str
    repair: str


def undo(text: str, repair: str) -> str | None:
    """The text as it was before the wrong decoding, or None if it was not decoded so."""
    try:
        return wrong_bytes(text, repair).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def wrong_bytes(text: str, repair: str) -> bytes:
    """The bytes that the wrong codec had read. Raises UnicodeEncodeError."""
    if repair == AS_GB18030:
        return text.encode("gb18030")
    return text.translate(_CP1252).encode("latin-1")


def find(text: str) -> Mojibake | None:
    """The first sign of mojibake in the text, or None.

    A run of characters outside ASCII counts if it goes back to two or more Chinese characters as
    a whole; in GB 18030 to three, or with a character outside GB 2312 in it, since a word of three
    common characters may go back by chance.
    """
    if text.isascii():
        return None
    seen = -1
    for place in _candidates(text):
        if place < seen:
            continue
        start, end = _run(text, place)
        seen = end
        run = text[start:end]
        for lost in (_LOST, _LOST_LATIN):
            if lost in run:
                return Mojibake(start + run.index(lost), lost, "\ufffd", "")
        for repair in (AS_CP1252, AS_GB18030):
            meant, lost_some = _read_back(run, repair)
            if _believable(run, meant, repair, lost_some):
                return Mojibake(start, run, meant, "" if lost_some else repair)
        if len(_TRIPLE.findall(run)) >= 3:  # bytes without a sign in Windows-1252 left out
            return Mojibake(start, run, "", "")
    return None


def _read_back(run: str, repair: str) -> tuple[str, bool]:
    """What the run was ("" if nothing), and whether bytes at its ends are lost.

    A byte that the wrong codec could not read became a question mark, which ends the run.
    """
    try:
        raw = wrong_bytes(run, repair)
    except UnicodeEncodeError:
        return "", False
    for skipped in range(3):
        for cut in range(3):
            try:
                meant = raw[skipped : len(raw) - cut].decode("utf-8")
            except UnicodeDecodeError:
                continue
            return meant, skipped > 0 or (cut > 0 and len(run) < _LONGEST)
    return "", False


def refuse(request: Request, found: Mojibake, part: str, row: int | None) -> Exception:
    """The error `mojibake`; only a csv is repaired, so only there the line to add is named."""
    if not found.repair:
        return request.error(
            "mojibake",
            f"{_short(found.sample)!r}: characters were lost before delivery",
            "a file exported anew from its origin",
            part,
            row,
        )
    expected = f"{_short(found.meant)!r}: a file exported anew"
    if "csv" in request.formats:
        expected += f', or the line repair = "{found.repair}" in {request.source_id}.toml'
    what = f"{_short(found.sample)!r} was decoded wrongly before delivery"
    return request.error("mojibake", what, expected, part, row)


def _short(text: str) -> str:
    return text[:12] + ("…" if len(text) > 12 else "")


def _table() -> pa.Array:
    """For each UTF-16 unit the roles it may play in a wrongly read Chinese text, as bits."""
    roles = np.zeros(1 << 16, dtype=np.uint8)
    for code, byte in _CP1252.items():
        if 0xE4 <= byte <= 0xE9:
            roles[code] |= 0b1  # first of a Chinese character
        elif byte <= 0xBF:
            roles[code] |= 0b110  # second or third
    for lead in range(0x81, 0xFF):
        for trail in range(0x80, 0xFF):
            try:
                letter = bytes((lead, trail)).decode("gb18030")
            except UnicodeDecodeError:
                continue
            follows = lead <= 0xBF, trail <= 0xBF
            if 0xE4 <= lead <= 0xE9 and follows[1]:
                roles[ord(letter)] |= 0b1000  # first of three that were two Chinese characters
            if follows[0] and 0xE4 <= trail <= 0xE9:
                roles[ord(letter)] |= 0b10000
            if all(follows):
                roles[ord(letter)] |= 0b100000
    for lost, bit in ((_LOST_LATIN, 0b1), (_LOST, 0b1000)):
        for place, letter in enumerate(lost):
            roles[ord(letter)] |= bit << place
    # Not pa.array: it imports pandas, to see whether it was given some.
    return pa.Array.from_buffers(pa.uint8(), len(roles), [None, pa.py_buffer(roles)])


_ROLES = _table()


def _candidates(text: str) -> Iterator[int]:
    """Places where the text could be mojibake: a filter over hundreds of megabytes a second.

    Characters outside the basic plane are two units, so that places would be wrong; they hardly
    occur, and a text with one is gone through run by run.
    """
    raw = text.encode("utf-16-le", "surrogatepass")
    units = pa.Array.from_buffers(pa.uint16(), len(raw) // 2, [None, pa.py_buffer(raw)])
    taken = pc.take(_ROLES, units, boundscheck=False)
    roles = np.frombuffer(taken.buffers()[1], dtype=np.uint8, count=len(taken))
    hits = np.flatnonzero(roles[:-2] & (roles[1:-1] >> 1) & (roles[2:] >> 2) & 0b1001)
    if len(hits) and len(roles) != len(text):
        return (match.start() for match in _RUN.finditer(text))
    return iter(hits.tolist())


def _run(text: str, place: int) -> tuple[int, int]:
    """Where the run of characters outside ASCII around the place begins and ends."""
    start = place
    while start > 0 and text[start - 1] > "\x7f" and place - start < _LONGEST:
        start -= 1
    end = place
    while end < len(text) and text[end] > "\x7f" and end - place < _LONGEST:
        end += 1
    return start, end


def _believable(run: str, meant: str, repair: str, lost_some: bool) -> bool:
    if _STRANGE.search(meant):
        return False
    count = len(_IDEOGRAPH.findall(meant))
    if repair == AS_CP1252 or count < 2 or lost_some:
        return count >= 2 + lost_some
    return count >= 3 or any(not _common(letter) for letter in run)


def _common(letter: str) -> bool:
    """Whether it is a Chinese character of GB 2312."""
    coded = letter.encode("gb18030", "replace")
    return len(coded) == 2 and coded[0] >= 0xB0 and coded[1] >= 0xA1
