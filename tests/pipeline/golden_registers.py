"""Who the worked cases are about: their permits, registered offices and units."""

from __future__ import annotations

from collections.abc import Iterator

from tests.pipeline.golden_world import (
    HOME,
    NAMES,
    OUTSIDE,
    P1,
    P2,
    PARKS,
    Row,
    code,
    permit_no,
    place_of,
    who,
    zh,
)


def permits() -> Iterator[Row]:
    sites = [(name, "001P", place_of(name)) for name in NAMES if name != "g15"]
    lon, lat = place_of("g15")
    sites += [
        ("g15", "001P", (lon + 0.0007891, lat)),
        ("g15", "002P", PARKS[P2][1:]),
        ("g15", "003P", (OUTSIDE[0] + 0.0312345, OUTSIDE[1])),
    ]
    for name, number, (x, y) in sites:
        yield {
            "企业名称": zh(name),
            "排污许可证编号": permit_no(name, number),
            "统一社会信用代码": code(name),
            "生产经营场所经度": f"{x:.7f}",
            "生产经营场所纬度": f"{y:.7f}",
            "数据来源": "测试",
        }


def registered() -> Iterator[Row]:
    for name in NAMES:
        park = PARKS.get(HOME.get(name, ""), ("北京市海淀区中关村南大街",))[0]
        yield {
            "统一社会信用代码": code(name),
            "企业名称": zh(name),
            "住所": f"{park}1号",
            "登记状态": "存续",
        }


def units() -> list[Row]:
    """The sites of G15 (A metered, B and C by capacity, D an office); a second word for G33."""
    several = {**who("g15"), "法人单位代码": code("g15"), "单位类别": "产业活动单位"}
    lon, lat = place_of("g15")
    return [
        {**several, "排污许可证编号": permit_no("g15", "001P")},
        {
            **several,
            "排污许可证编号": permit_no("g15", "002P"),
            "生产能力": "200",
            "能力单位": "吨",
        },
        {
            **several,
            "排污许可证编号": permit_no("g15", "003P"),
            "生产能力": "100",
            "能力单位": "吨",
        },
        {
            **several,
            "单位所在地": f"{PARKS[P1][0]}9号",
            "场所用途": "办公",
            "从业人员": "100",
            "经度": f"{lon + 0.0023457:.7f}",
            "纬度": f"{lat:.7f}",
        },
        {
            **who("g33"),
            "单位类别": "法人单位",
            "排污许可证编号": permit_no("g33"),
            "单位所在地": f"{PARKS[P1][0]}3号",
        },
    ]
