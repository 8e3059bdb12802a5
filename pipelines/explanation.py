"""An explanation as a tree on the terminal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from warehouse.explain import Explanation


def print_explanation(console: Console, found: Explanation) -> None:
    """Number, then each contribution with quantity × factor, place, evidence and cells."""
    axes = ", ".join(f"{name}={value}" for name, value in found.key.items())
    value = f"withheld ({found.why})" if found.withheld else _text(found.value)
    root = Tree(Text(f"{found.table}.{found.column} = {value}\n{axes}", style="bold"))
    marks = ", ".join(f"{name}={value}" for name, value in found.marks.items())
    _add(root, f"release {found.release_id}; {marks}")
    _add(root, f"sum of {found.item_count} contributions = {_text(found.total)}")
    for item in found.items:
        _contribution(_add(root, f"{_text(item['value'])}  {item['kind']} {item['id']}"), item)
    left_out = found.item_count - len(found.items)
    if left_out:
        _add(root, f"… {left_out} more: --limit 0")
    console.print(root)


def _add(branch: Tree, text: str, style: str = "") -> Tree:
    """A node of plain text: ids and headers may hold brackets that are no markup."""
    return branch.add(Text(text, style=style))


def _contribution(branch: Tree, item: dict[str, Any]) -> None:
    line, factor, activity = item.get("line"), item.get("factor"), item.get("activity")
    if line and factor:
        flag = f"  {line['factor_flag']}" if line["factor_flag"] else ""
        _add(
            branch,
            f"{_text(line['quantity'])} {factor['canonical_unit']} × {_text(factor['value'])} "
            f"= {_text(line['mass_t'])} t {line['gas']}{flag}",
        )
        node = _add(
            branch, f"factor {factor['factor_id']} ({factor['confidence']}): {factor['derivation']}"
        )
        _cells(node, factor["cells"])
    if activity:
        marks = ", illustrative" if activity["illustrative"] else ""
        node = _add(
            branch,
            f"{activity['energy_id']} {_text(activity['quantity'])} {activity['canonical_unit']}, "
            f"{activity['tier']}, {activity['method_zh']}{marks}",
        )
        _revision(node, activity)
        _cells(node, activity["cells"])
        if activity["split_cells"]:
            _add(node, f"weights of the split: {activity['split_cells']} cells")
        for flag in activity["flags"]:
            _add(node, f"{flag['rule_id']} {flag['reason_zh']}", "yellow")
    coefficient = item.get("coefficient")
    if coefficient and not line:
        _cells(
            _add(
                branch,
                f"coefficient ({coefficient['confidence']}): {coefficient['derivation']}",
            ),
            coefficient["cells"],
        )
    part, implied = item.get("part"), item.get("implied")
    if part and implied:
        node = _add(
            branch,
            f"{_text(part['quantity'])} {implied['canonical_unit']} × {_text(implied['value'])} "
            f"= {_text(part['emission_t'])} t CO2, {implied['factor_id']}: "
            f"{implied['derivation']}",
        )
        _cells(node, implied["cells"])
    for name, weight in (item.get("weights") or {}).items():
        _cells(_add(branch, f"{name} {weight['id']}"), weight["cells"])
    _revision(branch, item)
    _cells(branch, item.get("cells", []))
    places = [item["place"]] if "place" in item else item.get("sites", [])
    for place in places:
        _place(branch, place)


def _place(branch: Tree, place: dict[str, Any]) -> None:
    for basis in ("registered", "operating"):
        if basis not in place:
            continue
        for found in place[basis]["attribution"]:
            _add(
                branch,
                f"{basis}{_period(found)}: {place['site_id']} → {found['place_id']} "
                f"(class {found['location_class']}, c={_text(found['confidence'])}) "
                f"{found['reason_zh']}",
            )
        for claim in place[basis]["claims"]:
            node = _add(
                branch,
                f"claim{_period(claim)} {claim['place_id']}: weight {_text(claim['weight'])}; "
                f"{claim['reason_zh']}",
            )
            _cells(node, claim["cells"])
            _cells(node, [c for c in claim["boundary_cells"] if c["role"] != "polygon"])


def _period(row: dict[str, Any]) -> str:
    """The series, where it is not the usual one, and the time that a row is of, where it ends."""
    series = row["series"] if row["series"] not in (None, "actual") else ""
    ends = row["valid_to"] is not None and row["valid_to"].year < date.max.year
    span = f"{row['valid_from']} – {row['valid_to']}" if ends else ""
    told = " ".join(part for part in (series, span) if part)
    return f" ({told})" if told else ""


def _revision(branch: Tree, item: dict[str, Any]) -> None:
    revised = item.get("revision")
    if revised:
        _add(
            branch,
            f"control total {_text(revised['quantity'])} {revised['canonical_unit']}: as published "
            f"× {_text(revised['revision_factor'])} by the censuses before and after "
            f"({revised['vintage']})",
        )


def _cells(branch: Tree, cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        part = f" [{cell['part']}]" if cell["part"] else ""
        _add(
            branch,
            f"{cell['role']}: {cell['file']}{part} row {cell['row']} “{cell['column']}” = "
            f"{(cell['raw_text'] or '∅')[:80]}  sha256 {cell['sha256'][:12]}",
            "dim",
        )
        if cell["unit_factor"] is not None:
            _add(branch, f"delivered in another unit: × {_text(cell['unit_factor'])}", "yellow")
        if cell["correction_id"] is not None:
            _add(
                branch,
                f"correction {cell['correction_id']} ({cell['correction_action']}): "
                f"{cell['corrected_text'] or '∅'}; {cell['correction_reason']}, "
                f"{cell['correction_provider']}",
                "yellow",
            )


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
