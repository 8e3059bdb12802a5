"""Text that was decoded wrongly before delivery: how it is noticed, and how it is undone.

Chinese in UTF-8 is three bytes a character. Read as Windows-1252 each byte becomes a letter or
sign (`å¤©æ´¥` for 天津), read as GB 18030 each two bytes become one Chinese character (`澶╂触`).
Either way back is exact: encode in the wrong codec, decode as UTF-8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers.request import Request

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Int64s = np.ndarray[tuple[int], np.dtype[np.int64]]

AS_CP1252 = "utf8_read_as_cp1252"
AS_GB18030 = "utf8_read_as_gb18030"

_LOST = "锟斤拷"  # two U+FFFD in UTF-8, read as GB 18030
_LOST_LATIN = "ï¿½"  # one, read as Windows-1252
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_STRANGE = re.compile(r"[^\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef·—…“”‘’℃×³²°\x00-\x7f]")
_LONGEST = 200  # characters of a run that are looked at
_BEYOND_ASCII = bytes(range(0x80, 0x100))

# Windows-1252 leaves five bytes open; programs read them as the control characters of Latin-1,
# which also makes the table right for text that was read as Latin-1 altogether.
_CP1252 = {
    ord(bytes([byte]).decode("cp1252", "ignore") or chr(byte)): byte for byte in range(0x80, 0x100)
}
_CP1252 |= {byte: byte for byte in range(0x80, 0x100) if byte not in _CP1252}
_REST = "".join(re.escape(chr(code)) for code, byte in _CP1252.items() if byte <= 0xBF)
_TRIPLE = re.compile(f"[ä-é][{_REST}][{_REST}]")
# The same in UTF-8, and the lost character; also those that overlap.
_LATIN = re.compile(
    b"\xc3(?=[\xa4-\xa9\xaf](?:%b){2})"
    % b"|".join(re.escape(chr(code).encode()) for code, byte in _CP1252.items() if byte <= 0xBF)
)


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
    raw = text.encode("utf-8", "surrogatepass")
    found = find_in_utf8(raw)
    if found is None:
        return None
    return replace(found, offset=len(raw[: found.offset].decode("utf-8", "surrogatepass")))


def find_in_utf8(raw: bytes) -> Mojibake | None:
    """The same for valid UTF-8; `offset` is that of a byte."""
    return scan(raw)[0]


def scan(raw: bytes) -> tuple[Mojibake | None, int]:
    """`find_in_utf8`, and which of the bytes that hardly any text has there may be.

    QUOTE and RETURN are there if their bit is set, NUL or U+FFFD may be if DAMAGE is.
    """
    places, rare = _candidates(raw)
    return _first_of(raw, places), rare


def _first_of(raw: bytes, places: list[int]) -> Mojibake | None:
    seen = -1
    for place in places:
        if place < seen:
            continue
        start, run = _run(raw, place)
        seen = start + len(run.encode("utf-8", "surrogatepass"))
        for lost in (_LOST, _LOST_LATIN):
            if lost in run:
                before = run[: run.index(lost)].encode("utf-8", "surrogatepass")
                return Mojibake(start + len(before), lost, "\ufffd", "")
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


# What a character may be in three that were Chinese in UTF-8 and were read as GB 18030.
_FIRST, _SECOND, _THIRD = 1, 2, 4


def _roles() -> dict[str, int]:
    """Character → its roles as bits; E4 to E9 begin a Chinese character, 80 to BF go on."""
    leads, trails = (*range(0x81, 0xC0), *range(0xE4, 0xEA)), range(0x80, 0xFF)
    pairs = b"\n".join(bytes((lead, trail)) for lead in leads for trail in trails)
    letters = pairs.decode("gb18030", "replace").split("\n")
    roles: dict[str, int] = {letter: _FIRST << place for place, letter in enumerate(_LOST)}
    places = ((lead, trail) for lead in leads for trail in trails)
    for (lead, trail), letter in zip(places, letters, strict=True):
        if len(letter) != 1 or letter == "\ufffd":  # no character has these bytes
            continue
        found = 0
        if 0xE4 <= lead <= 0xE9 and trail <= 0xBF:
            found |= _FIRST
        if lead <= 0xBF and 0xE4 <= trail <= 0xE9:
            found |= _SECOND
        if lead <= 0xBF and trail <= 0xBF:
            found |= _THIRD
        if found:
            roles[letter] = roles.get(letter, 0) | found
    return roles


_ROLES = _roles()


# Bits of pairs with a byte that hardly any text has, beside those of candidates.
QUOTE, RETURN, DAMAGE, _LATIN_LEADS = 16, 32, 64, 128

_PIECE = 512 << 10  # bytes that fit into the cache of a processor with all that is made of them
_REACH = 6  # bytes behind a pair that are looked at with it


def _tables() -> tuple[pa.Array, Bytes]:
    """Pairs of bytes that could be part of a candidate, as bits, and the roles of characters.

    The bytes are looked at two at a time. Three characters of three bytes each are four such
    pairs, from their first byte on or from their second; the bit tells which of the four a pair
    could be. Which of both it is, the bytes tell: only inside a character they are 80 to BF.
    """
    pairs = np.zeros((256, 256), dtype=np.uint8)  # by second byte and first, as little endian
    letters = np.zeros(1 << 16, dtype=np.uint8)
    ends: dict[int, int] = {}  # last byte of a character, with the first of the next
    for letter, roles in _ROLES.items():
        letters[ord(letter)] = roles
        raw = letter.encode("utf-8")
        first, second, third = roles & _FIRST, roles & _SECOND, roles & _THIRD
        if len(raw) == 3:
            head, middle, last = raw
            pairs[middle, head] |= (first and 1) | (second and 2) | (third and 8)
            pairs[last, middle] |= (first and 1) | (second and 4) | (third and 8)
            ends[last] = ends.get(last, 0) | (first and 2) | (second and 4)
        elif third:
            head, last = raw
            pairs[last, head] |= 8
            ends[last] = ends.get(last, 0) | 8
    for last, bits in ends.items():
        pairs[:0x80, last] |= bits
        pairs[0xC0:, last] |= bits
    # One look at a pair tells of all of these; a search for each took as long as this one.
    latin = [0xC3, *(short[0] for short in _SHORT_HEADS)]
    rare = {QUOTE: [ord('"')], RETURN: [ord("\r")], DAMAGE: [0], _LATIN_LEADS: latin}
    for bit, values in rare.items():
        for value in values:
            pairs[:, value] |= bit
            pairs[value] |= bit
    lost = "\ufffd".encode()
    pairs[lost[1], lost[0]] |= DAMAGE
    pairs[lost[2], lost[1]] |= DAMAGE
    # Not pa.array: it imports pandas, to see whether it was given some.
    return pa.Array.from_buffers(pa.uint8(), pairs.size, [None, pa.py_buffer(pairs)]), letters


# Second characters of two bytes, of which the pairs do not tell: hardly any text has them.
_SHORT = {
    letter.encode() for letter, roles in _ROLES.items() if roles & _SECOND and letter < "\u0800"
}
_SHORT_HEADS = sorted({short[:1] for short in _SHORT})
_PAIRS, _LETTERS = _tables()


def _candidates(raw: bytes) -> tuple[list[int], int]:
    """Offsets where mojibake could begin, ascending, and the bits of rare bytes."""
    chinese, rare = _chinese_candidates(raw)
    latin = _LATIN.finditer(raw) if rare & _LATIN_LEADS else ()
    return sorted({*chinese, *(match.start() for match in latin)}), rare


def _chinese_candidates(raw: bytes) -> tuple[list[int], int]:
    """Offsets of three characters with the roles first, second, third; the bits of rare bytes."""
    places, rare = _by_pairs(raw)
    if rare & _LATIN_LEADS:
        places += _before_short(raw)
    return [place for place in places if _has_roles(raw, place)], rare


def _has_roles(raw: bytes, place: int) -> bool:
    letters = raw[place : place + 12].decode("utf-8", "ignore")[:3]
    roles = [_ROLES.get(letter, 0) for letter in letters]
    return len(roles) == 3 and roles[0] & roles[1] >> 1 & roles[2] >> 2 & _FIRST > 0


def _by_pairs(raw: bytes) -> tuple[list[int], int]:
    """Offsets of all first characters with a second of three bytes, and the bits of rare bytes;
    hundreds of MB a second.
    """
    data: Bytes = np.frombuffer(raw, dtype=np.uint8)
    whole = pa.py_buffer(raw)
    found: list[int] = []
    rare = 0
    for begin in range(0, len(raw), _PIECE):
        if len(raw) < begin + _PIECE + _REACH:  # filled up for the last pairs
            last = raw[begin:]
            piece = pa.py_buffer(last.ljust(len(last) + len(last) % 2 + _REACH, b"\n"))
        else:
            piece = whole.slice(begin, _PIECE + _REACH)
        count = piece.size // 2
        places = pa.Array.from_buffers(pa.uint16(), count, [None, piece])
        taken = pc.take(_PAIRS, places, boundscheck=False)
        could = np.frombuffer(taken.buffers()[1], dtype=np.uint8, count=count)
        rare |= int(np.bitwise_or.reduce(could))
        two = could[:-1] & (could[1:] >> 1)
        four = two[:-2] & (two[2:] >> 2) & 1
        at = 2 * np.flatnonzero(four.view(np.bool_)) + begin
        at = at[at < len(raw) - _REACH]
        at -= data[at] < 0xC0  # the pair begins inside the character
        at = at[_LETTERS[_letters(data, at)] & _FIRST > 0]
        at = at[_LETTERS[_letters(data, at + 3)] & _SECOND > 0]
        found += at.tolist()
    return found, rare


def _letters(data: Bytes, at: Int64s) -> Int64s:
    """Code points of the characters of three bytes at these offsets."""
    head, middle, last = (data[at + n].astype(np.int64) for n in range(3))
    return ((head & 0x0F) << 12) | ((middle & 0x3F) << 6) | (last & 0x3F)


def _before_short(raw: bytes) -> Iterator[int]:
    """Offsets of the characters of three bytes before a second character of two."""
    for head in _SHORT_HEADS:
        place = raw.find(head, 3)
        while place >= 0:
            if raw[place : place + 2] in _SHORT and not _goes_on(raw[place - 3]):
                yield place - 3
            place = raw.find(head, place + 1)


def _run(raw: bytes, place: int) -> tuple[int, str]:
    """Where the run of characters outside ASCII around the place begins, and the run."""
    low, high = max(0, place - 4 * _LONGEST), min(len(raw), place + 4 * _LONGEST)
    while low < place and _goes_on(raw[low]):
        low += 1
    while high < len(raw) and _goes_on(raw[high]):
        high += 1
    before, after = raw[low:place], raw[place:high]
    before = before[len(before.rstrip(_BEYOND_ASCII)) :]
    after = after[: len(after) - len(after.lstrip(_BEYOND_ASCII))]
    start = before.decode("utf-8", "surrogatepass")[-_LONGEST:]
    end = after.decode("utf-8", "surrogatepass")[:_LONGEST]
    return place - len(start.encode("utf-8", "surrogatepass")), start + end


def _goes_on(byte: int) -> bool:
    """Whether the byte is inside a character of UTF-8."""
    return byte & 0xC0 == 0x80


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
