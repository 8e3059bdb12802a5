"""Tags of a piece of XML, all found at once, where it is written as spreadsheet programs write it.

expat calls a handler for each tag, which for a large sheet takes ten times what all the rest does.
Here the tags of a piece are found, told apart and checked in arrays. What a grammar does not list
(comments, entities, prefixes, rich text) is not plain, and is left to expat.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.landing.readers.blocks import Booleans, Bytes, Int64s, NotPlainError, integers

Words = np.ndarray[tuple[int], np.dtype[np.uint64]]

_PADDING = 8  # bytes behind the text, so that eight can be looked at from any place
_SLASH = ord("/")
_TAB, _LF, _SPACE = ord("\t"), ord("\n"), ord(" ")
_NO_CHARACTER = b"\xef\xbf"
_NO_CHARACTERS = re.compile(_NO_CHARACTER + rb"[\xbe\xbf]")  # U+FFFE and U+FFFF
_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")]
_WORD = "<u8"
_ATTRIBUTES = re.compile(r'(?: [A-Za-z_][\w:.-]*="[^"<>&]*")* ?/?')
_NAME = re.compile(r" ([\w:.-]+)=")


class Grammar:
    """Which tags there may be and which may follow which.

    `forms`: how a tag begins, in at most 8 bytes of which the second and third tell it from all
    others → its name. A form that ends with `>` is the whole tag. Any other may have attributes
    behind it, and is called name + "/" if it ends with `/>`. `follows`: name → names that may come
    next; "" is both ends of a piece.
    """

    def __init__(self, forms: Mapping[bytes, str], follows: Mapping[str, str]) -> None:
        names = sorted({*forms.values(), *(f"{name}/" for name in forms.values())})
        self.codes = {name: code for code, name in enumerate(["", *names])}
        count = len(forms) + 1
        self._form_of = np.zeros(1 << 16, dtype=np.uint8)
        self._words = np.ones(count, dtype=_WORD)  # no text has a 1 under the mask 0: no form
        self._masks = np.zeros(count, dtype=_WORD)
        self._kinds = np.zeros(count, dtype=np.uint8)
        self._emptied = np.zeros(count, dtype=np.uint8)  # what it is if it ends with `/>`
        for number, (form, name) in enumerate(forms.items(), start=1):
            letters = int.from_bytes(form[1:3], "little")
            if self._form_of[letters] or len(form) > _PADDING:
                raise ValueError(f"{form!r} is not told by its letters")
            self._form_of[letters] = number
            self._words[number] = int.from_bytes(form, "little")
            self._masks[number] = (1 << 8 * len(form)) - 1
            self._kinds[number] = self.codes[name]
            self._emptied[number] = self.codes[name if form.endswith(b">") else f"{name}/"]
        self._follows = np.zeros((len(self.codes), len(self.codes)), dtype=np.bool_)
        for name, after in follows.items():
            for follower in after.split(" "):
                self._follows[self.codes[name], self.codes[follower]] = True

    def tags(self, piece: bytes) -> "Tags":
        """The tags of a piece. Raises NotPlainError."""
        padded = piece + b" " * _PADDING
        data: Bytes = np.frombuffer(padded, dtype=np.uint8)
        starts, ends = np.flatnonzero(data == ord("<")), np.flatnonzero(data == ord(">"))
        if len(starts) != len(ends) or (starts > ends).any() or (ends[:-1] > starts[1:]).any():
            raise NotPlainError
        found = _words_at(padded, starts)
        forms = self._form_of[(found >> 8) & 0xFFFF]
        if ((found & self._masks[forms]) != self._words[forms]).any():
            raise NotPlainError
        is_empty = data[ends - 1] == _SLASH
        kinds = np.where(is_empty, self._emptied[forms], self._kinds[forms])
        edge = np.zeros(1, dtype=np.uint8)
        if not self._follows[np.append(edge, kinds), np.append(kinds, edge)].all():
            raise NotPlainError
        return Tags(self, padded, data, starts, ends, kinds)


@dataclass(frozen=True)
class Tags:
    """The tags of a piece in its order: where each has its `<` and its `>`, and what it is."""

    grammar: Grammar
    padded: bytes
    data: Bytes
    starts: Int64s
    ends: Int64s
    kinds: Bytes

    def of(self, *names: str) -> Int64s:
        """Places of the tags of these names in the order of all tags."""
        codes = [self.grammar.codes[name] for name in names]
        chosen: Booleans = self.kinds == codes[0]
        for code in codes[1:]:
            chosen |= self.kinds == code
        return np.flatnonzero(chosen)

    def words(self, places: Int64s) -> Words:
        """The eight bytes from each place on as a number, the first byte lowest."""
        return _words_at(self.padded, places)

    def texts(self, starts: Int64s, ends: Int64s) -> pa.Array:
        """The text between each start and its end; none begins before the last one ended."""
        bounds = np.empty(2 * len(starts), dtype=np.int32)
        bounds[0::2], bounds[1::2] = starts, ends
        if not len(starts):
            return pa.array([], pa.string())
        # Each second one is what lies between two of them.
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(self.padded)]
        alternating = pa.Array.from_buffers(pa.string(), len(bounds) - 1, buffers)
        return alternating.take(integers(np.arange(0, len(bounds), 2)))

    def spans(self, tags: Int64s, most: int) -> tuple[Int64s, Int64s]:
        """Where the text behind each of these tags begins and ends; none in one that is empty.

        Raises NotPlainError for one of more than `most` bytes.
        """
        starts = self.ends[tags] + 1
        nexts = np.append(self.starts, len(self.padded) - _PADDING)[tags + 1]
        ends = np.where(self.data[self.ends[tags] - 1] == _SLASH, starts, nexts)
        if (ends - starts > most).any():
            raise NotPlainError
        return starts, ends

    def inside(self, tags: Int64s, most: int) -> pa.Array:
        """The text behind each of these tags. Raises NotPlainError, also for more than `most`."""
        texts = self.texts(*self.spans(tags, most))
        if b"&" in self.padded:
            if _NAMED.search(self.padded):
                raise NotPlainError
            for entity, letter in _ENTITIES:
                texts = pc.replace_substring(texts, entity, letter)
        return texts

    def attributes(self, tags: Int64s, starts: Int64s) -> tuple[list[str], Int64s]:
        """What stands in tags behind the place `starts` of each: the different texts, and which
        of them each has. Raises NotPlainError unless all are attributes.
        """
        different = self.texts(starts, self.ends[tags]).dictionary_encode()
        texts: list[str] = different.dictionary.to_pylist()
        for text in texts:
            names = _NAME.findall(text)
            if not _ATTRIBUTES.fullmatch(text) or len(names) != len(set(names)):
                raise NotPlainError
        return texts, different.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def check_letters(block: bytes) -> None:
    """Raises NotPlainError for what XML does not allow or reads as another letter."""
    data: Bytes = np.frombuffer(block, dtype=np.uint8)
    low = data[data < _SPACE]
    if ((low != _LF) & (low != _TAB)).any() or b"_x" in block:
        raise NotPlainError
    # A search for three bytes takes long where the first is frequent, as in "，".
    could = (data[:-1] == _NO_CHARACTER[0]) & (data[1:] == _NO_CHARACTER[1])
    if could.any() and _NO_CHARACTERS.search(block):
        raise NotPlainError


def _words_at(padded: bytes, places: Int64s) -> Words:
    everywhere: Words = np.ndarray((len(padded) - _PADDING + 1,), _WORD, padded, strides=(1,))
    return everywhere[places]
