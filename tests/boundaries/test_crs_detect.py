"""An undeclared coordinate system is found, or said to be unknown: files made of divisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from assets.boundaries.crs import cgcs2000_to_bd09, cgcs2000_to_gcj02
from assets.boundaries.crs.detect import detect
from assets.boundaries.crs.finding import CrsFinding, Ground
from assets.boundaries.crs.ground import code_in_text, ground_of_codes, ground_of_texts
from assets.boundaries.divisions import GEOD, counties
from tests.boundaries.crs_files import (
    Move,
    as_minutes,
    as_seconds,
    by_sheet_shift,
    county_shapes,
    drawn_again,
    moved,
    places_in,
    projected,
    swapped,
)

# Liaoning, Hunan, Gansu: east and west, north and south; Shanghai is small.
PROVINCES = ("31", "62", *(pytest.param(each, marks=pytest.mark.slow) for each in ("21", "43")))
LAMBERT = "+proj=lcc +lat_1=30 +lat_2=62 +lat_0=0 +lon_0=105 +ellps=krass +type=crs"


def plain(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    return lon, lat


def zones(province: str) -> tuple[int, int]:
    """Three- and six-degree zone of a province."""
    lon = float(np.median(shapely.get_x(shapely.centroid(county_shapes(province)))))
    return round(lon / 3), int(lon // 6) + 1


def files(province: str) -> dict[str, tuple[Move, str]]:
    """How a file is written, and the label of the reading that must be found."""
    three, six = zones(province)
    prefixed, meridian = 4513 + three - 25, 4534 + three - 25
    prefixed_6, meridian_6 = 4491 + six - 13, 4534 + 2 * (six - 13)
    return {
        "CGCS2000": (plain, "EPSG:4490"),
        "GCJ-02": (cgcs2000_to_gcj02, "GCJ-02"),
        "BD-09": (cgcs2000_to_bd09, "BD-09"),
        "latitude first": (swapped(plain), "EPSG:4490 (northing first)"),
        "GCJ-02, latitude first": (swapped(cgcs2000_to_gcj02), "GCJ-02 (northing first)"),
        "DD.MMmm": (as_minutes, "EPSG:4490 (DD.MMmm)"),
        "DD.MMSS": (as_seconds, "EPSG:4490 (DD.MMSS)"),
        "three degrees, zone": (projected(prefixed), f"EPSG:{prefixed}"),
        "three degrees, northing first": (
            swapped(projected(meridian)),
            f"EPSG:{meridian} (northing first)",
        ),
        "three degrees": (projected(meridian), f"EPSG:{meridian}"),
        "six degrees, zone": (projected(prefixed_6), f"EPSG:{prefixed_6}"),
        "six degrees": (projected(4502 + six - 13), f"EPSG:{meridian_6}"),
        "Xian 1980, zone": (by_sheet_shift(2349 + three - 25), f"EPSG:{prefixed}"),
        "Beijing 1954": (projected(2422 + three - 25), f"EPSG:{meridian}"),
        "Beijing 1954, six degrees, zone": (projected(21413 + six - 13), f"EPSG:{prefixed_6}"),
        "Beijing 1954, Lambert": (projected(LAMBERT), "Beijing 1954 / Lambert 105E 30/62N"),
        "Web Mercator": (projected(3857), "EPSG:3857"),
    }


def told(finding: CrsFinding) -> set[str]:
    """Labels of the systems that the finding leaves."""
    found = {each.label for each in finding.undecided}
    return found | ({finding.system.label} if finding.system else set())


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("written", files("43"))
def test_districts_redrawn_with_100_m_of_error_are_found_in_any_system(
    written: str, province: str
) -> None:
    known = county_shapes(province)
    move, label = files(province)[written]
    finding = detect(moved(drawn_again(known, 1), move), [Ground("outline", known)])
    assert label in told(finding)
    datums = {each.datum.name for each in finding.undecided}
    if finding.system is None:
        # One zone on three datums, which are said not to be told apart.
        assert datums == {"CGCS2000", "Xian 1980", "Beijing 1954"} and len(finding.undecided) == 3
        assert len({each.name.split("Gauss-Kruger")[1] for each in finding.undecided}) == 1
        assert finding.accuracy_m == 127.0
        assert "degrees" in written or "1980" in written or "1954" in written
    else:
        assert finding.basis in ("ground", "numbers")
        assert not finding.undecided and not finding.contradicts


@pytest.mark.parametrize("written", ["GCJ-02", "BD-09", "DD.MMmm", "three degrees", "Web Mercator"])
@pytest.mark.parametrize("province", PROVINCES)
def test_points_in_declared_counties_never_tell_another_system(province: str, written: str) -> None:
    points, grounds = places_in(county_shapes(province), 300, seed=3)
    move, label = files(province)[written]
    finding = detect(moved(points, move), [Ground("within", grounds)])
    assert label in told(finding)
    if written in ("DD.MMmm", "Web Mercator", "three degrees"):
        assert len(finding.undecided) in (0, 3)


def test_many_points_tell_what_few_do_not() -> None:
    points, grounds = places_in(county_shapes("43"), 4000, seed=4)
    shifted = moved(points, cgcs2000_to_gcj02)
    many = detect(shifted, [Ground("within", grounds)])
    few = detect(shifted[:40], [Ground("within", grounds[:40])])
    assert many.system is not None and many.system.code == "GCJ-02"
    assert many.p_value is not None and many.p_value < 0.001
    assert few.system is None and told(few) == {"EPSG:4490", "GCJ-02", "BD-09"}


def test_reference_points_tell_the_map_service_of_a_list() -> None:
    points, _ = places_in(county_shapes("43"), 60, seed=5)
    for move, code in (
        (plain, "EPSG:4490"),
        (cgcs2000_to_gcj02, "GCJ-02"),
        (cgcs2000_to_bd09, "BD-09"),
    ):
        finding = detect(moved(points, move), [Ground("near", points)])
        assert finding.system is not None and finding.system.code == code
        assert finding.votes is not None and finding.votes[1] == 0
        assert finding.margin == 1.0


def test_undeclared_degrees_may_be_of_an_old_datum() -> None:
    known = county_shapes("43")
    finding = detect(known, [Ground("outline", known)])
    declared = detect(known, [Ground("outline", known)], declared="EPSG:4326")
    assert (finding.accuracy_m, declared.accuracy_m) == (127.0, 1.0)
    assert declared.system is not None and declared.system.code == "EPSG:4326"
    assert declared.basis == "ground"


@pytest.mark.parametrize("declared", ["EPSG:2363", "EPSG:2415", "EPSG:4527"])
def test_a_declared_datum_is_taken_where_the_zone_fits(declared: str) -> None:
    known = county_shapes("31")
    shapes = moved(known, projected(4527 + 1))
    right = detect(shapes, [Ground("outline", known)], declared=f"EPSG:{int(declared[5:]) + 1}")
    assert right.system is not None and right.system.code == f"EPSG:{int(declared[5:]) + 1}"
    assert not right.contradicts and not right.undecided
    wrong = detect(shapes, [Ground("outline", known)], declared=declared)
    assert wrong.contradicts and wrong.system is None
    assert {each.code for each in wrong.undecided} == {"EPSG:4528", "EPSG:2364", "EPSG:2416"}
    assert any("contradicts" in fact.en for fact in wrong.evidence)
    assert any("矛盾" in fact.zh for fact in wrong.evidence)


def test_a_prj_of_wgs_84_over_gcj02_is_contradicted() -> None:
    known = county_shapes("31")
    shapes = moved(drawn_again(known, 2), cgcs2000_to_gcj02)
    finding = detect(shapes, [Ground("outline", known)], declared="EPSG:4326")
    assert finding.contradicts and finding.system is not None and finding.system.code == "GCJ-02"


def test_a_generalized_layer_says_nothing_about_map_services() -> None:
    known = county_shapes("62")
    coarse = drawn_again(known, 6, error_m=1500)
    silent = detect(coarse, [Ground("outline", known)])
    assert silent.system is None and {"EPSG:4490", "GCJ-02"} <= told(silent)
    said = detect(coarse, [Ground("outline", known)], declared="EPSG:4490")
    assert said.system is not None and said.system.code == "EPSG:4490"
    assert said.basis == "declared" and "GCJ-02" in told(said) and not said.contradicts
    # Gross differences are still seen.
    gross = detect(moved(coarse, swapped(plain)), [Ground("outline", known)], declared="EPSG:4490")
    assert gross.contradicts


def test_without_ground_nothing_is_guessed() -> None:
    points, _ = places_in(county_shapes("43"), 50, seed=7)
    finding = detect(points)
    assert finding.system is None and {"EPSG:4490", "GCJ-02", "BD-09"} <= told(finding)
    assert finding.score is None and finding.p_value is None
    zone = detect(moved(points, projected(4525)))
    assert zone.system is None
    assert {each.code for each in zone.undecided} == {"EPSG:4525", "EPSG:2361", "EPSG:2413"}
    declared = detect(points, declared="GCJ-02")
    assert declared.system is not None and declared.system.code == "GCJ-02"
    assert declared.basis == "declared" and "EPSG:4490" in told(declared)


def test_wrong_ground_finds_no_system() -> None:
    known = county_shapes("43")
    elsewhere = county_shapes("62")[: len(known)]
    finding = detect(known[: len(elsewhere)], [Ground("outline", elsewhere)], declared="EPSG:4490")
    assert finding.system is None and finding.undecided == () and not finding.contradicts
    assert any("come within 5 km" in fact.en for fact in finding.evidence)


def test_a_file_of_another_country_is_not_refuted() -> None:
    jakarta = shapely.points([[106.8, -6.2], [107.0, -6.3]])
    finding = detect(jakarta, declared="EPSG:4326")
    assert finding.system is None and not finding.contradicts
    assert detect(moved(jakarta, lambda x, y: (x * 1e9, y * 1e9)), declared="EPSG:4326").contradicts


def test_a_declaration_that_cannot_be_read_is_told_and_passed_over() -> None:
    known = county_shapes("31")
    finding = detect(known, [Ground("outline", known)], declared="EPSG:4267")
    assert finding.system is not None and finding.system.code == "EPSG:4490"
    assert "North American Datum" in finding.evidence[0].en


def test_whole_seconds_speak_for_degrees_of_a_survey() -> None:
    points, grounds = places_in(county_shapes("64"), 80, seed=8)
    typed = moved(points, lambda x, y: (np.round(x * 3600) / 3600, np.round(y * 3600) / 3600))
    finding = detect(typed, [Ground("within", grounds)])
    assert finding.system is not None and finding.system.code == "EPSG:4490"
    assert finding.basis == "writing" and told(finding) >= {"GCJ-02", "BD-09"}
    short = moved(points, lambda x, y: (np.round(x, 2), np.round(y, 2)))
    assert detect(short, [Ground("within", grounds)]).basis != "writing"


def test_declared_areas_rule_out_another_scale() -> None:
    shapes = county_shapes("43")[:20]
    km2 = np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6 for shape in shapes])
    mercator = moved(shapes, projected(3857))
    finding = detect(mercator, area_km2=km2)
    assert finding.system is not None and finding.system.code == "EPSG:3857"
    inflated = detect(mercator, area_km2=km2 * 1.0e6)
    assert any("times the declared ones" in fact.en for fact in inflated.evidence)


def test_the_order_of_features_and_missing_ones_change_nothing() -> None:
    known = county_shapes("31")
    shapes = moved(drawn_again(known, 9), cgcs2000_to_gcj02)
    order = np.random.default_rng(10).permutation(len(known))
    one = detect(shapes, [Ground("outline", known)])
    other = detect(shapes[order], [Ground("outline", known[order])])
    assert replace(one, evidence=()) == replace(other, evidence=())
    none = np.array([None, shapely.Point(), shapely.Point(np.nan, np.nan)], dtype=object)
    with_gaps = detect(
        np.concatenate([shapes, none]), [Ground("outline", np.concatenate([known, known[:3]]))]
    )
    assert with_gaps.system == one.system and with_gaps.votes == one.votes


def test_ground_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 shapes for 1 features"):
        detect(county_shapes("31")[:1], [Ground("within", county_shapes("31")[:2])])


def test_nothing_delivered_is_no_system() -> None:
    finding = detect(np.array([], dtype=object))
    assert finding.system is None and finding.undecided == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("江苏省苏州市昆山市玉山镇", "320583"),
        ("江苏省南京市鼓楼区中山路", "320106"),
        ("上海市浦东新区峨山路101号", "310115"),
        ("宁夏回族自治区银川市", "640100"),
        ("吉林省", "220000"),
        ("云南昆明市呈贡区", "530114"),
        ("上海", "310000"),
        ("内蒙古", "150000"),
        ("海南藏族自治州共和县", "632521"),
        ("河南蒙古族自治县", "632324"),
        ("鼓楼区", None),
        ("某路1号", None),
        ("", None),
        (None, None),
    ],
)
def test_a_text_names_the_smallest_division_without_doubt(
    text: str | None, code: str | None
) -> None:
    assert code_in_text(text) == code
    found = ground_of_texts([text])[0]
    assert (found is None) == (code is None)


def test_ground_of_codes_knows_every_level_and_the_country() -> None:
    country, province, city, county, gone = ground_of_codes(
        ["100000", "320000", "320500", "320583", "320103"]
    )
    assert gone is None and county is counties().shapes[counties().codes.index("320583")]
    assert county.area < city.area < province.area < country.area
