"""The shared strings of a workbook, read by handlers or in blocks; the result is the same."""

import io
from functools import cached_property
from typing import IO, Self

import pyarrow as pa

from assets.landing.readers import mojibake
from assets.landing.readers.blocks import NotPlainError, check_text, holds_replacement
from assets.landing.readers.markup import Grammar, check_letters
from assets.landing.readers.request import Request
from assets.landing.readers.sheet import FAULTS, CellError, unescape
from assets.landing.readers.xmlstream import Attributes, local, stream

_STRINGS = Grammar(
    {
        b"<si>": "si",
        b"</si>": "/si",
        b"<t>": "t",
        b"<t ": "t",
        b"</t>": "/t",
        b"<t/>": "t/",
    },
    {"": "si", "si": "t t/", "t": "/t", "t/": "/si", "/t": "/si", "/si": "si "},
)


class Strings:
    """The shared strings of a workbook: for blocks as an array, for rows as a list.

    `is_sound`: none looks like mojibake. `has_lost`: some hold a replacement character.
    """

    def __init__(self, array: pa.Array, is_sound: bool = True, has_lost: bool = False) -> None:
        self.array = array
        self.is_sound = is_sound
        self.has_lost = has_lost

    @classmethod
    def of(cls, texts: list[str]) -> Self:
        """Strings of which nothing is known."""
        whole = "\n".join(texts)
        is_sound = mojibake.find(whole) is None
        return cls(pa.array(texts, pa.string()), is_sound, "\ufffd" in whole)

    @cached_property
    def listed(self) -> list[str]:
        """All of them."""
        found: list[str] = self.array.to_pylist()
        return found


def read_strings(source: IO[bytes], max_chars: int) -> list[str]:
    """The shared strings; rich text joined, phonetic hints left out. Raises CellError `bounds`."""
    strings: list[str] = []
    pieces: list[str] = []
    inside = [False]  # in a <t> that counts
    phonetic = [0]

    def start(tag: str, _: Attributes) -> None:
        name = local(tag)
        if name == "t":
            inside[0] = not phonetic[0]
        elif name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic[0] += 1

    def text(piece: str) -> None:
        if inside[0]:
            pieces.append(piece)

    def end(tag: str) -> None:
        name = local(tag)
        if name == "t":
            inside[0] = False
        elif name == "si":
            joined = "".join(pieces)
            if len(joined) > max_chars:
                raise CellError(f"a text of more than {max_chars} characters", code="bounds")
            strings.append(unescape(joined))
        elif name == "rPh":
            phonetic[0] -= 1

    for _ in stream(source, start, end, text):
        pass
    return strings


def parse_strings(block: bytes, request: Request) -> Strings:
    """The shared strings of a block. Raises NotPlainError, ArrowInvalid."""
    rare = check_text(block)
    try:
        check_letters(block)
        tags = _STRINGS.tags(block)
        texts_in = tags.of("t")
        tags.attributes(texts_in, tags.starts[texts_in] + len("<t"))
        texts = tags.inside(tags.of("t", "t/"), request.max_cell_chars)
    except NotPlainError:
        try:
            found = read_strings(io.BytesIO(b"<sst>%b</sst>" % block), request.max_cell_chars)
        except FAULTS:
            raise NotPlainError from None  # the slow reader says it better
        return Strings.of(found)
    return Strings(texts, True, holds_replacement(block, rare))
