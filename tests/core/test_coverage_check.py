"""The coverage check on a layer of squares: every fault alone, thresholds from both sides, degrees, hostile input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity

from redline.core import frames
from redline.core.checks import coverage
from redline.core.checks.coverage import Settings
from redline.core.findings import Findings
from redline.core.frames import Source
from redline.core.geometry import ellipsoid
from redline.core.geometry.crs import Crs
from redline.core.progress import Cancelled, Progress
from redline.core.result import Result
from redline.tests.core.hand import EAST, NAMES, NORTH, VILLAGES, Row, Told, box, layer, shapes, told

FULL = Settings(gaps_allowed=False)


def squares() -> list[Row]:
    """Twelve plots of 100 m by 100 m that tile three villages without fault, a row of four each."""
    return [
        {
            "YJJBNTTBBH": f"{village}{place + 1:05d}", "XZQDM": village, "XZQMC": NAMES[village],
            "YJJBNTTBMJ": 10_000.0, "geometry": box(100 * place, 100 * row),
        }
        for row, village in enumerate(VILLAGES)
        for place in range(4)
    ]  # fmt: skip


def units() -> list[Row]:
    rows = [(code, box(0, 100 * row, 400, 100)) for row, code in enumerate(VILLAGES)]
    rows += [("990101", box(0, 0, 400, 300)), ("990101001", box(0, 0, 400, 200)), ("990101002", box(0, 200, 400, 100))]
    return [{"XZQDM": code, "XZQMC": NAMES[code], "geometry": shape} for code, shape in rows]


def number(plot: int) -> str:
    return f"{VILLAGES[plot // 4]}{plot % 4 + 1:05d}"


def check(
    plots: list[Row], settings: Settings = FULL, units: list[Row] | None = None, language: str = "zh", role: str = "map"
) -> tuple[Told, Result]:
    findings = Findings(language)
    read = {"layer": layer(role, plots, findings)}
    if units is not None:
        read["units"] = layer("units", units, findings)
    result = coverage.check(read, findings, settings, Progress())
    return told(result), result


def severity(result: Result) -> list[str]:
    return list(result.findings.frame()["severity"])


@pytest.mark.parametrize("settings", [FULL, Settings()], ids=["full", "gaps allowed"])
def test_a_layer_in_order_has_no_findings(settings: Settings) -> None:
    found, result = check(squares(), settings, units())
    assert found == set()
    assert result.checked == 12
    assert {name: len(table) for name, table in result.tables.items()} == {"OVERLAPS": 0, "GAPS": 0}
    assert list(result.tables["OVERLAPS"]) == ["key", "other", "area", "kind", "geometry"]
    assert list(result.tables["GAPS"]) == ["unit", "area", "neighbours", "kind", "geometry"]
    assert len(result.unchecked) == int(settings.gaps_allowed)


def test_layers_that_do_not_lie_on_each_other_are_one_finding() -> None:
    """Units in degrees under plots in metres without a CRS would else give a finding a plot."""
    first = squares()[0]
    rows = [{**first, "YJJBNTTBBH": f"{VILLAGES[0]}{n:05d}", "geometry": box(100 * n, 0)} for n in range(24)]
    elsewhere = [{**row, "geometry": shapely.affinity.translate(row["geometry"], 0, 50_000)} for row in units()]
    found, result = check(rows, Settings(), elsewhere)
    assert found == {("R4003", "map", "", "")}
    assert "24" in result.findings.frame()["message"].iloc[0]


def test_what_is_not_given_is_said_to_be_unchecked() -> None:
    _, result = check(squares(), Settings(), language="en")
    assert any("R4003" in sentence for sentence in result.unchecked)
    assert any("R4002" in sentence for sentence in result.unchecked)


def put(plot: int, shape: object) -> Callable[[list[Row]], Any]:
    return lambda rows: rows[plot].update(geometry=shape)


def add(shape: object, key: str = "990101001001" + "00099") -> Callable[[list[Row]], Any]:
    return lambda rows: rows.append({**rows[0], "YJJBNTTBBH": key, "geometry": shape})


NEW = "99010100100100099"
CROSSED = shapely.Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (49.9, 100.1), (50, 100.1), (49.9, 100), (0, 100)])
# One thing wrong at a time: what is done, and what must be found and nothing else.
ALONE: dict[str, tuple[Callable[[list[Row]], Any], Told]] = {
    "overlap": (put(0, box(0, 0, 120, 100)), {("R4001", "map", number(0), number(1))}),
    "overlap the other way": (put(1, box(80, 0, 120, 100)), {("R4001", "map", number(0), number(1))}),
    "same shape": (
        add(box(0, 0)), {("R3004", "map", number(0), NEW)},
    ),
    "one in the other": (add(box(10, 10, 20, 20)), {("R4001", "map", number(0), NEW)}),
    "no shape": (
        put(5, None),
        {("R3001", "map", number(5), ""), ("R4002", "map", f"{VILLAGES[1]}({EAST + 150:.0f},{NORTH + 150:.0f})", "")},
    ),
    "gap": (
        lambda rows: rows.pop(5), {("R4002", "map", f"{VILLAGES[1]}({EAST + 150:.0f},{NORTH + 150:.0f})", "")},
    ),
    "open land at the edge": (
        lambda rows: rows.pop(0), {("R4005", "map", VILLAGES[0], f"({EAST + 50:.0f},{NORTH + 50:.0f})")},
    ),
    "two parts": (
        add(shapely.MultiPolygon([box(500, 0, 50, 50), box(600, 0, 50, 50)])),
        {("R3003", "map", NEW, ""), ("R4003", "map", NEW, "")},
    ),
    "small": (add(box(50, -3, 3, 3)), {("R3007", "map", NEW, ""), ("R4003", "map", NEW, "")}),
    "narrow": (
        add(box(0, -0.5, 90, 0.5)), {("R3008", "map", NEW, ""), ("R4003", "map", NEW, "")},
    ),
    "crosses the border of its unit": (
        lambda rows: (put(0, box(0, 0, 100, 130))(rows), put(4, box(0, 130, 100, 70))(rows)),
        {("R4004", "map", number(0), "")},
    ),
    "in another unit": (lambda rows: rows[0].update(XZQDM=VILLAGES[1]), {("R4003", "map", number(0), "")}),
}  # fmt: skip


@pytest.mark.parametrize("case", ALONE)
def test_one_fault_gives_its_finding_alone(case: str) -> None:
    change, expected = ALONE[case]
    rows = squares()
    change(rows)
    found, result = check(rows, FULL, units())
    assert found == expected
    frame = result.findings.frame()
    assert frame["message"].str.contains("nan|None", regex=True).sum() == 0
    assert (frame["how_to_fix"] != "").all()
    assert frame.loc[frame["rule"] != "R3001", "geometry"].notna().all()


def test_numbers_and_shapes_of_an_overlap() -> None:
    rows = squares()
    put(0, box(0, 0, 120, 100))(rows)
    _, result = check(rows, language="en")
    row = result.findings.frame().iloc[0]
    assert (row["difference"], row["measure"], row["actual"], row["severity"]) == (
        pytest.approx(2000, abs=0.01), "m2", "2000.00", "error",
    )  # fmt: skip
    assert "2,000.00 m² (partly), 20.0% of the smaller one" in row["message"]
    assert row["geometry"].equals(box(100, 0, 20, 100))
    table = result.tables["OVERLAPS"].iloc[0]
    assert list(table[:4]) == [number(0), number(1), 2000.0, "crossing"]
    assert table["geometry"].equals(box(100, 0, 20, 100))


@pytest.mark.parametrize(
    ("width", "kind", "grave"),
    [(20.0, "crossing", "error"), (1.1, "crossing", "error"), (0.9, "sliver", "error"), (0.0101, "sliver", "error"),
     (0.0099, "sliver", "warning"), (0.00012, "sliver", "warning"), (0.00009, "sliver", "info")],
)  # fmt: skip
def test_overlaps_by_width_and_size(width: float, kind: str, grave: str) -> None:
    rows = squares()
    put(0, box(0, 0, 100 + width, 100))(rows)
    _, result = check(rows, Settings(min_area=0.0))
    assert list(result.tables["OVERLAPS"]["kind"]) == [kind]
    assert severity(result) == [grave]


@pytest.mark.parametrize(("least", "listed"), [(19.99, 1), (20.01, 0)])
def test_overlaps_under_the_least_area_are_counted_but_not_listed(least: float, listed: int) -> None:
    rows = squares()
    put(0, box(0, 0, 100.2, 100))(rows)
    found, result = check(rows, Settings(min_area=least), language="en")
    assert len(found) == len(result.tables["OVERLAPS"]) == listed
    assert sum("1 overlaps" in note and "20.00" in note for note in result.notes) == 1 - listed


@pytest.mark.parametrize(
    ("settings", "kinds", "listed"),
    [
        (Settings(gaps_allowed=False), ["gap"], 1),
        (Settings(gaps_allowed=False, min_area=10_001), [], 0),
        (Settings(gaps_allowed=False, max_gap_area=10_001), ["gap"], 1),
        (Settings(gaps_allowed=False, max_gap_area=9_999), ["large"], 0),
    ],
)
def test_gaps_between_two_sizes(settings: Settings, kinds: list[str], listed: int) -> None:
    rows = squares()
    rows.pop(5)
    found, result = check(rows, settings, language="en")
    assert len(found) == listed
    assert list(result.tables["GAPS"]["kind"]) == kinds
    assert sum("1 gaps" in note for note in result.notes) == 1 - listed


def test_a_gap_knows_its_neighbours_and_its_unit() -> None:
    rows = squares()
    rows.pop(5)
    around = [number(plot) for plot in (0, 1, 2, 4, 6, 8, 9, 10)]
    for given, unit in ((units(), VILLAGES[1]), (None, VILLAGES[0])):
        _, result = check(rows, FULL, given)
        gap = result.tables["GAPS"].iloc[0]
        assert gap["neighbours"].split(";") == around
        assert gap["unit"] == unit
        assert gap["area"] == 10_000.0
        assert gap["geometry"].equals(box(100, 100))
        message = result.findings.frame()["message"].iloc[0]
        assert number(0) in message
        assert message.count("、") == 5


def test_units_are_held_against_the_layer_once_and_at_their_lowest_level() -> None:
    rows = squares()[:8]
    found, result = check(rows, FULL, units())
    assert {(rule, key) for rule, _, key, _ in found} == {("R4005", VILLAGES[2])}
    assert result.tables["GAPS"]["area"].tolist() == pytest.approx([40_000.0], abs=0.02)
    assert list(result.tables["GAPS"]["kind"]) == ["uncovered"]


@pytest.mark.parametrize(("strip", "told_of"), [(0.04, False), (0.06, True)])
def test_a_border_drawn_twice_is_no_open_land(strip: float, told_of: bool) -> None:
    wider = [{**row, "geometry": row["geometry"].buffer(strip, join_style="mitre")} for row in units()]
    found, _ = check(squares(), FULL, wider)
    assert bool(found) == told_of
    assert {rule for rule, *_ in found} <= {"R4005"}


def test_an_invalid_plot_is_told_and_leaves_no_false_gap() -> None:
    rows = squares()
    rows[5]["geometry"] = shapely.transform(CROSSED, lambda xy: xy + np.array([EAST + 100, NORTH + 100]))
    found, result = check(rows, FULL, units(), language="en")
    assert {(rule, key) for rule, _, key, _ in found} <= {("R3002", number(5)), ("R4001", number(5))}
    assert ("R3002", "map", number(5), "") in found
    assert any("mended" in note for note in result.notes)


def test_plots_without_a_code_belong_to_the_unit_they_lie_in() -> None:
    rows = squares()
    put(0, box(0, 0, 100, 130))(rows)
    put(4, box(0, 130, 100, 70))(rows)
    for row in rows:
        del row["XZQDM"]
        row["XZQMC"] = ""
        row["YJJBNTTBBH"] = row["YJJBNTTBBH"][-5:] + row["YJJBNTTBBH"][:12]
    findings = Findings("en")
    read = {"map": layer("map", rows, findings), "units": layer("units", units(), findings)}
    result = coverage.check(read, findings, FULL, Progress())
    frame = result.findings.frame()
    assert list(frame["rule"]) == ["R4004"]
    assert list(frame["unit"]) == [VILLAGES[0]]
    assert any("12 plots without a unit code" in note for note in result.notes)


def test_units_with_exclaves_are_no_error() -> None:
    rows = units()[:3]
    rows[2]["geometry"] = shapely.MultiPolygon([box(0, 200, 400, 100), box(600, 0, 10, 10)])
    found, result = check(rows, Settings(), role="units")
    assert found == {("R3003", "units", VILLAGES[2], "")}
    assert severity(result) == ["info"]


def test_ids_do_not_depend_on_the_order_of_rows() -> None:
    rows = squares()
    for change, _ in ALONE.values():
        change(rows)
    rows.append({**rows[3], "geometry": rows[3]["geometry"]})
    first = check(rows, FULL, units())[1]
    again = check(rows[::-1], FULL, units()[::-1])[1]
    columns = ["finding_id", "rule", "key", "related", "message", "severity"]
    pd.testing.assert_frame_equal(first.findings.frame()[columns], again.findings.frame()[columns])
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table.drop(columns="geometry"), again.tables[name].drop(columns="geometry"))


@pytest.mark.parametrize("key", ["{key}", "甲<b>%s</b>", "=1+1", "a;b、c", "\u202e123"])
def test_hostile_numbers_are_only_texts(key: str) -> None:
    rows = squares()
    rows[0].update(YJJBNTTBBH=key, geometry=box(0, 0, 120, 100))
    found, result = check(rows)
    assert {rule for rule, *_ in found} - {"R2012"} == {"R4001"}
    assert len(result.tables["OVERLAPS"]) == 1


@pytest.mark.parametrize("rows", [[], squares()[:1]], ids=["none", "one"])
def test_few_rows(rows: list[Row]) -> None:
    found, result = check(rows, FULL)
    assert found == set()
    assert result.checked == len(rows)


def test_nothing_but_nulls_and_points() -> None:
    rows = [{**squares()[0], "geometry": shape} for shape in (None, shapely.Point(EAST, NORTH), shapely.Polygon())]
    found, _ = check(rows, FULL)
    assert {rule for rule, *_ in found} == {"R1005", "R3001"}


@pytest.mark.parametrize("plane", [False, True], ids=["degrees", "brought into metres"])
def test_layers_in_degrees_are_measured_in_metres(plane: bool) -> None:
    """A cell of 0.001° at 36.5° north has about 9 940 m²; what overlaps by a hundredth of its width, 99.4 m²."""

    def cell(x: float, y: float, width: float = 0.001) -> shapely.Polygon:
        return shapely.box(111 + x, 36.5 + y, 111 + x + width, 36.501 + y)

    column = shapes(cell(0, 0), cell(0.001, 0), cell(0.00199, 0), cell(0, 0.001, 0.003), cell(0, -0.001, 0.0001))
    crs = Crs.from_epsg(4490)
    measured, bounds = ellipsoid.areas(column, crs), tuple(shapely.total_bounds(column))
    if plane:
        column = shapely.transform(column, lambda xy: np.subtract(xy, (111, 36.5)) * (89_500, 110_960))
    cells = pd.DataFrame({"YJJBNTTBBH": [f"9901010010010000{at}" for at in range(5)]}, dtype=object)
    findings = Findings("en")
    read = {"layer": frames.read(Source("plots", cells, column, measured, crs, bounds), "map", findings)}
    result = coverage.check(read, findings, FULL, Progress())
    table, found = result.tables["OVERLAPS"], result.findings.frame()
    assert list(table["kind"]) == ["sliver"]
    assert table["area"].iloc[0] == pytest.approx(99.4, rel=0.01)
    assert list(found["rule"]) == ["R4001"]
    assert found["difference"].iloc[0] == pytest.approx(99.4, rel=0.01)


def test_places_are_named_to_the_metre_in_degrees() -> None:
    cells = [(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    east, north = np.arange(111, 111.0035, 0.001), np.arange(36, 36.0035, 0.001)
    column = shapes(*(shapely.box(east[x], north[y], east[x + 1], north[y + 1]) for x, y in cells))
    crs, findings = Crs.from_epsg(4490), Findings("zh")
    keys = pd.DataFrame({"YJJBNTTBBH": [f"9901010010010000{at}" for at in range(8)]}, dtype=object)
    source = Source("plots", keys, column, ellipsoid.areas(column, crs), crs, tuple(shapely.total_bounds(column)))
    coverage.check({"map": frames.read(source, "map", findings)}, findings, FULL, Progress())
    found = findings.frame()
    assert list(found["key"]) == ["(111.00150,36.00150)"]
    assert found["difference"].iloc[0] == pytest.approx(90_160 * 110_950 / 1e6, rel=0.01)


def test_cancelling() -> None:
    class Stop(Progress):
        def cancelled(self) -> bool:
            return True

    findings = Findings("zh")
    with pytest.raises(Cancelled):
        coverage.check({"map": layer("map", squares(), findings)}, findings, FULL, Stop())


@pytest.mark.shared
def test_farms_of_swellendam(shared_data: Path) -> None:
    ogr = pytest.importorskip("osgeo.ogr")
    source = ogr.Open(str(shared_data / "parcels" / "za_swellendam" / "farms_33S.shp"))
    column = shapes(*(shapely.from_wkb(bytes(row.GetGeometryRef().ExportToWkb())) for row in source.GetLayer(0)))
    cells = pd.DataFrame({"YJJBNTTBBH": [f"{at:017d}" for at in range(len(column))]}, dtype=object)
    findings = Findings("en")
    read = {"layer": frames.read(Source("farms", cells, column), "map", findings)}
    result = coverage.check(read, findings, Settings(gaps_allowed=False, min_area=0.0), Progress())
    counts = result.findings.frame()["rule"].value_counts()
    assert counts["R3002"] == 16
    assert counts["R3003"] == 10
    assert counts["R3004"] + counts["R4001"] == len(result.tables["OVERLAPS"]) == 3821
    real = result.tables["GAPS"]["geometry"].map(shapely.area) > 1e-6
    assert real.sum() == 93
    usual = coverage.check(read, Findings("en"), Settings(gaps_allowed=False), Progress())
    assert 0 < len(usual.tables["OVERLAPS"]) < 3821
    assert any("overlaps are under 0.1 m²" in note for note in usual.notes)
