"""Thresholds of the rules by rule id, as in `assets/reference/qc_rule.csv` (METHOD 5).

They are project rules without a norm behind them: an office that knows better changes them
here and there.
"""

from __future__ import annotations

LIMITS: dict[str, float] = {
    "EN1w": 0.01,  # stock balance, gap over supply
    "EN1e": 0.05,
    "EN4w": 0.02,  # reported over recomputed standard coal, relative
    "EN4e": 0.1,
    "EN6w": 1.3,  # year on year, x or 1/x
    "EN6e": 3.0,
    "EN7": 0.15,  # carbon loss ratio, upper bound
    "EN8": 0.92,  # efficiency of a power plant, upper bound
    "INT1w": 3.5,  # robust z
    "INT1e": 6.0,
    "GEO2w": 1.0,  # km outside the province, up to
    "GEO2e": 1.0,  # km, more than
    "GEO4": 5,  # legal persons on one point
    "POL1": 0.001,  # area change by mending, relative
    "POL2w": 0.01,  # overlap over the smaller area
    "POL2e": 0.1,
    "POL3w": 1.1,  # area over catalogue area, x or 1/x
    "POL3e": 1.5,
    "POL4": 1.0,  # ha
}

# What the table says in words.
EN3_BEYOND = 2.0  # EN3e: this many times outside the range
CC_MARGIN = 0.15  # CC3: carbon contents of all sets of a fuel, wider by this share
CC_BEYOND = 2.0  # CC3e: this many times outside the band
OXIDATION_PCT = (70, 100)  # CC2
EN7_LOWEST = -0.02
EN8_LOWEST = 0.25
INT1_PEERS = 8
GEO1_LON = (73.0, 136.0)
GEO1_LAT = (3.0, 54.0)
GEO4_DECIMALS = 4
# ENTHALPY, kJ/kg: wet steam of a network to superheated steam of 700 °C
STEAM_ENTHALPY = (2400, 3900)
# Installations of the EU registry, islands of the Atlantic included; those of France overseas
# lie outside and are flagged.
EUROPE_LON = (-32.0, 35.0)
EUROPE_LAT = (27.0, 72.0)
