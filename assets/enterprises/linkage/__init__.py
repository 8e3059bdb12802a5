"""Which record of one register is which of another: candidate pairs, scores, one-to-one links.

Not here: the records of one enterprise in one register (the caller merges them first), and the
training of the weights, which arrive as `accepted.link_model`.
"""

from __future__ import annotations

from assets.enterprises.linkage.assignment import assign
from assets.enterprises.linkage.candidates import candidates, prepare, relink
from assets.enterprises.linkage.model import LinkModel, load_model
from assets.enterprises.linkage.review import agreement, review_links

__all__ = [
    "LinkModel",
    "agreement",
    "assign",
    "candidates",
    "load_model",
    "prepare",
    "relink",
    "review_links",
]
