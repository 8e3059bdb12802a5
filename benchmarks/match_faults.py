"""How registers write names and codes, and the faults they make."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from assets.enterprises.uscc import ALPHABET

Draw = np.random.Generator
LETTERS = (
    "华兴盛隆昌达泰恒信诚德润丰源鑫金宏伟远东方海天宇龙凤祥瑞福康安宁和美佳嘉荣富贵永久长春明亮光辉"
    "煌新亚欧美洋江河湖山川峰岭林森木水清泉玉石银铜铁钢中正大成立业创科智慧博文雅艺百千万亿利通顺畅"
    "捷迅飞腾跃鹏程鸿雁翔云星辰日月晨曦阳晖朗晴蓝绿青紫红黄白双三联合众力强劲锐锋超越卓尔优特奇精工"
    "巧匠心灵圣贤良善仁义礼孝忠勇尚品质真诺维克斯曼迪奥凯帝豪威格林菲亚特尼尔"
)
ENDS = "(?:市|省|自治区|县|区)$"


def named(city: pl.Series, shortened: pl.Series) -> pl.Expr:
    """The name as a register writes it: region, 字号, trade, legal form, suffix."""
    bare = pl.col("named_city").str.replace(ENDS, "")
    style = pl.col("style")
    short = pl.Series(shortened < 0.04)
    region = (
        pl.when(style == "city_full")
        .then(pl.when(city < 0.1).then(bare).otherwise("named_city"))
        .when(style == "city")
        .then(pl.when(city < 0.1).then(pl.col("named_city")).otherwise(bare))
        .when(style == "province")
        .then(pl.col("named_province").str.replace(r"(?:省|市|(?:维吾尔|壮族|回族)?自治区)$", ""))
        .when(style == "county")
        .then(pl.col("named_county"))
        .otherwise(pl.lit(""))
    )
    inner = pl.when(style == "bracket").then(pl.format("({})", bare)).otherwise(pl.lit(""))
    dropped = short & pl.Series(shortened < 0.02)
    return pl.concat_str(
        pl.when(dropped).then(pl.lit("")).otherwise(region),
        "core",
        inner,
        "trade",
        pl.when(short & ~dropped & pl.col("form").str.ends_with("公司"))
        .then(pl.lit("公司"))
        .otherwise("form"),
        "suffix",
    )


def some(values: pl.Series, chosen: pl.Series, change: Any) -> pl.Series:
    rows = chosen.arg_true()
    return values.clone().scatter(rows, change(values.gather(rows)))


def mistyped(texts: pl.Series, draw: Draw) -> pl.Series:
    """One character of each text replaced, left out, doubled, or changed places with the next."""
    made = []
    kinds, spots = draw.integers(0, 4, len(texts)), draw.random(len(texts))
    others = draw.choice(list(LETTERS), len(texts))
    for text, kind, spot, other in zip(texts, kinds, spots, others, strict=True):
        if text is None or len(text) < 3:
            made.append(text)
            continue
        i = int(spot * (len(text) - 1))
        middle = {0: other, 1: "", 2: text[i] * 2, 3: text[i + 1] + text[i]}[int(kind)]
        made.append(text[:i] + middle + text[i + (2 if kind == 3 else 1) :])
    return pl.Series(made, dtype=pl.String)


def with_faults(codes: pl.Series, draw: Draw) -> pl.DataFrame:
    """`uscc_text` as delivered, `uscc` if its check fits, `org_code`."""
    count = len(codes)
    chance = pl.Series(draw.random(count))
    other = codes.gather(draw.permutation(count))
    digit = draw.integers(9, 17, count)
    typed = [
        code[:i] + ALPHABET[(ALPHABET.index(code[i]) + 1) % 31] + code[i + 1 :]
        for code, i in zip(codes, digit, strict=True)
    ]
    frame = pl.DataFrame({"chance": chance, "code": codes, "other": other, "typed": typed})
    delivered = (
        pl.when(pl.col("chance") < 0.15)
        .then(None)
        .when(pl.col("chance") < 0.16)
        .then("other")
        .when(pl.col("chance") < 0.17)
        .then("typed")
        .otherwise("code")
    )
    checked = pl.when(~pl.col("chance").is_between(0.16, 0.17, closed="left")).then(delivered)
    return frame.select(
        delivered.alias("uscc_text"),
        checked.alias("uscc"),
        checked.str.slice(8, 9).alias("org_code"),
    )
