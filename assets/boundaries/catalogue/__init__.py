"""The catalogue of parks under examination: what in it is doubtful, and what its words mean.

Belongs here: claims about area, date, code, point, industry, name and type of a park, leading
industries as divisions of GB/T 4754, the order in which a person looks at the doubts. Does not
belong here: the parks and their point claims (`assets.boundaries.parks`). Nothing in the
catalogue is changed.
"""

from __future__ import annotations

from assets.boundaries.catalogue.claims import approvals, catalogue_claims
from assets.boundaries.catalogue.industries import coverage, leading_tokens, park_industries
from assets.boundaries.catalogue.review import review_parks

__all__ = [
    "approvals",
    "catalogue_claims",
    "coverage",
    "leading_tokens",
    "park_industries",
    "review_parks",
]
