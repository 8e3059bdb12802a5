"""What `verify` makes of rows: there on both sides, on one, and with an empty measure."""

from __future__ import annotations

from typing import Any

from quality.contracts.indicators import ParkIndicator
from tests.frames import frame
from warehouse.verify import _compare

ROW: dict[str, Any] = {"place_id": "P1", "year": 2022, "profile": "CN-GHG"}


def test_a_row_with_an_empty_measure_is_there() -> None:
    """No developed area was returned: the last measure of the row is empty on both sides."""
    same = frame(ParkIndicator, ROW)
    counts, found = _compare(ParkIndicator, same, same, whole=True)
    assert (counts["missing"], counts["unequal"], found) == (0, 0, [])
    assert counts["equal"] == counts["numbers"] > 0


def test_a_row_on_one_side_alone_is_missing() -> None:
    one, none = frame(ParkIndicator, ROW), frame(ParkIndicator)
    for published, recomputed in ((one, none), (none, one)):
        counts, (found,) = _compare(ParkIndicator, published, recomputed, whole=True)
        assert counts["missing"] == 1
        assert (found["published"], found["recomputed"]) == (
            published.height == 1,
            recomputed.height == 1,
        )
