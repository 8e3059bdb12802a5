"""Names of enterprises: one written form for comparison, and the parts a name is made of.

Not here: who is who (identity, linkage) and addresses. The delivered name is never changed.
"""

from __future__ import annotations

from assets.enterprises.names.folding import normalised, normalised_name
from assets.enterprises.names.parts import ONLY_FORM, split_names

__all__ = ["ONLY_FORM", "normalised", "normalised_name", "split_names"]
