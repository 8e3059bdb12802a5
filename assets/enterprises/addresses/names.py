"""The names under which an address may speak of a division: whole, short and shortened ones."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.enterprises.addresses.units import Division, Divisions

_PEOPLES = (
    *("蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白"),
    *("土家", "哈尼", "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "拉祜", "水", "东乡", "纳西"),
    *("景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯"),
    *("阿昌", "普米", "塔吉克", "怒", "鄂温克", "德昂", "保安", "裕固", "独龙", "鄂伦春", "各"),
)
# 哈萨克自治州 and 蒙古自治州 stand without 族.
_OF_PEOPLES = re.compile(
    "(?:(?:"
    + "|".join(sorted(_PEOPLES, key=len, reverse=True))
    + ")族|哈萨克|柯尔克孜|蒙古|塔吉克|"
    "锡伯|达斡尔|维吾尔)+$"
)
_SUFFIXES = ("特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "林区", "新区", "特区")
# A short name cut from 土默特左旗 would name nothing.
_SIDES = re.compile(r"(?:[前后左右中]|联合)旗$")
_SPOKEN = {
    "锡盟": "锡林郭勒盟",
    "阿盟": "阿拉善盟",
    "呼盟": "呼伦贝尔盟",
    "哲盟": "哲里木盟",
    "伊盟": "伊克昭盟",
    "乌盟": "乌兰察布盟",
    "巴盟": "巴彦淖尔盟",
    "巴州": "巴音郭楞蒙古自治州",
    "博州": "博尔塔拉蒙古自治州",
    "克州": "克孜勒苏柯尔克孜自治州",
}
# GB/T 2260 has no codes below Taiwan, Hong Kong and Macau; these names say no more than which.
_BEYOND = {
    "710000": (
        *("台北市", "新北市", "桃园市", "台中市", "台南市", "高雄市", "基隆市", "新竹市", "嘉义市"),
        *("新竹县", "苗栗县", "彰化县", "南投县", "云林县", "嘉义县", "屏东县", "宜兰县", "花莲县"),
        *("台东县", "澎湖县", "台北县", "台中县", "台南县", "高雄县", "桃园县"),
    ),
    "810000": (
        *("九龙湾", "九龙塘", "尖沙咀", "铜锣湾", "湾仔区", "油尖旺区", "深水埗区"),
        *("HongKong", "HONGKONG", "Hongkong"),
    ),
    "820000": ("Macau", "MACAU", "Macao", "MACAO"),
}


@dataclass
class Readings:
    """The divisions that a name may mean: as a whole name, or as a short one."""

    full: list[Division] = field(default_factory=list)
    short: list[Division] = field(default_factory=list)


def stem_of(name: str) -> str:
    """The name without its kind and its peoples: 延边 of 延边朝鲜族自治州."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return _without_peoples(name.removesuffix(suffix))
    if _SIDES.search(name):
        return name
    stem = name[:-1] if name[-1] in "省市县区盟旗州" else name
    return _without_peoples(stem) if stem.endswith("族") else stem


def _without_peoples(name: str) -> str:
    """内蒙古 is a name of its own."""
    short = _OF_PEOPLES.sub("", name)
    return short if len(short) >= 2 else name


def names_of(divisions: Divisions) -> dict[str, Readings]:
    """Every name of every division of all years, with what it may mean."""
    found: dict[str, Readings] = defaultdict(Readings)
    for unit in divisions.all:
        found[unit.name].full.append(unit)
        for name in _other_full(unit, divisions):
            found[name].full.append(unit)
        stem = stem_of(unit.name)
        if len(stem) >= 2 and stem != unit.name:
            found[stem].short.append(unit)
    for short, name in _SPOKEN.items():
        found[short].full.extend(u for u in divisions.all if u.name == name)
    for code, names in _BEYOND.items():
        for name in names:
            found[name].full.extend(divisions.by_code.get(code, ()))
    found["内蒙"].short.extend(divisions.by_code.get("150000", ()))
    return dict(found)


def _other_full(unit: Division, divisions: Divisions) -> Iterator[str]:
    """Other names that have a kind: 延边州, 宁夏自治区, 景宁县; 济南市中区 for 济南 and 市中区."""
    stem = stem_of(unit.name)
    kinds = {"自治州": "州", "自治县": "县", "自治旗": "旗", "自治区": ""}
    for kind, plain in kinds.items():
        if unit.name.endswith(kind) and len(stem) >= 2:
            if unit.name != stem + kind:
                yield stem + kind
            if plain:
                yield stem + plain
    if unit.name.endswith("族区"):
        yield stem + "区"
    if unit.name.endswith("地区"):
        yield stem + "专区"
    if unit.name[0] == "市" and unit.parent:
        for city in divisions.by_code.get(unit.parent, ()):
            yield stem_of(city.name) + unit.name
