"""Regions named at the head of an enterprise name, and the division codes they may stand for.

The names are those of the product's table of GB/T 2260 codes, abolished ones included.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import polars as pl

from assets.landing.ingest import REFERENCE_DIRECTORY

_PROVINCE_END = r"(?:省|市|特别行政区|(?:维吾尔|壮族|回族)?自治区)$"
_PEOPLES = (
    "满族|蒙古族|蒙古|回族|藏族|苗族|彝族|壮族|布依族|朝鲜族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克"
    "|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族"
    "|布朗族|撒拉族|毛南族|仡佬族|锡伯|塔吉克|怒族|鄂温克族|裕固族|保安族|独龙族|鄂伦春|各族"
)
_AREA_END = rf"(?:(?:{_PEOPLES})*自治(?:州|县|旗)|地区|盟|市|县|区|旗|林区|特区)$"
_COUNTRY = "中国"
_ENDS = "省市县区旗州盟"
# Headings of GB/T 2260 that name no place.
_HEADINGS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "郊区", "城区", "矿区"}


@dataclass(frozen=True)
class Regions:
    """Words of regions, the longest first; what each may stand for; those that name a place only
    after another: districts without their 区.
    """

    words: tuple[str, ...]
    codes: dict[str, frozenset[str]]
    inner: frozenset[str]
    counties: frozenset[str]

    def resolve(self, words: tuple[str, ...]) -> tuple[int, str | None, bool]:
        """Characters that these words at the head of a name take, the one code they agree on (null
        if none), and whether they are no more than a county without its 市 or 县: then it may be a
        字号.

        A word without 省, 市, 县 … after another counts only inside that: 新兴 after 无锡市 is no
        county of 广东. 中国 before a region belongs to it, and names no place by itself.
        """
        country = _COUNTRY if words[:1] == (_COUNTRY,) else ""
        used: list[str] = []
        possible = frozenset[str]()
        for word in words[1:] if country else words:
            if word == _COUNTRY or (not used and word in self.inner):
                break
            narrowed = _within(possible, self.codes[word]) if used else self.codes[word]
            if not narrowed and word[-1] not in _ENDS:
                break
            used.append(word)
            possible = narrowed
        lone = len(used) == 1 and used[0] in self.counties and used[0][-1] not in _ENDS
        if not used or (country and lone):
            return 0, None, False
        code = min(possible) if len(possible) == 1 else None
        return len(country) + sum(map(len, used)), code, lone


def _within(outer: frozenset[str], inner: frozenset[str]) -> frozenset[str]:
    """The codes that lie in one of the others; nothing lies in a place that is not known."""
    stems = {code[:2] if code.endswith("0000") else code[:4] for code in outer}
    return frozenset(code for code in inner if code[:2] in stems or code[:4] in stems)


@cache
def regions() -> Regions:
    """The region words of the product's table of division codes."""
    table = pl.read_csv(REFERENCE_DIRECTORY / "division_code.csv", infer_schema=False)
    codes: dict[str, set[tuple[str, str]]] = defaultdict(set)
    larger, counties, districts = set[str](), set[str](), set[str]()
    for code, name, last in table.select("division_code", "name_zh", "last_revision").iter_rows():
        if name in _HEADINGS or code == "100000":
            continue
        county = not code.endswith("00")
        stem = re.sub(_AREA_END if not code.endswith("0000") else _PROVINCE_END, "", name)
        words = {name, stem} if len(stem) > 1 else {name}
        if county and name.endswith("区"):
            counties.add(name)
            districts |= words - {name}
        elif county:
            # Counties became cities, and cities districts.
            words |= {stem + end for end in "市县区" if len(stem) > 1}
            counties |= words
        else:
            larger |= words
        for word in words:
            codes[word].add((last or "", code))
    return Regions(
        words=(*sorted(codes, key=lambda word: (-len(word), word)), _COUNTRY),
        codes={word: _latest(found) for word, found in codes.items()},
        inner=frozenset(districts - counties - larger),
        counties=frozenset(counties - larger),
    )


def _latest(found: set[tuple[str, str]]) -> frozenset[str]:
    """The codes in force last: a division that was recoded is one place."""
    return frozenset(code for last, code in found if last == max(found)[0])
