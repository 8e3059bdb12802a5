"""Raw, quarantine and audit tables: deliveries, rows, cells, and what rests on what."""

from __future__ import annotations

from quality.contracts.table import Factor, Table, column

STATUSES = ["current", "superseded", "withdrawn", "refused"]


class Delivery(Table):
    delivery_id: str = column("交付", "sha256 of the archived bytes")
    source_id: str = column("来源", "source declaration")
    file_name: str = column("文件", "name as delivered; of several the one that sorts first")
    names: str = column("全部名称", "all names the same bytes came under, joined by /")
    subject: str = column("主题", "name without its mark of revision or supplement")
    revision: int = column("修订", "number of the revision in the name, 0 for none")
    supplement: int = column("补充", "number of the supplement in the name, 0 for none")
    edition: int = column("版次", "how often other bytes came under the very same name")
    size_bytes: int = column("字节数", "size of the archived bytes")
    rows: int = column("行数", "rows read; null if it cannot be read", nullable=True)
    status: str = column("状态", "whether it counts", isin=STATUSES)
    reason: str = column("原因", "why it does not count", nullable=True)
    illustrative: bool = column("示意", "made for demonstration, not official")
    licence: str = column("许可", "terms of the source")

    class Config:
        metadata = {
            "table": "raw.delivery",
            "key": ["source_id", "delivery_id"],
            "about": "One row a delivered file of a source, whether it counts or not.",
        }


class RawPart(Table):
    source_id: str = column("来源", "source declaration")
    delivery_id: str = column("交付", "sha256 of the archived bytes")
    part: str = column("部分", "sheet or layer; empty for a text file")
    rows: int = column("行数", "rows behind the header")
    set_aside: int = column("另置", "of them no records by declaration (footers, skipped rows)")
    records: int = column("记录数", "records: rows, or filled cells of a wide table")
    encoding: str = column("编码", "encoding of the text", nullable=True)
    crs: str = column("坐标系", "coordinate system the file states", nullable=True)
    reading_id: str = column("读法", "hash of the declaration and readers it was read with")

    class Config:
        metadata = {
            "table": "raw.part",
            "key": ["source_id", "delivery_id", "part"],
            "about": "One row a part of a delivery that counts; its rows are beside the archive.",
        }


class QuarantineRow(Table):
    source_row_id: str = column("来源行", "locator of the row")
    source_id: str = column("来源", "source declaration")
    source_column: str = column("来源列", "header of the cell of a wide table, or empty")
    rule_id: str = column("规则", "first rule the row breaks")
    rule_ids: str = column("全部规则", "all rules it breaks, joined by `;`")
    column_zh: str = column("列", "delivered column the first rule looks at")
    value_text: str = column("值", "text found there", nullable=True)
    reason_zh: str = column("原因", "reason in Chinese")
    reason_en: str = column("原因（英）", "reason in English")
    cells_json: str = column("单元格", "the row as delivered")

    class Config:
        metadata = {
            "table": "quarantine.row",
            "key": ["source_id", "source_row_id", "source_column"],
            "about": "One row a quarantined record, with rule, reason and payload.",
        }


class Flag(Table):
    source_row_id: str = column("来源行", "locator of the row")
    source_id: str = column("来源", "source declaration")
    source_column: str = column("来源列", "header of the cell of a wide table, or empty")
    rule_id: str = column("规则", "rule that warns")
    column_zh: str = column("列", "delivered column the rule looks at")
    value_text: str = column("值", "text found there", nullable=True)
    reason_zh: str = column("原因", "reason in Chinese")
    reason_en: str = column("原因（英）", "reason in English")

    class Config:
        metadata = {
            "table": "quarantine.flag",
            "key": ["source_id", "source_row_id", "source_column", "rule_id"],
            "about": "One row a warning on an accepted row; the row is kept.",
        }


class ItemSource(Table):
    item_kind: str = column("对象类型", "activity, factor, coefficient, claim, boundary, control")
    item_id: str = column("对象", "id of the item")
    role: str = column("作用", "what the cell is for the item")
    source_row_id: str = column("来源行", "row it rests on")
    column_zh: str = column("列", "delivered column")

    class Config:
        metadata = {
            "table": "audit.item_source",
            "key": ["item_kind", "item_id", "role", "source_row_id", "column_zh"],
            "about": "One row an item and a source cell it rests on.",
        }


class SourceCell(Table):
    source_row_id: str = column("来源行", "locator of the row")
    column_zh: str = column("列", "column, by its declared header")
    header_zh: str = column("表头", "its header in this file; empty: not in it", nullable=True)
    raw_text: str = column("原文", "text of the cell as delivered", nullable=True)
    unit_factor: Factor = column(
        "换算系数", "declared units in one delivered unit, where they differ", nullable=True
    )
    delivery_id: str = column("交付", "sha256 of the archived bytes")
    source_id: str = column("来源", "source declaration")
    file_name: str = column("文件", "name as delivered")
    part: str = column("部分", "sheet or layer")
    row_number: int = column("行号", "as a person counts in the file")

    class Config:
        metadata = {
            "table": "audit.source_cell",
            "key": ["source_row_id", "column_zh"],
            "about": "One row a source cell that a published number rests on.",
        }
