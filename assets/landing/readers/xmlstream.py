"""XML in small pieces through expat, without document types and thus without entities.

expat is used directly: it streams, needs no tree in memory, and one handler is enough to refuse
what makes XML from outside dangerous.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import IO
from xml.parsers import expat

_CHUNK = 1 << 16

Attributes = dict[str, str]


class DoctypeError(Exception):
    """The XML declares a document type; no workbook does."""


class XmlError(Exception):
    """The XML is not well-formed; the message says where."""


@lru_cache(maxsize=1024)
def local(name: str) -> str:
    """`c` for `x:c`."""
    return name.rpartition(":")[2]


def stream(
    source: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Feed the source to the handlers; stops after each piece so that a caller can take rows.

    Raises DoctypeError, XmlError, and whatever a handler raises.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise XmlError(str(error)) from None


def _refuse(*_: object) -> None:
    raise DoctypeError
