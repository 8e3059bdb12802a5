"""What a file says in its name: marks of revision and supplement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.landing.lifecycle import marks


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("产量_2017.csv", ("产量_2017.csv", 0, 0)),
        ("产量_2017_修订.csv", ("产量_2017.csv", 1, 0)),
        ("产量_2017_修订2.csv", ("产量_2017.csv", 2, 0)),
        ("产量_2017（修订3）.csv", ("产量_2017.csv", 3, 0)),
        ("产量_2017_更正1_示意.csv", ("产量_2017.csv", 1, 0)),
        ("产量_2017_示意.csv", ("产量_2017.csv", 0, 0)),
        ("output 2017 rev2.xlsx", ("output 2017.xlsx", 2, 0)),
        ("output_v3.xlsx", ("output.xlsx", 3, 0)),
        ("产量_2017_补充1.csv", ("产量_2017.csv", 0, 1)),
        ("parks_修订1.shp.zip", ("parks.shp.zip", 1, 0)),
        ("修订.csv", ("修订.csv", 0, 0)),
        ("prev.csv", ("prev.csv", 0, 0)),
        ("river_v.csv", ("river_v.csv", 0, 0)),
        ("产量_2017_修订1.CSV", ("产量_2017.csv", 1, 0)),
        ("产量_2017.CSV", ("产量_2017.csv", 0, 0)),
        ("parks_修订1.SHP.Zip", ("parks.shp.zip", 1, 0)),
        ("产量_2017_第2次补充.csv", ("产量_2017.csv", 0, 2)),
        ("产量_2017_补充三.csv", ("产量_2017.csv", 0, 3)),
        ("产量_2017_更正稿.csv", ("产量_2017.csv", 1, 0)),
        ("产量_2017_修订版_示意.csv", ("产量_2017.csv", 1, 0)),
    ],
)
def test_a_name_says_what_the_file_is(name: str, said: tuple[str, int, int]) -> None:
    assert marks(name) == said


@pytest.mark.parametrize("around", ["_{}", "-{}", " {}", "{}", "（{}）", "_({})", "【{}】", "[{}]"])
@pytest.mark.parametrize(
    ("mark", "revision"),
    [
        ("修订", 1),
        ("修订版", 1),
        ("修订稿", 1),
        ("修订2", 2),
        ("修订版2", 2),
        ("修订版(1)", 1),
        ("修订（2）", 2),
        ("修订一", 1),
        ("修订二", 2),
        ("修订十", 10),
        ("修订十二", 12),
        ("第2次修订", 2),
        ("第 12 次修订", 12),
        ("第三次修订稿", 3),
        ("第十次修订", 10),
    ],
)
def test_a_revision_is_marked_in_many_ways(around: str, mark: str, revision: int) -> None:
    assert marks(f"工商登记_2023{around.format(mark)}.csv") == ("工商登记_2023.csv", revision, 0)


@pytest.mark.parametrize(
    "name",
    [
        "修订指标_2023.csv",
        "企业修订情况.csv",
        "修订版.csv",
        "第2次修订.csv",
        "产量_修订2023.csv",
        "产量_修订二〇二三.csv",
        "产量_修订版说明.csv",
        "产量_第2次.csv",
        "产量_二.csv",
        "产量_2017_最终版.csv",
        "产量_2017_副本.csv",
        "产量_2017_补充版.csv",
    ],
)
def test_a_word_within_a_name_is_no_mark(name: str) -> None:
    assert marks(name) == (name, 0, 0)


@given(st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text))
def test_any_name_has_a_subject(name: str) -> None:
    subject, revision, supplement = marks(name)
    assert subject or "示意" in name
    assert revision >= 0 and supplement >= 0
