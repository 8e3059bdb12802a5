"""What people decide about deliveries: withdrawals, accepted drift, corrections.

They are deliveries themselves: archived, read and checked like any other, so that a release
can be computed again with just the decisions it was made with.
"""

from __future__ import annotations

import polars as pl

from quality.contracts.table import Factor, Table, column, source_row

DRIFT_KINDS = [
    "renamed",
    "added",
    "dropped",
    "sheet",
    "unit",
    "title_rows",
    "rows",
    "retyped",
]
ACTIONS = ["override", "scale", "drop", "flag"]


class Withdrawal(Table):
    source_row_id: str = source_row()
    withdrawn_source: str = column("来源", "source id of the withdrawn delivery")
    withdrawn_file: str = column("文件", "its file name, or the start of its sha256 (8 or more)")
    reason_zh: str = column("理由", "why it is withdrawn")
    provider: str = column("提供单位", "office that withdraws it")
    decided_on: pl.Date = column("日期", "day of the decision")

    class Config:
        metadata = {
            "table": "accepted.withdrawal",
            "key": ["source_row_id"],
            "about": "One row a delivery withdrawn by its office.",
        }


class DriftDecision(Table):
    source_row_id: str = source_row()
    drifted_source: str = column("来源", "source id")
    file_name: str = column("文件", "the file it is for; empty for all", nullable=True)
    kind: str = column("类别", "what changed", isin=DRIFT_KINDS)
    declared: str = column("原名", "header, sheet or unit as declared", nullable=True)
    delivered: str = column("新名", "header, sheet, unit or count as delivered", nullable=True)
    factor: Factor = column(
        "换算系数", "declared units in one delivered unit (kind unit)", nullable=True, gt=0
    )
    reason_zh: str = column("理由", "why it is accepted")
    provider: str = column("提供单位", "office that confirms it")
    decided_on: pl.Date = column("日期", "day of the decision")

    class Config:
        metadata = {
            "table": "accepted.drift_decision",
            "key": ["source_row_id"],
            "about": "One row a change of layout that was looked at and accepted.",
        }


class Correction(Table):
    source_row_id: str = source_row()
    correction_id: str = column("编号", "id of the correction")
    corrected_source: str = column("来源", "source id")
    conditions: str = column("条件", "rows it is for: `列=值;列=值`, texts as delivered")
    column_zh: str = column("列", "delivered header of the cell")
    delivered_text: str = column("原文", "guard: what the source says there", nullable=True)
    action: str = column("动作", "override, scale, drop or flag", isin=ACTIONS)
    used_text: str = column("改为", "new text, or factor of a scale", nullable=True)
    reason_zh: str = column("理由", "why")
    provider: str = column("提供单位", "office that provides it")
    decided_on: pl.Date = column("日期", "day of the decision")

    class Config:
        metadata = {
            "table": "accepted.correction",
            "key": ["correction_id"],
            "about": "One row a correction of delivered cells, with its guard.",
        }


class AppliedCorrection(Table):
    source_row_id: str = column("来源行", "row that is corrected")
    source_id: str = column("来源", "source declaration")
    column_zh: str = column("列", "delivered header of the cell")
    correction_id: str = column("编号", "id of the correction")
    action: str = column("动作", "override, scale, drop or flag")
    delivered_text: str = column("原文", "text as delivered", nullable=True)
    used_text: str = column("用值", "text used in its place", nullable=True)
    reason_zh: str = column("理由", "why")
    provider: str = column("提供单位", "office that provides it")
    decided_on: pl.Date = column("日期", "day of the decision")
    correction_row_id: str = column("更正行", "locator of the correction itself")

    class Config:
        metadata = {
            "table": "audit.applied_correction",
            "key": ["source_row_id", "column_zh", "correction_id"],
            "about": "One row a delivered cell to which a correction was applied.",
        }
