"""What is read of an address, what is left open, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.enterprises.addresses import STATUSES, parse_addresses
from tests.enterprises.addresses.known import ASKED, answers, asked, parser, read, units, zones

TUNING = Path(__file__).with_name("tuning.csv")
COLUMNS = [
    *("division_code", "division_level", "division_now", "zone_zh", "park_id", "rest_zh"),
    *("status", "reason_zh"),
]


def test_the_set_it_was_made_on() -> None:
    table = pl.read_csv(TUNING, infer_schema_length=0)
    rows = table.select(
        pl.col("address").fill_null("").alias("address_zh"),
        pl.col("year").cast(pl.Int64),
        "context_code",
    )
    found = parser().parse(rows)
    assert table.height > 120
    for name in ("division_code", "zone_zh"):
        wrong = table.filter(table[name].fill_null("") != found[name].fill_null(""))
        assert wrong["address"].to_list() == []


def test_columns_rows_and_order() -> None:
    rows = asked(("昆山市", 2015, None), (None, None, None), ("昆山市", 2015, None))
    found = parse_addresses(rows, units(), zones())
    assert found.columns == COLUMNS
    assert found["division_code"].to_list() == ["320583", None, "320583"]
    empty = parse_addresses(pl.DataFrame(schema=ASKED), units(), zones())
    assert (empty.columns, empty.height) == (COLUMNS, 0)


STATUS = [
    ("江苏省昆山市千灯镇", "resolved", "320583"),
    ("江苏省鼓楼区中央路", "ambiguous", "320000"),
    ("鼓楼区中央路", "ambiguous", None),
    ("河北省南京市鼓楼区", "contradiction", None),
    ("甘肃省酒泉市嘉峪关市雄关东路", "contradiction", "620000"),
    ("江苏省南京市萧山区", "contradiction", "320100"),
    ("浙江省\ufffd\ufffd市", "damaged", "330000"),
    ("人民路1号", "no_division", None),
    ("美国特拉华州", "foreign", None),
    ("1209 Orange Street", "foreign", None),
    ("  ", "empty", None),
]


def test_status() -> None:
    found = read(*(address for address, _, _ in STATUS))
    assert [(r["status"], r["division_code"]) for r in found] == [(s, c) for _, s, c in STATUS]
    assert {status for _, status, _ in STATUS} == set(STATUSES)
    assert all(row["reason_zh"] for row in found)


ABOLISHED = [
    (2008, "320103", "320104", "今属秦淮区320104"),
    (2020, "320103", "320104", "用至2012年"),
    (None, "320103", "320104", "用至2012年"),
]


def test_an_abolished_district() -> None:
    found = answers(*(("南京市白下区中山东路1号", year, None) for year, *_ in ABOLISHED))
    for row, (_, code, now, said) in zip(found, ABOLISHED, strict=True):
        assert (row["division_code"], row["division_now"]) == (code, now)
        assert said in row["reason_zh"]


def test_a_name_newer_than_the_year_says_so() -> None:
    found = read("常州市武进区湖塘镇", year=1997)[0]
    assert found["division_code"] == "320412"
    assert "自2002年起" in found["reason_zh"]


def test_a_code_of_its_own_year() -> None:
    found = answers(("湖北省仙桃市", 1990, None), ("湖北省仙桃市", 2015, None))
    assert [row["division_code"] for row in found] == ["422401", "429004"]


def test_a_split_division_has_no_code_of_today() -> None:
    found = read("吴县市木渎镇", year=1998)[0]
    assert (found["division_code"], found["division_now"]) == ("320586", None)


KNOWN = [
    ("民主北路70号", "320300", "320300"),
    ("鼓楼区中央路", "320300", "320302"),
    ("江苏省中央路", "320300", "320300"),
    ("南京市中央路", "320300", "320100"),
    ("南京市鼓楼区", "320300", "320106"),
    ("栖霞迈皋桥", "320100", "320113"),
    ("栖霞迈皋桥", None, None),
    ("通州金沙镇", "320600", "320612"),
    ("南丰永联村", "320500", "320500"),
    ("人民路", "999999", None),
]


def test_what_is_known_serves_where_the_text_is_open() -> None:
    found = answers(*((address, 2015, context) for address, context, _ in KNOWN))
    assert [row["division_code"] for row in found] == [code for _, _, code in KNOWN]


def test_the_text_wins_and_says_so() -> None:
    against, instead = answers(("南京市中央路", 2015, "320300"), ("民主北路70号", 2015, "320300"))
    assert "以文字为准" in against["reason_zh"]
    assert "按已知的徐州市320300" in instead["reason_zh"]


RESTS = [
    ("江苏省昆山市千灯镇石浦路1号", "千灯镇石浦路1号"),
    ("（江苏省）昆山市千灯镇", "千灯镇"),
    ("邮编215300江苏省昆山市千灯镇", "邮编215300千灯镇"),
    ("上海市场中路685弄", "场中路685弄"),
    ("人民路１２ 号", "人民路12号"),
    ("佛山市顺德区北?路6号", "北?路6号"),
]


def test_nothing_of_the_rest_is_lost() -> None:
    found = read(*(address for address, _ in RESTS))
    assert [row["rest_zh"] for row in found] == [rest for _, rest in RESTS]


INSIDE = [
    ("盛泽东方市场原料商区1幢", None),  # a market
    ("北京市朝阳门北大街8号", "110000"),  # a gate
    ("杭州市萧山区市心北路99号", "330109"),
    ("广东省东莞市东城区莞樟大道", "441900"),  # a quarter, no division
    ("陕西省西安市长安区", "610116"),
    ("西安市长安路", "610100"),
    ("福州市马尾区儒江西路1号", "350105"),
]


def test_names_inside_other_names() -> None:
    found = read(*(address for address, _ in INSIDE))
    assert [row["division_code"] for row in found] == [code for _, code in INSIDE]


def test_what_stands_behind_the_first_number_is_read_too() -> None:
    found = read("江苏省苏州市甲路12号(苏州工业园区)", "215300昆山市甲路1号", "苏州市甲路12号3室")
    assert [row["zone_zh"] for row in found] == ["苏州工业园区", None, None]
    assert [row["division_code"] for row in found] == ["320500", "320583", "320500"]
    assert found[2]["rest_zh"] == "甲路12号3室"


def test_an_address_of_many_characters() -> None:
    assert read("江苏省昆山市" + "千灯镇石浦路" * 80)[0]["division_code"] == "320583"
