"""Process CO2 of clinker by the methods of IPCC 2006 (METHOD 2.3).

The inventory uses the Chinese factor of `assets/reference/ippu_factor.csv`; these serve
comparison and works that measure their clinker.
"""

from __future__ import annotations

from fractions import Fraction

# Molar masses: CO2 44, CaO 56.08, MgO 40.30.
_CO2_PER_CAO = Fraction(44) / Fraction("56.08")
_CO2_PER_MGO = Fraction(44) / Fraction("40.30")
_TIER1_CO2_PER_CAO = Fraction("0.785")


def clinker_tier1(clinker_t: Fraction, cao: Fraction, dust_correction: Fraction) -> Fraction:
    """t CO2 = clinker x 0.785 x CaO content x CKD (IPCC 2006 Vol. 3 Eq. 2.4; G10)."""
    return clinker_t * _TIER1_CO2_PER_CAO * cao * dust_correction


def clinker_tier2(
    clinker_t: Fraction,
    cao: Fraction,
    mgo: Fraction,
    cao_not_carbonate: Fraction,
    mgo_not_carbonate: Fraction,
) -> Fraction:
    """t CO2 from measured oxides: only those that came from carbonates (Eq. 2.2; G10).

    clinker x ((CaO - CaO_nc) x 44/56.08 + (MgO - MgO_nc) x 44/40.30). Raises ValueError
    if more oxide is not from carbonates than there is.
    """
    if cao_not_carbonate > cao or mgo_not_carbonate > mgo:
        raise ValueError("more oxide from other sources than the clinker holds")
    from_lime = (cao - cao_not_carbonate) * _CO2_PER_CAO
    return clinker_t * (from_lime + (mgo - mgo_not_carbonate) * _CO2_PER_MGO)
