"""Combustion, cogeneration, and purchased power and heat in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

from assets.energy.activity import ELECTRICITY_EFFICIENCY, HEAT_EFFICIENCY
from assets.inventory.factors import combustion_co2, combustion_nonco2
from assets.inventory.methods.base import ALL, FULL, MethodError, Term
from assets.inventory.methods.book import CO2_PER_C
from assets.inventory.methods.figures import Figure, figure, written
from assets.landing.rules.limits import EN8_LOWEST, LIMITS

_ONE = Fraction(1)


def combustion_terms(
    quantity: Fraction,
    unit: str,
    triple: tuple[Fraction, Fraction, Fraction],
    *,
    ch4_kg_tj: Fraction | None = None,
    n2o_kg_tj: Fraction | None = None,
    biomass: bool = False,
) -> list[Term]:
    """CO2, CH4 and N2O of fuel burnt (METHOD 2.2; G01, G02).

    CO2 = AD x NCV x CC / 1000 x OF x 44/12; CH4, N2O = AD x NCV / 1000 x EF. `triple`: NCV in
    GJ per `unit`, CC in tC/TJ, OF, of one set; EF in kg/TJ. CO2 of biomass is a memo of flow
    `biogenic`, its CH4 and N2O count. Raises MethodError for a negative number or OF above 1.
    """
    ncv, cc, of = triple
    _bounded("combustion", quantity=quantity, ncv=ncv, cc=cc)
    _bounded("combustion", highest=_ONE, of=of)
    parts = (figure(ncv, f"GJ/{unit}"), figure(cc, "tC/TJ"), figure(of))
    text = (parts[0] * parts[1] / 1000 * parts[2] * CO2_PER_C).text
    amount = figure(quantity, unit)
    found = [
        Term(
            "combustion",
            "CO2",
            "biogenic" if biomass else "direct",
            amount,
            unit,
            Figure(combustion_co2(ncv, cc, of), text),
            ALL,
            "energy_combustion",
        )
    ]
    for gas, per_tj in (("CH4", ch4_kg_tj), ("N2O", n2o_kg_tj)):
        if per_tj is not None:
            _bounded("combustion", **{gas: per_tj})
            text = (parts[0] / 1000 * figure(per_tj, "kg/TJ") / 1000).text
            factor = Figure(combustion_nonco2(ncv, per_tj), text)
            found.append(
                Term("combustion", gas, "direct", amount, unit, factor, FULL, "energy_combustion")
            )
    return found


def chp_efficiency(electricity_gj: Fraction, heat_gj: Fraction, fuel_gj: Fraction) -> Fraction:
    """(Qe + Qh) / fuel. Raises MethodError (EN8) outside 0.25 to 0.92 (METHOD 2.2)."""
    _bounded("chp_share", electricity_gj=electricity_gj, heat_gj=heat_gj)
    if fuel_gj <= 0:
        raise MethodError(f"chp_share, EN8: fuel is {written(fuel_gj)} GJ; expected more than 0")
    found = (electricity_gj + heat_gj) / fuel_gj
    low, high = Fraction(str(EN8_LOWEST)), Fraction(str(LIMITS["EN8"]))
    if not low <= found <= high:
        raise MethodError(
            f"chp_share, EN8: overall efficiency {float(found):.4f} ({written(electricity_gj)} GJ "
            f"power and {written(heat_gj)} GJ heat from {written(fuel_gj)} GJ fuel); "
            f"expected {EN8_LOWEST} to {LIMITS['EN8']}"
        )
    return found


def chp_share(
    electricity_gj: Fraction,
    heat_gj: Fraction,
    fuel_gj: Fraction | None = None,
    *,
    electricity_efficiency: Fraction = Fraction(ELECTRICITY_EFFICIENCY),
    heat_efficiency: Fraction = Fraction(HEAT_EFFICIENCY),
) -> Fraction:
    """Share of a cogeneration plant's fuel that is its electricity's (METHOD 2.2, G05).

    (Qe/0.35) / (Qe/0.35 + Qh/0.80), both in GJ; the reference efficiencies are parameters. With
    `fuel_gj` the overall efficiency is checked (EN8). Raises MethodError for a negative output,
    for none at all, and for reference efficiencies outside 0..1.
    """
    _bounded("chp_share", electricity_gj=electricity_gj, heat_gj=heat_gj)
    for name, value in (("electricity", electricity_efficiency), ("heat", heat_efficiency)):
        if not 0 < value <= 1:
            raise MethodError(
                f"chp_share: reference efficiency of {name} is {written(value)}; "
                "expected above 0, at most 1"
            )
    if fuel_gj is not None:
        chp_efficiency(electricity_gj, heat_gj, fuel_gj)
    for_power, for_heat = electricity_gj / electricity_efficiency, heat_gj / heat_efficiency
    if not for_power + for_heat:
        raise MethodError("chp_share: neither power nor heat; expected more than 0 GJ")
    return for_power / (for_power + for_heat)


def electricity_location_t(kwh: Fraction, kg_per_kwh: Fraction) -> Fraction:
    """t CO2 by the location method: kWh x EF / 1000 (METHOD 2.5 E1, G08)."""
    _bounded("electricity_location", kwh=kwh, kg_per_kwh=kg_per_kwh)
    return kwh * kg_per_kwh / 1000


def electricity_market_t(
    kwh: Fraction, green_kwh: Fraction, kg_per_kwh_ex_market: Fraction
) -> Fraction:
    """t CO2 by the market method: (kWh - green) x EF ex market / 1000 (METHOD 2.5 E3, G08).

    The factor is that of power without what was sold as green; the location factor does not go
    with green certificates. Raises MethodError where more green power than power was bought.
    """
    _bounded("electricity_market", kwh=kwh, green=green_kwh, kg_per_kwh=kg_per_kwh_ex_market)
    _within("electricity_market", "green", green_kwh, kwh)
    return (kwh - green_kwh) * kg_per_kwh_ex_market / 1000


def electricity_zcp_t(
    in_kwh: Fraction,
    direct_nonfossil_kwh: Fraction,
    certified_kwh: Fraction,
    kg_per_kwh: Fraction,
    out_kwh: Fraction = Fraction(0),
    out_kg_per_kwh: Fraction | None = None,
) -> Fraction:
    """t CO2 of ZCP-2025: ((in - direct non-fossil - certified) x EF - out x EF_out) / 1000.

    发改环资〔2025〕910号 Annex 4 (METHOD 2.5 E4, G08); EF_out is EF where none is given. May be
    negative for a park that delivers more than it takes. Raises MethodError where more is
    direct or certified than comes in.
    """
    out_ef = kg_per_kwh if out_kg_per_kwh is None else out_kg_per_kwh
    _bounded(
        "electricity_zcp",
        direct_nonfossil=direct_nonfossil_kwh,
        certified=certified_kwh,
        kg_per_kwh=kg_per_kwh,
        out=out_kwh,
        out_kg_per_kwh=out_ef,
    )
    _within(
        "electricity_zcp", "direct non-fossil and certified",
        direct_nonfossil_kwh + certified_kwh, in_kwh,
    )  # fmt: skip
    fossil = in_kwh - direct_nonfossil_kwh - certified_kwh
    return (fossil * kg_per_kwh - out_kwh * out_ef) / 1000


def hot_water_heat_gj(
    water_t: Fraction,
    temperature_c: Fraction,
    kj_kg_k: Fraction,
    reference_c: Fraction = Fraction(20),
) -> Fraction:
    """Heat of hot water in GJ: t x 4.1868 x (T - 20) / 1000 (METHOD 2.5; NDRC guides).

    `kj_kg_k` is `hot_water_cp` of the heat table. Raises MethodError for water that is colder
    than the reference.
    """
    _bounded("hot_water", water=water_t, kj_kg_k=kj_kg_k)
    if temperature_c < reference_c:
        raise MethodError(
            f"hot_water: temperature {written(temperature_c)} °C; "
            f"expected {written(reference_c)} °C or more"
        )
    return water_t * kj_kg_k * (temperature_c - reference_c) / 1000


def _bounded(method: str, highest: Fraction | None = None, **numbers: Fraction) -> None:
    for name, value in numbers.items():
        if value < 0 or (highest is not None and value > highest):
            expected = "0 or more" if highest is None else f"0 to {written(highest)}"
            raise MethodError(f"{method}, bounds: {name} is {written(value)}; expected {expected}")


def _within(method: str, name: str, part_kwh: Fraction, whole_kwh: Fraction) -> None:
    if part_kwh > whole_kwh:
        raise MethodError(
            f"{method}: {name} {written(part_kwh)} kWh of {written(whole_kwh)} kWh; "
            "expected no more than was taken in"
        )
