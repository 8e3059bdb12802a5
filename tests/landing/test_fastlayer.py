"""Layers read many records at once: what comes out is what the slow way gives, error or rows."""

import shutil
import struct
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.landing.readers import ReaderLimits, dbf, delivery, fastlayer, fixedwidth, shapes
from assets.landing.readers.errors import ReadError
from assets.landing.readers.request import GEOMETRY, Request
from assets.landing.readers.shapefile import read_shapefile
from tests.shared_data import shared, shared_root

from .test_readers import declare

SOURCE = declare("shapefile", ["a", "b", GEOMETRY])
NAN = float("nan")
Run = Sequence[tuple[float, float]]
Shape = Sequence[Run] | None  # the rings, lines or points of it

SQUARE: Run = ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0))
HOLE: Run = ((0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4), (0.2, 0.2))
FAR: Run = tuple((x + 5, y) for x, y in SQUARE)
BAD: Run = (*SQUARE[:2], (NAN, 1), *SQUARE[3:])
INFINITE: Run = (*HOLE[:1], (float("inf"), 0.2), *HOLE[2:])


@dataclass
class Layer:
    """What a shapefile is built of. `rows` are the bytes of the two cells of each record, `fill`
    what stands behind them; `damage` puts a byte at a share of a file, or cuts it there (None).
    """

    kind: int = 5
    shapes: Sequence[Shape] = ()
    rows: Sequence[tuple[bytes, bytes]] = ()
    marks: bytes = b""
    fill: bytes = b" "
    cpg: bytes | None = None
    widths: tuple[int, int] = (8, 8)
    damage: Sequence[tuple[str, float, int | None]] = ()
    changes: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """The .shp in the folder."""
        files = {".shp": b"", ".shx": b"", ".dbf": self._table()}
        for number, shape in enumerate(self.shapes, start=1):
            content = _record(self.kind, shape)
            head = struct.pack(">ii", number, len(content) // 2)
            files[".shx"] += struct.pack(">i", 50 + len(files[".shp"]) // 2) + head[4:]
            files[".shp"] += head + content
        for suffix in (".shp", ".shx"):
            size = (100 + len(files[suffix])) // 2
            top = struct.pack(">i20xi", 9994, size) + struct.pack("<ii64x", 1000, self.kind)
            files[suffix] = top + files[suffix]
        for suffix, share, byte in self.damage:
            data = bytearray(files[suffix])
            place = int(share * len(data))
            if byte is None:
                del data[place:]
            elif data:
                data[min(place, len(data) - 1)] = byte
            files[suffix] = bytes(data)
        if self.cpg is not None:
            files[".cpg"] = self.cpg
        for suffix, data in files.items():
            (folder / f"a{suffix}").write_bytes(data)
        return folder / "a.shp"

    def _table(self) -> bytes:
        size = 1 + sum(self.widths)
        fields = b"".join(
            struct.pack("<11sc4xB15x", name, b"C", width)
            for name, width in zip((b"a", b"b"), self.widths, strict=True)
        )
        head = struct.pack("<B3xIHH20x", 3, len(self.rows), 32 + 64 + 1, size)
        records = b""
        for place, row in enumerate(self.rows):
            records += self.marks[place : place + 1] or b" "
            for cell, width in zip(row, self.widths, strict=True):
                records += cell[:width].ljust(width, self.fill)
        return head + fields + b"\r" + records + b"\x1a"


def _record(kind: int, shape: Shape) -> bytes:
    """The content of a shape in the .shp; kinds above 10 have heights."""
    if shape is None:
        return struct.pack("<i", 0)
    places = [place for run in shape for place in run]
    heights = struct.pack(f"<{len(places)}d", *range(len(places)))
    if kind % 10 == 1:
        more = heights[:8] + bytes(8) if kind > 10 else b""
        return struct.pack("<idd", kind, *places[0]) + more
    coordinates = b"".join(struct.pack("<dd", *place) for place in places)
    more = bytes(16) + heights if kind > 10 else b""
    box = struct.pack("<i32x", kind)
    if kind % 10 == 8:
        return box + struct.pack("<i", len(places)) + coordinates + more
    starts = np.cumsum([0, *(len(run) for run in shape)])[:-1].tolist()
    counts = struct.pack(f"<ii{len(starts)}i", len(starts), len(places), *starts)
    return box + counts + coordinates + more


@contextmanager
def slowly() -> Iterator[None]:
    """Nothing is read many records at once."""
    with (
        patch.object(fastlayer, "write", lambda *_: False),
        patch.object(fastlayer, "scan", lambda *_: None),
        patch.object(dbf, "_is_plain", lambda *_: False),
    ):
        yield


def outcome(path: Path, **changes: Any) -> Any:
    """What is told of the parts, and their rows; or the error."""
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        limits, folder = ReaderLimits(), Path(name)
        asked = delivery._request(path, folder, SOURCE, limits, path.stat().st_size, 20)
        request: Request = replace(asked, **changes)
        try:
            (part,) = read_shapefile(request)
        except ReadError as error:
            return error.as_dict()
        rows = pl.read_ipc((folder / part.file).read_bytes())
        return asdict(part), rows.rows(), rows.schema


def both(layer: Layer) -> tuple[Any, bool]:
    """`both_of` the layer."""
    with tempfile.TemporaryDirectory() as folder:
        return both_of(layer.write(Path(folder)), **layer.changes)


def both_of(path: Path, **changes: Any) -> tuple[Any, bool]:
    """The outcome, the same both ways, and whether it came the fast way."""
    taken: list[bool] = []
    fast = fastlayer.write

    def noted(*given: Any) -> bool:
        taken.append(fast(*given))
        return taken[-1]

    with patch.object(fastlayer, "write", noted):
        found = outcome(path, **changes)
    with slowly():
        assert outcome(path, **changes) == found
    return found, taken == [True]


ROWS = [("宁东".encode(), b"1"), (b"", b"2.50"), ("é".encode(), b"a b")]
SHAPES: list[Shape] = [[SQUARE], None, [SQUARE, HOLE]]
SOUND = Layer(shapes=SHAPES, rows=ROWS, widths=(16, 8))
PLAIN = [(b"a", b"1"), (b"", b"2")]


def test_what_is_written() -> None:
    (told, rows, schema), fast = both(SOUND)
    assert fast and (told["encoding"], told["has_lost"]) == ("utf-8", False)
    assert [row[:3] for row in rows] == [(1, "宁东", "1"), (2, "", "2.50"), (3, "é", "a b")]
    assert list(schema) == ["row_number", "a", "b", GEOMETRY, "__extra__"]
    square, nothing, holed = (row[3] for row in rows)
    assert nothing is None and square == shapely.to_wkb(shapely.Polygon(SQUARE), hex=True)
    assert shapely.from_wkb(holed).equals(shapely.Polygon(SQUARE, [HOLE]))


@pytest.mark.parametrize("kind", [1, 3, 5, 8, 11, 13, 15, 18])
@pytest.mark.parametrize("shape", [[SQUARE], [SQUARE, FAR], [SQUARE, HOLE, FAR]])
def test_every_kind_of_shape_is_read_fast(kind: int, shape: Shape) -> None:
    found, fast = both(replace(SOUND, kind=kind, shapes=[shape, None, [FAR]]))
    assert fast and found[1][1][3] is None


@pytest.mark.parametrize("kind", [1, 3, 5, 8, 11, 13, 15, 18])
@pytest.mark.parametrize(
    "shape",
    [[BAD[2:] + BAD[:2]], [BAD], [SQUARE, INFINITE], [FAR, HOLE, BAD], [((NAN, NAN),), ((0, 0),)]],
)
def test_no_coordinate_is_left_out(kind: int, shape: Sequence[Run]) -> None:
    place = shape[0][0] if kind % 10 == 1 else None
    shown = replace(SOUND, kind=kind, shapes=[[SQUARE], shape, [FAR]])
    found, fast = both(shown)
    if place is not None and np.isfinite(place).all():
        assert fast
        return
    assert not fast and (found["code"], found["row"]) == ("geometry", 2)


@pytest.mark.parametrize("kind", [3, 5, 8])
def test_large_shapes_are_looked_at_where_they_lie(kind: int) -> None:
    large = [*((x / 9000, 0.0) for x in range(9000)), (1.0, 1.0), (0.0, 0.0)]
    assert both(replace(SOUND, kind=kind, shapes=[[large], None, [SQUARE]]))[1]
    large[-2] = (1.0, -float("inf"))
    found, fast = both(replace(SOUND, kind=kind, shapes=[None, [SQUARE], [large]]))
    assert not fast and (found["code"], found["row"]) == ("geometry", 3)


@pytest.mark.parametrize(
    ("changed", "code", "row"),
    [
        ({"marks": b" * "}, "deleted-records", 2),
        ({"rows": [*ROWS[:2], (b"a\0b", b"")]}, "encoding", 3),
        ({"rows": [*ROWS[:2], (b"", "\ufffd".encode())]}, "encoding", 3),
        ({"rows": [*ROWS[:2], (b"\x81", b"")]}, "encoding", 3),
        ({"cpg": b"UTF-8", "rows": [(b"\xe5\xae", b"x"), *ROWS[1:]]}, "encoding", 1),
        ({"cpg": b"1252", "rows": [("天津".encode(), b"x"), *PLAIN]}, "mojibake", 1),
        ({"cpg": b"GBK", "rows": [*PLAIN, ("天津海河".encode(), b"x")]}, "mojibake", 3),
        ({"shapes": SHAPES[:2]}, "shapefile-counts", None),
        ({"changes": {"max_cells": 8}}, "bounds", 3),
        ({"changes": {"memory_bytes": 1000}}, "memory", 1),
        ({"damage": [(".shp", 103.5 / 468, 77)]}, "geometry", 1),  # the number of the record
        ({"damage": [(".shp", 147.5 / 468, 77)]}, "geometry", 1),  # the count of its rings
        ({"damage": [(".shx", 106.5 / 124, 1)]}, "geometry", 1),  # the length of the first shape
        ({"damage": [(".shx", 111.5 / 124, 1)]}, "geometry", None),  # the place of the second
        ({"damage": [(".dbf", 0.9, None)]}, "truncated", None),
    ],
)
def test_what_is_refused(changed: dict[str, Any], code: str, row: int | None) -> None:
    found, fast = both(replace(SOUND, **changed))
    assert not fast and (found["code"], found["row"]) == (code, row)


def test_the_first_of_two_faults_in_the_order_of_the_slow_way() -> None:
    wrong = [("å¤©æ´¥".encode(), b""), *ROWS[1:]]
    assert both(replace(SOUND, rows=wrong))[0]["code"] == "mojibake"
    found, _ = both(replace(SOUND, rows=wrong, marks=b"  *"))
    assert (found["code"], found["row"]) == ("deleted-records", 3)


def test_a_character_over_two_cells_is_none() -> None:
    whole = "东".encode()
    rows = [(b"x" * 15 + whole[:1], whole[1:]), *ROWS[1:]]
    found, _ = both(replace(SOUND, rows=rows, cpg=b"UTF-8"))
    assert (found["code"], found["row"]) == ("encoding", 1)
    assert not fixedwidth.are_utf8(np.frombuffer(b" x\xe5\xae\xae", np.uint8)[None], [1, 3])


@pytest.mark.parametrize("fill", [b" ", b"\0"])
@pytest.mark.parametrize("encoding", ["gbk", "big5", "utf-8"])
def test_texts_in_other_encodings_are_read_fast(fill: bytes, encoding: str) -> None:
    texts = [
        "宁东" if encoding == "gbk" else "台北",
        "",
        " a",
        "工 業" if encoding != "gbk" else "工 业",
    ]
    rows = [(text.encode(encoding), b"0") for text in texts]
    more = {"cpg": encoding.encode()}
    for layer in (
        Layer(shapes=[[SQUARE]] * 4, rows=rows, fill=fill, widths=(8, 1), **more),
        Layer(shapes=[[SQUARE]] * 4, rows=rows, fill=fill, changes={"encodings": [encoding]}),
    ):
        found, fast = both(layer)
        assert fast and [row[1] for row in found[1]] == texts


def test_an_empty_layer_and_one_without_geometry() -> None:
    assert both(Layer())[1]
    found, fast = both(replace(SOUND, shapes=[None] * 3))
    assert fast and [row[3] for row in found[1]] == [None] * 3


def test_a_line_feed_ends_whatever_stands_before_it() -> None:
    """What decoding a column in one go rests on."""
    for codec in sorted(fixedwidth._BY_LINE):
        assert bytes(range(128)).decode(codec) == bytes(range(128)).decode("ascii")
        begun = [bytes([lead]) for lead in range(128, 256)]
        begun += [one + bytes([trail]) for one in begun for trail in range(256) if trail != 10]
        if codec == "gb18030":
            begun += [two + b"\x81" for two in begun[128:]]
        for piece in begun:
            try:
                alone = piece.decode(codec)
            except UnicodeDecodeError:
                with pytest.raises(UnicodeDecodeError):
                    (piece + b"\n").decode(codec)
            else:
                assert (piece + b"\n").decode(codec) == alone + "\n" and "\n" not in alone


TEXTS = [
    "",
    " ",
    "宁东",
    "台北",
    "é",
    "a b ",
    "x\ny",
    "\n",
    "a\0b",
    "\ufffd",
    "锟斤拷",
    "å¤©æ´¥",
    "天津海",
]
CELLS = st.one_of(
    st.builds(
        lambda text, codec: text.encode(codec, "ignore"),
        st.sampled_from(TEXTS),
        st.sampled_from(["utf-8", "gbk", "big5", "cp1252", "utf-16-le"]),
    ),
    st.sampled_from([b"1", b"23.5", b"        "]),
    st.binary(max_size=8),
)
RUNS = st.sampled_from([SQUARE, HOLE, FAR, BAD, INFINITE, SQUARE[:3], SQUARE[:1]])
WHOLE = st.sampled_from([SQUARE, HOLE, FAR])
CPGS = st.sampled_from([None, b"UTF-8", b"936", b"950", b"ANSI 1252", b"UTF-16", b"932", b"hz"])


@st.composite
def layers(draw: st.DrawFn, sound: bool) -> Layer:
    count = draw(st.integers(0, 7))
    cells = st.sampled_from([b"", "é".encode(), "宁东".encode(), b"1"]) if sound else CELLS
    runs = st.lists(WHOLE if sound else RUNS, min_size=1, max_size=3)
    return Layer(
        kind=draw(st.sampled_from([1, 3, 5, 8, 11, 13, 15, 18])),
        shapes=draw(st.lists(st.none() | runs, min_size=count, max_size=count)),
        rows=draw(st.lists(st.tuples(cells, cells), min_size=count, max_size=count)),
        marks=b"" if sound else draw(st.text("  \0*", max_size=count)).encode(),
        fill=draw(st.sampled_from([b" ", b"\0"])),
        cpg=draw(CPGS) if not sound else None,
        widths=(8, draw(st.sampled_from([0, 3, 8]))) if not sound else (8, 8),
    )


@contextmanager
def in_small_pieces() -> Iterator[None]:
    """So that a layer of some records is read in several."""
    with (
        patch.object(fastlayer, "_ROWS", 3),
        patch.object(fastlayer, "_BYTES", 400),
        patch.object(fastlayer, "_SCANNED", 2),
        patch.object(dbf, "_CHUNK_ROWS", 2),
        patch.object(shapes, "_SMALL", 150),
    ):
        yield


@settings(max_examples=150, deadline=None)
@given(layer=layers(sound=True))
def test_sound_layers_are_read_fast(layer: Layer) -> None:
    with in_small_pieces():
        assert both(layer)[1]


@settings(max_examples=400, deadline=None)
@given(layer=layers(sound=False))
@example(layer=replace(SOUND, cpg=b"936", rows=[(b"\x81", b"0"), *ROWS[1:]]))
@example(layer=replace(SOUND, widths=(8, 0)))
def test_never_different_from_the_slow_way(layer: Layer) -> None:
    with in_small_pieces():
        both(layer)


@settings(max_examples=400, deadline=None)
@given(
    layer=layers(sound=True),
    damage=st.lists(
        st.tuples(
            st.sampled_from([".shp", ".shx", ".dbf"]),
            st.floats(0, 1),
            st.none() | st.integers(0, 255),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_damaged_sets_are_refused_with_the_same_words(layer: Layer, damage: Any) -> None:
    with in_small_pieces():
        both(replace(layer, damage=damage))


def test_real_layers(tmp_path: Path) -> None:
    """Each shapefile that offices and institutes publish, and its table alone."""
    shared("data/*/*.shp")
    read_fast = 0
    for path in sorted((shared_root() / "data").rglob("*.shp")):
        for encodings in (["utf-8", "cp950"], ["utf-8", "gb18030"]):
            read_fast += both_of(path, encodings=encodings, any_header=True)[1]
        table = tmp_path / f"{path.stem}.dbf"
        shutil.copy(path.with_suffix(".dbf"), table)
        both_of(table, encodings=["gb18030"], any_header=True, columns={})
    assert read_fast
