"""Method profiles, views of an inventory, and what a view's numbers may be added to."""

from __future__ import annotations

from quality.contracts.reference import CONFIDENCE
from quality.contracts.table import Table, column, pedigree, source_row

PROFILES = ["CN-GHG", "ZCP-2025", "IPCC"]
VIEWS = ["territorial", "scope1_2", "scope1_2_market", "consumption", "zcp"]

# How a line stands to its site. Signs are weights of the views, never of the ledger.
FLOWS = [
    "direct",
    "direct_exported",  # fuel of electricity and heat that leave the site
    "non_energy",  # use of a book's fuel that burns nothing: out of the sum
    "carbon_in",
    "carbon_out",
    "recovered",
    "captured",
    "stored",
    "biogenic",
    "memo",
    "purchased_electricity",
    "purchased_electricity_green",
    "purchased_electricity_market",
    "nonfossil_electricity",
    "nonfossil_heat",
    "supplied_electricity",  # of a known plant, by the kilowatt-hour (ZCP-2025)
    "received_electricity",  # of a known plant, by the plant's own fuel
    "purchased_heat",
    "supplied_heat",
    "received_heat",
    "exported_electricity",
    "exported_heat",
    "resold_electricity",
    "resold_heat",
]

# What is delivered to others, and what stands for their fuel: no consumption of the site.
EXCHANGED_FLOWS = [
    "received_electricity",
    "received_heat",
    "exported_electricity",
    "exported_heat",
    "resold_electricity",
    "resold_heat",
]

# Gases as the GWP table names them.
GASES = [
    "CO2",
    "CH4",
    "N2O",
    "HFC23",
    "HFC32",
    "HFC125",
    "HFC134a",
    "HFC143a",
    "HFC152a",
    "HFC227ea",
    "HFC236fa",
    "HFC245fa",
    "CF4",
    "C2F6",
    "C3F8",
    "cC4F8",
    "SF6",
    "NF3",
]


def _source() -> str:
    return column("来源", "document, package and table")  # type: ignore[no-any-return]


def _confidence() -> str:
    return column("可信度", "how far the value can be trusted", isin=CONFIDENCE)  # type: ignore[no-any-return]


class MethodProfile(Table):
    source_row_id: str = source_row()
    profile: str = column("方法", "method profile", isin=PROFILES)
    factor_order: str = column("因子次序", "sets of fuel factors, first one first, `>` between")
    gases: str = column("气体", "gases that it counts", isin=["all", "CO2"])
    electricity_basis: str = column("电力口径", "basis of the electricity factor")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.method_profile",
            "key": ["profile"],
            "about": "One row a method profile.",
        }


class ViewWeight(Table):
    source_row_id: str = source_row()
    profile: str = column("方法", "method profile", isin=PROFILES)
    view: str = column("视角", "accounting view", isin=VIEWS)
    flow: str = column("流向", "flow of a ledger line", isin=FLOWS)
    weight: int = column("权重", "the flow counts, counts against, or not at all", isin=[-1, 0, 1])
    year_from: int = column("起始年", "first year that the view is of")
    year_to: int = column("终止年", "last year that the view is of")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.view_weight",
            "key": ["profile", "view", "flow"],
            "about": "One row a profile, view and flow; every flow has a weight in every view.",
        }


class Additivity(Table):
    source_row_id: str = source_row()
    view: str = column("视角", "accounting view", isin=VIEWS)
    additivity: str = column(
        "可加性",
        "whether numbers of parks may be added",
        isin=["additive", "conditional", "not_additive"],
    )
    use_instead: str = column("改用", "view whose numbers may be added", nullable=True)
    reason_zh: str = column("理由", "the reason in words")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.additivity",
            "key": ["view"],
            "about": "One row a view: whether its numbers may be added over parks.",
        }


class GridRegion(Table):
    source_row_id: str = source_row()
    province_code: str = column("省份代码", "GB/T 2260 province", str_matches=r"^\d{6}$")
    prefecture_prefixes: str = column(
        "地级市", "prefectures that it holds for, where a province is split", nullable=True
    )
    grid_region: str = column("区域电网", "grid region")
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.grid_region",
            "key": ["province_code", "grid_region"],
            "about": "One row a province, or part of one, and its grid region.",
        }


class FactorSet(Table):
    source_row_id: str = source_row()
    factor_set: str = column("因子集", "set of emission factors")
    title_zh: str = column("名称", "title of the document")
    effective_from: int = column("起用年", "year of the document", nullable=True)
    effective_to: int = column("停用年", "last year before it was superseded", nullable=True)
    superseded_by: str = column("替代", "set that took its place", nullable=True)
    source: str = _source()
    confidence: str = _confidence()
    pedigree: str = pedigree()

    class Config:
        metadata = {
            "table": "accepted.factor_set",
            "key": ["factor_set"],
            "about": "One row a set of emission factors, and what took its place.",
        }
