"""Reference facts of indicators."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Factor, Quantity, Table, column, pedigree, source_row


class ZeroCarbonThreshold(Table):
    source_row_id: str = source_row()
    tce_from: Quantity = column("下限", "energy of the class from, 等价值", unit="tce", ge=0)
    tce_below: Quantity = column(
        "上限", "and below; empty: no upper end", unit="tce", nullable=True
    )
    t_per_tce: Factor = column("限值", "t CO2 a tce that may not be exceeded")
    source: str = column("来源", "document and table of the value")
    confidence: str = column("可信度", "how far the value can be trusted", isin=CONFIDENCE)
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.zero_carbon_threshold",
            "key": ["tce_from"],
            "about": "One row a class of energy use of zero-carbon parks.",
        }
