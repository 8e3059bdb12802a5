"""The same equations in another implementation of the IPCC guidelines (bonsai-ipcc).

Its package cannot be a dependency (it asks for NumPy 1): where it is installed without its own
dependencies, its equations are loaded file by file.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.inventory.methods.base import IPCC, net_t
from assets.inventory.methods.figures import decayed, figure
from tests.inventory.methods.worked import exact, mass, terms

REL = 1e-9
PACKAGES = [
    "",
    *(f".{room}" for room in ("industry", "waste")),
    *(f".industry.{room}" for room in ("mineral", "metal", "chemical")),
    *(f".waste.{room}" for room in ("wastewater", "swd", "incineration")),
    *(f".waste.{room}" for room in ("waste_generation", "biological")),
]
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
amounts = st.integers(min_value=1, max_value=10**8).map(float)
shares = st.integers(min_value=0, max_value=1000).map(lambda n: n / 1000)


class Peer:
    """Modules of equations, without what their packages import on the way."""

    def __init__(self, root: str) -> None:
        for package in PACKAGES:
            module = ModuleType(f"bonsai_ipcc{package}")
            module.__path__ = [root + package.replace(".", "/")]
            sys.modules[module.__name__] = module

    def of(self, room: str) -> Any:
        return importlib.import_module(f"bonsai_ipcc.{room}.elementary")


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    spec = find_spec("bonsai_ipcc")
    assert spec is not None, "bonsai-ipcc is of the dev extra"
    assert spec.submodule_search_locations, "bonsai-ipcc: expected a package of files"
    before = set(sys.modules)
    yield Peer(spec.submodule_search_locations[0])
    for name in set(sys.modules) - before:
        if name.startswith("bonsai_ipcc"):
            del sys.modules[name]


@quick
@given(clinker=amounts)
def test_clinker_tier_1(peer: Peer, clinker: float) -> None:
    mineral = peer.of("industry.mineral")
    factor = mineral.ef_clc(0.65, 1.02)
    theirs = mineral.co2_emissions_tier1_(clinker, 1.0, 0.0, 0.0, factor)
    # They take 0.43971 / 0.5603 t CO2 per t CaO; Eq. 2.4 prints it as 0.785.
    printed = 0.785 / (0.43971 / 0.5603)
    assert mass("clinker", "CO2", IPCC, clinker_t=clinker) == pytest.approx(
        theirs * printed, rel=REL
    )


@quick
@given(used=amounts, calcined=shares)
@pytest.mark.parametrize(
    ("kind", "factor"), [("石灰石", 0.43971), ("菱镁矿", 0.52197), ("白云石", 0.47732)]
)
def test_carbonates(peer: Peer, kind: str, factor: float, used: float, calcined: float) -> None:
    theirs = peer.of("industry.mineral").co2_emissions_tier3_carb(factor, used, calcined)
    ours = mass("carbonate_use", "CO2", kind=kind, carbonate_t=used, calcined=calcined)
    assert ours == pytest.approx(theirs, rel=REL)


@quick
@given(water=amounts, cod=shares, out=shares, sludge=shares, burnt=shares, nitrogen=shares)
def test_industrial_wastewater(
    peer: Peer, water: float, cod: float, out: float, sludge: float, burnt: float, nitrogen: float
) -> None:
    theirs = peer.of("waste.wastewater")
    organics = exact(water) * (1 + exact(cod) - exact(out))
    taken = organics * exact(sludge)
    made = (organics - taken) * exact("0.2")
    ours = terms(
        "wastewater",
        {
            "treatment": "厌氧反应器",
            "water_m3": water,
            "cod_in": 1 + exact(cod),
            "cod_out": out,
            "sludge_kg": taken,
            "recovered_kg": made * exact(burnt),
            "tn_in": nitrogen,
        },
    )
    ch4 = theirs.ch4_emissions_system_ind(
        float(organics), float(taken), theirs.ef_ch4_ind(0.25, 0.8), float(made * exact(burnt))
    )
    assert 1000 * float(net_t(ours, "CH4")) == pytest.approx(ch4, rel=REL, abs=1e-6)
    n2o = theirs.n2o_plants_ind(1.0, 0.016, water * nitrogen)
    assert 1000 * float(net_t(ours, "N2O")) == pytest.approx(n2o, rel=REL)


@quick
@given(deposits=st.lists(amounts, min_size=1, max_size=8), burnt=shares)
def test_first_order_decay(peer: Peer, deposits: list[float], burnt: float) -> None:
    fill = peer.of("waste.swd")
    site = {"kind": "厨余", "type": "规范厌氧", "climate": "湿润温带", "cover": "有"}
    series = {2000 + n: exact(amount) for n, amount in enumerate(deposits)}
    found = terms("landfill", {**site, "deposit_t": series}, last_year=2010)
    held = 0.0
    for year in range(2000, 2011):
        made = fill.ch4_generated(fill.ddoc_m_decomp_t(held, 0.185), 0.5)
        of_year = [t for t in found if t.year == year]
        ours = float(net_t(of_year, "CH4")) * (1 - burnt)
        assert ours == pytest.approx(fill.ch4_emissions(made, 0.1, burnt), rel=REL)
        put = fill.ddoc_from_wd_data(float(series.get(year, 0)), 0.15, 0.5, 1.0)
        held = fill.ddoc_ma_t(put, held, 0.185)


@quick
@given(waste=amounts)
@pytest.mark.parametrize(
    ("kind", "content"), [("危险废物", (0.5, 0.8, 1.0)), ("织物", (0.8, 0.5, 0.2))]
)
def test_incineration(
    peer: Peer, kind: str, content: tuple[float, float, float], waste: float
) -> None:
    theirs = peer.of("waste.incineration")
    ours = terms("incineration", {"kind": kind, "waste_t": waste})
    co2 = theirs.co2_emissions(waste / 1000, *content, 1.0) * 1000
    assert float(net_t(ours, "CO2")) == pytest.approx(co2, rel=REL)
    n2o = theirs.n2o_emissions(waste / 1000, 100 if kind == "危险废物" else 50) * 1000
    assert float(net_t(ours, "N2O")) == pytest.approx(n2o, rel=REL)


@quick
@given(metal=amounts)
def test_metals(peer: Peer, metal: float) -> None:
    theirs = peer.of("industry.metal")
    pairs = [
        (
            mass("steel_product", "CO2", process="转炉", steel_t=metal),
            theirs.co2_steelmaking_tier1_(metal, 1.58),
        ),
        (
            mass("ferroalloy", "CO2", kind="硅锰", alloy_t=metal),
            theirs.co2_ferroalloy_tier1_(metal, 1.4),
        ),
        (
            mass("aluminium", "CO2", IPCC, anode="预焙槽", aluminium_t=metal),
            theirs.e_co2_tier1_(metal, 1.6),
        ),
        (
            1000 * mass("aluminium", "CF4", IPCC, anode="预焙槽", aluminium_t=metal),
            theirs.e_cf4_tier1_(0.4, metal),
        ),
        (
            1000 * mass("aluminium", "C2F6", IPCC, anode="预焙槽", aluminium_t=metal),
            theirs.e_c2f6_tier1_(0.04, metal),
        ),
    ]
    for ours, expected in pairs:
        assert ours == pytest.approx(expected, rel=REL)


@quick
@given(made=amounts, released=shares)
def test_hfc_23(peer: Peer, made: float, released: float) -> None:
    theirs = peer.of("industry.chemical")
    whole = theirs.tier1_e_hfc_23(0.03, made)
    assert mass("hcfc22", "HFC23", hcfc22_t=made) == pytest.approx(whole, rel=REL)
    destroyed = exact(made) * exact("0.03") * (1 - exact(released))
    ours = terms("hcfc22", {"hcfc22_t": made, "destroyed_t": destroyed})
    expected = theirs.tier2_e_hfc_23(0.03, made, released)
    assert float(net_t(ours, "HFC23")) == pytest.approx(expected, rel=REL, abs=1e-9)


@quick
@given(rate=st.integers(min_value=1, max_value=1000).map(lambda n: n / 1000))
def test_a_year_of_decay(peer: Peer, rate: float) -> None:
    ours = 1 - float(decayed(figure(exact(rate)), 1).value)
    assert ours == pytest.approx(peer.of("waste.swd").ddoc_m_decomp_t(1.0, rate), rel=REL)
