"""Lines of evidence, as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets.boundaries.crs.duel import FAR_M, ON_GROUND_M, Duel, Reading
from assets.boundaries.crs.finding import Fact
from assets.boundaries.crs.systems import System

_NAMED = 6


def nowhere() -> Fact:
    """No candidate at all."""
    return Fact("坐标按任何已知坐标系都不在中国", "no known system puts the numbers in China")


def no_ground() -> Fact:
    """Nothing to test against."""
    return Fact("没有可对照的已知位置", "no feature has known ground")


def unusable(declared: str, reason: str) -> Fact:
    """What the file says cannot be read or converted."""
    return Fact(f"文件所称坐标系无法采用：{declared[:40]}", f"not usable: {reason}")


def area(system: System, ratio: float) -> Fact:
    """Areas under a system against the declared ones."""
    return Fact(
        f"按 {system.label}，面积是所填的 {ratio:.3g} 倍",
        f"as {system.label} the areas are {ratio:.3g} times the declared ones",
    )


def off_ground(best: Reading) -> Fact:
    """Even the best candidate misses the ground."""
    return Fact(
        f"最好的 {best.system.label} 也只有 {best.reached:.0%} 的位置在已知范围 "
        f"{FAR_M / 1000:g} 公里以内",
        f"even as {best.system.label} only {best.reached:.0%} of the places come within "
        f"{FAR_M / 1000:g} km of their ground",
    )


def on_ground(best: Reading) -> Fact:
    """How well the best candidate fits."""
    median = float(np.median(best.distance))
    return Fact(
        f"按 {best.system.label}，{best.score:.0%} 的位置在已知范围 {ON_GROUND_M:g} 米以内，"
        f"中位距离 {median:.0f} 米（{len(best.distance)} 处）",
        f"as {best.system.label} {best.score:.0%} of {len(best.distance)} places come within "
        f"{ON_GROUND_M:g} m of their ground, median distance {median:.0f} m",
    )


def against(duel: Duel, separable_m: float) -> Fact:
    """How another candidate compares with the best."""
    other, (mine, others) = duel.other, duel.votes
    if duel.apart_m < separable_m:
        return Fact(
            f"{other.system.label} 与其相差仅 {duel.apart_m:.0f} 米，不可分辨",
            f"{other.system.label} is {duel.apart_m:.0f} m from it: not to be told apart",
        )
    if not duel.fine_enough:
        return Fact(
            f"{other.system.label} 与其相差 {duel.apart_m:.0f} 米，但图形或已知范围过粗，不能分辨",
            f"{other.system.label} is {duel.apart_m:.0f} m from it, but the layer or the ground "
            "is too coarse to tell them apart",
        )
    return Fact(
        f"按 {other.system.label} 为 {other.score:.0%}；{mine} 格支持前者，{others} 格支持后者"
        f"（p = {duel.p_value:.2g}）",
        f"as {other.system.label} {other.score:.0%}; {mine} cells of the map for the former, "
        f"{others} for the latter (p = {duel.p_value:.2g})",
    )


def whole_seconds(share: float) -> Fact:
    """Degrees that were reckoned from degrees, minutes and seconds."""
    return Fact(
        f"{share:.0%} 的点经纬度均为整秒：由度分秒换算而来，不像地图服务的坐标",
        f"{share:.0%} of the points stand on whole seconds: reckoned from degrees, minutes and "
        "seconds, unlike those of a map service",
    )


def left(undecided: Sequence[System], found: System | None) -> Fact:
    """What is not ruled out."""
    zh = en = ", ".join(each.label for each in undecided[:_NAMED])
    if len(undecided) > _NAMED:
        zh += f" 等 {len(undecided)} 种"
        en += f" and {len(undecided) - _NAMED} more"
    if found is not None:
        return Fact(
            f"按 {found.label} 采用；未能排除 {zh}", f"taken as {found.label}; not ruled out: {en}"
        )
    return Fact(f"不能判定：{zh}", f"cannot tell between {en}")


def contradicted(declared: System) -> Fact:
    """The declared system is refuted."""
    return Fact(f"与文件所称 {declared.label} 矛盾", f"contradicts the declared {declared.label}")
