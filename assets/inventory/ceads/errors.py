"""The one error of the room."""

from __future__ import annotations


class CeadsError(ValueError):
    """Books and inventories cannot be compared: an unknown name or unit, a cell delivered twice,
    or two factors for one fuel.
    """
