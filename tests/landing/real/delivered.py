"""All files of a kind through reading and door together, as a run takes them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from assets.landing.acceptance import SourceOutcome, accept_source
from assets.landing.declaration import load_source
from tests.door import read_file
from tests.landing.ruling import rule_reference
from tests.shared_data import shared, shared_root


def accepted(source_id: str, pattern: str) -> SourceOutcome:
    """What the door makes of every file that the glob below `data/` finds."""
    shared(f"data/{pattern}")
    return _accepted(source_id, pattern)


# Tests of one file ask for the same deliveries again and again.
@cache
def _accepted(source_id: str, pattern: str) -> SourceOutcome:
    source = load_source(source_id)
    with tempfile.TemporaryDirectory() as folder:
        delivered = [
            part
            for path in sorted(shared_root().glob(f"data/{pattern}"))
            for part in read_file(source, path, Path(folder))
        ]
        outcome = accept_source(source, delivered, rule_reference(source_id))
    assert outcome.records == outcome.frame.height + outcome.quarantine.height
    return outcome


def rule_counts(outcome: SourceOutcome) -> dict[str, int]:
    """Flagged rows by rule."""
    return dict(outcome.flags.group_by("rule_id").len().iter_rows())
