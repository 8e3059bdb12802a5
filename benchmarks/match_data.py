"""Two invented registers of the same enterprises, and which record is which.

The truth is by construction: every record is a view of one enterprise, and each view has faults of
its own. Nobody real is described; the codes pass GB 32100 but their organisation part is invented.

Enterprises: names of region, 字号, trade and legal form. The 字号 are drawn unevenly, so that many
coincide, and one in five enterprises is made of another one: its namesake in another city, a
sister of the same 字号 and place with another trade, a works numbered 第一分厂, 第二分厂, a branch,
or the 集团 it belongs to. A fifth of each register has no counterpart in the other.

Faults of a record, each drawn by itself: 15 % have no USCC; 2 % a wrong one, half of these that of
another enterprise and half mistyped (then it fails its check). Names: typing errors 3 %, shortened
4 %, legal form written otherwise 6 %, another form after restructuring 1 %, traditional characters
2 %, full-width brackets, 市 left out. 0.6 % of enterprises were renamed and 6 % moved between the
registers; addresses are missing (12 %), shortened, mistyped; divisions missing or of the province
only (5 % each); points are there for two in five, 150 m about.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import opencc
import polars as pl
from numpy.typing import NDArray

from assets.enterprises.uscc import ALPHABET
from assets.landing.ingest import REFERENCE_DIRECTORY
from benchmarks.match_faults import ENDS, LETTERS, Draw, mistyped, named, some, with_faults

_TRADES = """
机械 化工 科技 电子 贸易 建材 纺织 塑料制品 食品 五金制品 环保科技 电气设备 新材料 汽车配件
包装材料 印刷 服饰 工贸 实业 物资 水泥 钢铁 铸造 电力 热电 能源 煤焦化 医药 生物科技 精细化工
金属制品 家具 陶瓷 玻璃 电缆 轴承 阀门 模具 橡胶制品 造纸 饲料 粮油 酒业 建筑工程 园林绿化 物流
运输 房地产开发 农业发展 电器制造 仪器仪表 自动化设备 新能源科技 半导体材料 光伏材料 石化设备
耐火材料 有色金属 铝业 纸业 针织 印染 皮革制品 木业 装饰材料 混凝土 砂石 沥青 消防器材 电梯
制冷设备 风机 锅炉 管业 船舶配件 汽车零部件 乳业 肉类加工 冷链 茶业 果蔬 种苗 养殖 水产品 制药
医疗器械 日化用品 玩具 礼品 文化用品 信息技术 软件 通信设备 光学仪器
"""
_ROADS = """
人民路 解放路 中山路 建设路 工业路 创业路 兴业路 振兴路 纬一路 纬二路 经三路 经五路 科技路
长江路 黄河路 迎宾大道 开发大道 滨河路 园区南路 园区北路 环城东路 环城西路 新华街 文化路 青年路
光明路 幸福路 团结路 胜利路 和平路 富强路 民主路 健康路 学府路 站前路 交通路 朝阳路 东风路
南环路 北环路
"""
_TOWNS = """
城关镇 河东镇 新桥镇 石桥镇 太平镇 永安镇 白沙镇 东湖街道 西关街道 南山街道 长安乡 新城街道
"""
# As many 字号 are drawn from, whatever the size.
_CORES = 20_000
_NUMERALS = "一二三四五六七八九"


def registers(size: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Two registers of `size` records with the columns that linkage takes and `uscc_text`, and the
    pairs of records that are one enterprise (`left_id`, `right_id`).
    """
    draw = np.random.default_rng(seed)
    shared = size * 4 // 5
    people = _enterprises(size + size - shared, draw)
    left_rows = np.arange(size)
    right_rows = np.concatenate([np.arange(shared), np.arange(size, people.height)])
    left = _viewed(people[left_rows], "L", draw)
    right = _viewed(_later(people, draw)[right_rows], "R", draw)
    truth = left.select("enterprise", left_id="record_id").join(
        right.select("enterprise", right_id="record_id"), on="enterprise"
    )
    columns = pl.exclude("enterprise")
    return left.select(columns), right.select(columns), truth.drop("enterprise")


def changed(side: pl.DataFrame, share: float, seed: int) -> tuple[pl.DataFrame, pl.Series]:
    """The register with a share of its records delivered anew (name and address typed again), and
    their ids.
    """
    draw = np.random.default_rng(seed)
    touched = pl.Series(draw.random(side.height) < share)
    fresh = side.with_columns(
        pl.when(touched)
        .then(mistyped(side["name_zh"], draw))
        .otherwise("name_zh")
        .alias("name_zh"),
        pl.when(touched).then(None).otherwise("address_zh").alias("address_zh"),
    )
    return fresh, side.filter(touched)["record_id"]


def _pick(values: Any, count: int, draw: Draw, uneven: float = 0.0) -> pl.Series:
    """Values drawn; `uneven` makes the first ones the more frequent (Zipf exponent)."""
    weights = 1.0 / np.arange(1, len(values) + 1) ** uneven
    return pl.Series(values).gather(draw.choice(len(values), count, p=weights / weights.sum()))


def _divisions() -> pl.DataFrame:
    """Counties of today with prefecture and province names."""
    table = pl.read_csv(REFERENCE_DIRECTORY / "division_code.csv", infer_schema=False).filter(
        pl.col("last_revision") == "2019-04"
    )
    names = dict(table.select("division_code", "name_zh").iter_rows())
    return table.filter(
        ~pl.col("division_code").str.ends_with("00") & ~pl.col("name_zh").is_in(["市辖区", "县"])
    ).select(
        pl.col("division_code").alias("county_code"),
        pl.col("name_zh").alias("county"),
        pl.col("division_code")
        .map_elements(lambda c: _city(names, c), return_dtype=pl.String)
        .alias("city"),
        pl.col("division_code")
        .map_elements(lambda c: names.get(c[:2] + "0000", ""), return_dtype=pl.String)
        .alias("province"),
    )


def _city(names: dict[str, str], code: str) -> str:
    own = names.get(code[:4] + "00", "")
    return own if own and "辖" not in own and own != "县" else names.get(code[:2] + "0000", "")


def _enterprises(count: int, draw: Draw) -> pl.DataFrame:
    """Enterprises with name parts, place, street and code."""
    places = _divisions()
    order = draw.permutation(places.height)
    # Some counties have many times the industry of others.
    at = _pick(order, count, draw, 0.6)
    cores = _cores(np.random.default_rng(_CORES))
    base = places[at].with_columns(
        _pick(cores, count, draw, 0.6).alias("core"),
        _pick(_TRADES.split(), count, draw, 0.4).alias("trade"),
        _pick(["有限公司", "有限责任公司", "厂", "股份有限公司", "公司"], count, draw, 1.6).alias(
            "form"
        ),
        _pick(
            ["city", "city_full", "province", "county", "bracket", "none"], count, draw, 0.8
        ).alias("style"),
        pl.lit("").alias("suffix"),
        *_streets(count, draw),
    )
    base = _relatives(base, draw)
    return base.with_row_index("enterprise").with_columns(
        _codes(base["county_code"], draw).alias("uscc_text"),
        *(pl.Series(axis, values) for axis, values in _points(base["county_code"], draw).items()),
    )


def _cores(draw: Draw) -> pl.Series:
    """字号 of two to four characters, the same in every run."""
    letters = list(dict.fromkeys(LETTERS))
    characters = [_pick(letters, _CORES, draw, 0.5) for _ in range(4)]
    length = pl.Series(draw.choice([2, 3, 4], _CORES, p=[0.62, 0.28, 0.10]))
    return (
        pl.select(pl.concat_str(*characters).str.head(length))
        .to_series()
        .unique(maintain_order=True)
    )


def _relatives(base: pl.DataFrame, draw: Draw) -> pl.DataFrame:
    """One in five becomes a relative of another: namesake, sister, numbered works or branch."""
    count = base.height
    model = base[pl.Series(draw.integers(0, count, count))]
    kind = draw.choice(6, count, p=[0.79, 0.07, 0.05, 0.04, 0.04, 0.01])
    number = _pick(list(_NUMERALS), count, draw, 0.7)
    like = {name: model[name] for name in ("core", "trade", "form", "style", "province")}
    place = {name: model[name] for name in ("county_code", "county", "city")}
    namesake, sister, works, branch, group = (pl.Series(kind == k) for k in (1, 2, 3, 4, 5))
    relative = namesake | sister | works | branch | group
    columns = [
        pl.when(relative).then(values).otherwise(pl.col(name)).alias(name)
        for name, values in like.items()
        if name not in ("trade", "province")
    ]
    columns.append(
        pl.when(namesake | works | branch | group)
        .then(like["trade"])
        .otherwise("trade")
        .alias("trade")
    )
    columns += [
        pl.when(sister | works | group).then(values).otherwise(pl.col(name)).alias(name)
        for name, values in {**place, "province": like["province"]}.items()
    ]
    made = base.with_columns(*columns).with_columns(
        pl.when(group).then(pl.lit("集团有限公司")).otherwise("form").alias("form"),
        # A branch is named after its parent's city and its own county.
        pl.when(branch).then(place["city"]).otherwise("city").alias("named_city"),
        pl.when(branch).then(place["county"]).otherwise("county").alias("named_county"),
        pl.when(branch).then(like["province"]).otherwise("province").alias("named_province"),
        pl.when(works)
        .then(pl.format("第{}分厂", number))
        .when(branch)
        .then(pl.concat_str(pl.col("county").str.replace(ENDS, ""), pl.lit("分公司")))
        .otherwise(pl.lit(""))
        .alias("suffix"),
    )
    # Those of a county are named by the county; a sister is named like its parent.
    return made.with_columns(
        pl.when(sister | works | group)
        .then(place["city"])
        .otherwise("named_city")
        .alias("named_city"),
        pl.when(sister | works | group)
        .then(place["county"])
        .otherwise("named_county")
        .alias("named_county"),
        pl.when(sister | works | group)
        .then(like["province"])
        .otherwise("named_province")
        .alias("named_province"),
    )


def _streets(count: int, draw: Draw) -> list[pl.Expr]:
    house = pl.Series(draw.integers(1, 900, count)).cast(pl.String)
    return [
        pl.concat_str(
            _pick(_TOWNS.split(), count, draw),
            _pick(_ROADS.split(), count, draw),
            house,
            pl.lit("号"),
        ).alias("street")
    ]


def _codes(counties: pl.Series, draw: Draw) -> pl.Series:
    """USCC whose check fits; the organisation part is drawn."""
    count = len(counties)
    value = np.zeros(256, dtype=np.int64)
    value[[ord(c) for c in ALPHABET]] = np.arange(31)
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
    head = np.frombuffer("".join(counties.to_list()).encode(), dtype=np.uint8).reshape(-1, 6)
    code = np.empty((count, 18), dtype=np.uint8)
    code[:, 0], code[:, 1], code[:, 2:8] = ord("9"), ord("1"), head
    code[:, 8:17] = letters[draw.integers(0, 31, (count, 9))]
    weights = np.array([pow(3, i, 31) for i in range(17)])
    code[:, 17] = letters[(31 - value[code[:, :17]] @ weights % 31) % 31]
    return pl.Series("uscc_text", [row.tobytes().decode() for row in code])


def _points(counties: pl.Series, draw: Draw) -> dict[str, NDArray[np.float64]]:
    """A point for each enterprise around one invented for its county."""
    number = counties.cast(pl.Int64).to_numpy()
    lon = 80 + (number * 7919 % 50_000) / 1000
    lat = 20 + (number * 104_729 % 28_000) / 1000
    count = len(counties)
    return {"lon": lon + draw.normal(0, 0.08, count), "lat": lat + draw.normal(0, 0.06, count)}


def _later(people: pl.DataFrame, draw: Draw) -> pl.DataFrame:
    """The enterprises at the time of the second register: some renamed, restructured or moved."""
    count = people.height
    renamed = pl.Series(draw.random(count) < 0.006)
    moved = pl.Series(draw.random(count) < 0.06)
    # A quarter of the moves leave the county, one in seven the prefecture.
    how = draw.random(count)
    near, far = moved & pl.Series((how > 0.15) & (how < 0.4)), moved & pl.Series(how <= 0.15)
    other = people[pl.Series(draw.permutation(count))]
    beside = _in_same_city(people, draw)
    return people.with_columns(
        pl.when(renamed).then(other["core"]).otherwise("core").alias("core"),
        pl.when(pl.Series(draw.random(count) < 0.01))
        .then(pl.lit("股份有限公司"))
        .otherwise("form")
        .alias("form"),
        pl.when(moved).then(other["street"]).otherwise("street").alias("street"),
        *(
            pl.when(far)
            .then(other[name])
            .when(near)
            .then(beside[name])
            .otherwise(pl.col(name))
            .alias(name)
            for name in ("county_code", "county", "city", "province", "lon", "lat")
        ),
    )


def _in_same_city(people: pl.DataFrame, draw: Draw) -> pl.DataFrame:
    """For each enterprise another one of its city."""
    rows = (
        people.select("city")
        .with_row_index()
        .with_columns(turn=pl.Series(draw.random(people.height)))
    )
    ordered = rows.sort("city", "turn").with_columns(
        pl.col("index")
        .shift(-1)
        .over("city")
        .fill_null(pl.col("index").first().over("city"))
        .alias("next")
    )
    return people[ordered.sort("index")["next"]]


def _viewed(people: pl.DataFrame, letter: str, draw: Draw) -> pl.DataFrame:
    """Records of a register in random order, each with faults of its own."""
    count = people.height
    chance = [pl.Series(draw.random(count)) for _ in range(12)]
    rows = people.with_columns(
        pl.when(chance[0] < 0.06)
        .then(pl.col("form").replace({"有限公司": "有限责任公司", "有限责任公司": "有限公司"}))
        .otherwise("form")
        .alias("form"),
    )
    rows = rows.with_columns(named(chance[1], chance[2]).alias("name_zh"))
    names = rows["name_zh"]
    names = some(names, chance[3] < 0.03, lambda s: mistyped(s, draw))
    traditional = opencc.OpenCC("s2t")
    names = some(names, chance[4] < 0.02, lambda s: pl.Series([traditional.convert(x) for x in s]))
    names = some(names, chance[5] < 0.4, lambda s: s.str.replace_many({"(": "（", ")": "）"}))
    code = with_faults(rows["uscc_text"], draw)
    has_point = chance[6] < 0.4
    spread = draw.normal(0, 0.0015, (2, count))
    whole = pl.concat_str(pl.when(chance[7] < 0.5).then(pl.lit("")).otherwise("county"), "street")
    street = rows.select(whole).to_series()
    street = some(street, chance[8] < 0.1, lambda s: s.str.replace(r"^.*?(镇|街道|乡)", ""))
    street = some(street, chance[9] < 0.03, lambda s: mistyped(s, draw))
    order = draw.permutation(count)
    view = rows.with_columns(
        names.alias("name_zh"),
        *code.get_columns(),
        pl.lit(None, pl.String).alias("reg_no"),
        pl.when(chance[10] < 0.05)
        .then(None)
        .when(chance[10] < 0.10)
        .then(pl.concat_str(pl.col("county_code").str.head(2), pl.lit("0000")))
        .otherwise("county_code")
        .alias("division_code"),
        pl.when(chance[11] >= 0.12).then(street).alias("address_zh"),
        pl.when(has_point).then(pl.col("lon") + spread[0]).alias("lon"),
        pl.when(has_point).then(pl.col("lat") + spread[1]).alias("lat"),
        pl.when(has_point).then(pl.lit(150.0)).alias("point_precision_m"),
    )
    columns = "enterprise name_zh uscc org_code reg_no division_code address_zh lon lat"
    return (
        view.select(*columns.split(), "point_precision_m", "uscc_text")
        .with_columns(pl.format(letter + "{}", pl.Series(order)).alias("record_id"))
        .sort("record_id")
    )
