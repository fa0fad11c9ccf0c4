"""The official tables: sums to the last place, levelled by the rule, the same in any order."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from redline.core import tables
from redline.core.checks import fourway
from redline.core.findings import Findings
from redline.core.frames import Frame, Source, read
from redline.core.geometry import ellipsoid
from redline.core.geometry.crs import Crs
from redline.core.progress import Progress
from redline.core.tables.forms import Form, Imprint, forms, merged
from redline.core.tables.levelling import LARGE, hundredths, level, ranks, spread
from redline.core.tables.outputs import outputs
from redline.core.tables.records import Records
from redline.core.tables.tables import Tables, tabulate

SQUARE_METRES = {"m2": Fraction(1), "mu": Fraction(2000, 3), "ha": Fraction(10_000)}
CRS = Crs.from_epsg(4549)
CLASSES = ("0101", "0102", "0103", "0201", "0201K", "0305", "1104A")


def rounded(cents: int, unit: str) -> int:
    """Hundredths of a unit by decimal arithmetic, which the code does not use."""
    exact = Decimal(cents) / 100 * SQUARE_METRES[unit].denominator / SQUARE_METRES[unit].numerator
    return int((exact.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100).to_integral_value())


def square(x: float, y: float, side: float = 100.0) -> shapely.Polygon:
    return shapely.box(500_000 + x, 3_400_000 + y, 500_000 + x + side, 3_400_000 + y + side)


def map_source(rows: list[tuple[str, str, float, float]], **further: list[object]) -> Source:
    """A map of plots: (village, class, gross m², deduction factor), a square each, whatever the area."""
    frame = pd.DataFrame(rows, columns=["XZQDM", "DLBM", "YJJBNTTBMJ", "KCXS"])
    frame["XZQMC"] = "村" + frame["XZQDM"].str[-3:]
    frame["YJJBNTTBBH"] = [f"{village}{place + 12_341:05d}" for place, village in enumerate(frame["XZQDM"])]
    cent = Decimal("0.01")
    frame["KCMJ"] = [
        float((Decimal(repr(a)) * Decimal(repr(k))).quantize(cent, ROUND_HALF_UP))
        for a, k in zip(frame["YJJBNTTBMJ"], frame["KCXS"])
    ]
    frame["YJJBNTMJ"] = [
        float(Decimal(repr(a)) - Decimal(repr(d))) for a, d in zip(frame["YJJBNTTBMJ"], frame["KCMJ"])
    ]
    for name, values in further.items():
        frame[name] = values
    shapes = np.array([square(place % 50 * 100.0, place // 50 * 100.0) for place in range(len(frame))], dtype=object)
    measured = frame["YJJBNTTBMJ"].to_numpy(dtype=float)
    return Source("图斑", frame, shapes, measured, CRS, (500_000, 3_400_000, 510_000, 3_410_000), "polygon")


def made(rows: list[tuple[str, str, float, float]], unit: str = "mu", name: str = "", **frames: Frame) -> Tables:
    findings = Findings("zh")
    frame = read(map_source(rows), "map", findings)
    return tables.check({"map": frame, **frames}, findings, tables.Settings(unit, CRS, name), Progress())[0]


def test_units_printed_with_their_code_are_told() -> None:
    rows = [("990101001001", "0101", 1000.0, 0.0), ("990101002001", "0101", 1000.0, 0.0)]
    findings = Findings("zh")

    def notes(**frames: Frame) -> list[str]:
        frame = read(map_source(rows), "map", findings)
        _, result = tables.check({"map": frame, **frames}, findings, tables.Settings("mu", CRS), Progress())
        return [note for note in result.notes if "没有名称" in note]

    (said,) = notes()
    assert said.startswith("2个行政区没有名称，表上只印代码（990101001、990101002）")
    cells = pd.DataFrame({"XZQDM": ["990101001", "990101002"], "XZQMC": ["甲镇", "乙乡"]})
    shapes = np.array([square(0, 0), square(100, 0)], dtype=object)
    assert notes(units=read(Source("XZQ", cells, shapes, crs=CRS), "units", findings)) == []


@pytest.mark.parametrize(
    ("codes", "layer", "named"),
    [
        (["990101001001"], "", {"990101": "示范县"}),
        (["990101001001"], "示范市", {"990101": "示范市"}),
        (["990101001001", "990102001001"], "", {"990101": "", "990102": ""}),
    ],
)
def test_the_given_name_is_that_of_the_one_county_that_has_none(
    codes: list[str], layer: str, named: dict[str, str]
) -> None:
    cells = pd.DataFrame({"XZQDM": ["990101"], "XZQMC": [layer]})
    units = read(Source("XZQ", cells, np.array([square(0, 0)], dtype=object), crs=CRS), "units", Findings("zh"))
    found = outputs(made([(code, "0101", 1000.0, 0.0) for code in codes], name="示范县", units=units), "zh")
    for table in ("OUTPUT", "QUALITY_TABLE"):
        counties = found[table][found[table]["level"] == "county"]
        assert dict(zip(counties["unit"], counties["unit_name"])) == named


def tabulated(rows: list[tuple[str, str, float, float]], unit: str) -> Tables:
    """The tables of plots with exact areas, without the reading that comes before."""
    source = map_source(rows).cells
    plots = pd.DataFrame({"key": source["YJJBNTTBBH"], "label": source["YJJBNTTBBH"], "leaf": source["XZQDM"]})
    plots["gross"] = [int(Decimal(repr(area)) * 100) for area in source["YJJBNTTBMJ"]]
    plots["net"] = [int(Decimal(repr(area)) * 100) for area in source["YJJBNTMJ"]]
    plots["deduction"] = plots["gross"] - plots["net"]
    pieces = plots[["gross", "net", "deduction"]].assign(land_class=source["DLBM"].str[:4], plot=range(len(plots)))
    pieces["slope"] = [str(cents % 6) if cents % 6 else "" for cents in plots["gross"]]
    pieces["grade"] = [str(cents % 16) if cents % 16 else "" for cents in plots["net"]]
    return tabulate(Records(plots, pieces), unit, {})


areas = st.floats(0.01, 400_000).map(lambda area: round(area, 2))
plots = st.tuples(
    st.sampled_from([f"99010100{town}00{village}" for town in (1, 2) for village in (1, 2, 3)]),
    st.sampled_from(CLASSES),
    areas,
    st.sampled_from([0.0, 0.0, 0.05, 0.1234]),
)
counties = st.lists(plots, min_size=1, max_size=60)


class TestLevelling:
    def test_plots_are_brought_to_the_control_area_largest_first(self) -> None:
        # DOMAIN §3.5 by hand: c = 0.05 m² over 3 plots, q = 1, r = 2: the two largest get 0.02, the smallest 0.01.
        cents = np.array([10_000, 30_000, 20_000])
        group = np.zeros(3, dtype=np.int64)
        rank = ranks(cents, np.array(["a", "b", "c"], dtype=object))
        levelled = level(cents, group, np.array([60_005]), rank, np.ones(3, dtype=bool))
        assert levelled.tolist() == [10_001, 30_002, 20_002]
        down = level(cents, group, np.array([59_998]), rank, np.ones(3, dtype=bool))
        assert down.tolist() == [10_000, 29_999, 19_999]

    def test_spread_by_the_rule(self) -> None:
        group = np.array([0, 1, 0, 1, 0])
        moves = spread(np.array([-4, 1]), group, np.array([2, 1, 0, 0, 1]), np.ones(5, dtype=bool))
        # Group 0: 4 = 1·3 + 1, the one of lowest rank takes two; group 1: one step for its lowest rank.
        assert moves.tolist() == [-1, 0, -2, 1, -1]

    @given(st.integers(-(10**15), 10**15), st.sampled_from(["m2", "mu", "ha"]))
    def test_figures_are_rounded_once_half_away_from_zero(self, cents: int, unit: str) -> None:
        assert hundredths(np.array([cents]), unit)[0] == rounded(cents, unit)

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 500), st.booleans()), min_size=1), st.integers(-60, 60))
    def test_targets_are_met_and_nothing_falls_below_zero(
        self, rows: list[tuple[int, int, bool]], change: int
    ) -> None:
        group, values, able = (np.array(column) for column in zip(*rows))
        target = np.bincount(group, weights=values, minlength=4).astype(np.int64)
        there = np.bincount(group, minlength=4) > 0
        target = np.where(there, np.maximum(target + change, 0), 0)
        rank = ranks(values, np.arange(len(values)).astype(object))
        levelled = level(values, group, target, rank, able)
        assert np.bincount(group, weights=levelled, minlength=4).tolist() == target.tolist()
        assert (levelled >= 0).all()

    def test_a_target_that_cannot_be_met_is_told(self) -> None:
        nothing = np.zeros(1, dtype=np.int64)
        with pytest.raises(ValueError, match="control area"):
            level(nothing, nothing, np.array([1]), np.array([-1]), np.ones(1, dtype=bool))


class TestByHand:
    def test_hectares_of_three_villages(self) -> None:
        # Three villages of 10 049 m², 1.0049 ha each: rounded 1.00 each, the county 3.0147 → 3.01 ha. One step is left
        # for the largest; of equals the first by code. Class 0103 (descending) takes the step where both are small.
        rows = [(f"99010100100{v}", code, 5024.5, 0.0) for v in (1, 2, 3) for code in ("0101", "0103")]
        found = made(rows, "ha")
        county, town, *villages = found.farmland.tolist()
        assert (county, town) == (301, 301)
        assert villages == [101, 100, 100]
        # 5 024.5 m² is 0.50 ha: 0.50 + 0.50 = 1.00, so the first village's step goes to 0103.
        assert found.classes.iloc[2].tolist() == [50, 51]
        assert found.classes.iloc[3].tolist() == [50, 50]

    def test_only_classes_beyond_a_hectare_take_part(self) -> None:
        # 12 446 + 4 446 + 4 446 m² = 2.1338 → 2.13 ha; rounded 1.24 + 0.44 + 0.44 = 2.12. The step belongs to 0103 by
        # the order of codes, but only 0101 is larger than 1 hm².
        sizes = {"0101": 12446.0, "0102": 4446.0, "0103": 4446.0}
        rows = [("990101001001", code, area, 0.0) for code, area in sizes.items()]
        assert made(rows, "ha").classes.iloc[0].tolist() == [125, 44, 44]

    def test_deductions(self) -> None:
        # 10 000 m² at 0.1 and 5 000 m² without: 14 000 net = 21.00 亩, 1 000 deducted = 1.50 亩, 22.50 in all.
        rows = [("990101001001", "0103", 10_000.0, 0.1), ("990101001001", "0101", 5000.0, 0.0)]
        found = made(rows, "mu")
        assert found.farmland.iloc[0] == 2100
        assert found.deducted.iloc[0] == 150
        assert found.classes.iloc[0].to_dict() == {"0101": 750, "0103": 1350}

    def test_control_area_of_rounding_is_spread_over_the_plots(self) -> None:
        units = pd.DataFrame({"XZQDM": ["990101001001"], "XZQMC": ["甲村"], "KZMJ": [30_000.05]})
        findings = Findings("zh")
        control = read(Source("XZQ", units), "units", findings)
        rows = [("990101001001", "0103", area, 0.1) for area in (5_000.0, 10_000.0, 15_000.0)]
        found = made(rows, "m2", units=control)
        gross = dict(zip(found.plots["key"].str[-1], found.plots["gross"]))
        assert gross == {"1": 500_001, "2": 1_000_002, "3": 1_500_002}
        # KCMJ = round(TBMJ·KCXS, 2) anew: 5 000.01 → 500.00, 10 000.02 → 1 000.00, 15 000.02 → 1 500.00.
        assert found.plots["deduction"].tolist() == [50_000, 100_000, 150_000]
        assert found.farmland.iloc[0] + found.deducted.iloc[0] == 3_000_005

    @pytest.mark.parametrize(("control", "told"), [(30_050.0, 1), (90_000.0, 0)])
    def test_control_area_beyond_rounding_is_not_levelled(self, control: float, told: int) -> None:
        findings = Findings("zh")
        units = read(Source("XZQ", pd.DataFrame({"XZQDM": ["990101001001"], "XZQMC": ["甲村"], "KZMJ": [control]})),
                     "units", findings)  # fmt: skip
        frame = read(map_source([("990101001001", "0101", 10_000.0, 0.0)] * 3), "map", findings)
        found, _ = tables.check({"map": frame, "units": units}, findings, tables.Settings("m2", CRS), Progress())
        assert found.farmland.iloc[0] == 3_000_000
        assert (findings.frame()["rule"] == "R5004").sum() == told


def exact(rows: list[tuple[str, str, float, float]]) -> pd.DataFrame:
    """Net cents by village and class, by decimal arithmetic."""
    source = map_source(rows).cells
    cents = [int(Decimal(repr(net)) * 100) for net in source["YJJBNTMJ"]]
    return pd.DataFrame({"unit": source["XZQDM"], "class": source["DLBM"].str[:4], "cents": cents})


class TestEveryCounty:
    @given(counties, st.sampled_from(["m2", "mu", "ha"]))
    @settings(max_examples=150, deadline=None)
    def test_rows_and_columns_add_up_to_the_county(
        self, rows: list[tuple[str, str, float, float]], unit: str
    ) -> None:
        found = tabulated(rows, unit)
        own = exact(rows)
        assert found.rows["level"].tolist()[0] == "county"
        assert found.farmland.iloc[0] == rounded(int(own["cents"].sum()), unit)
        whole = sum(int(Decimal(repr(area)) * 100) for _, _, area, _ in rows)
        assert found.farmland.iloc[0] + found.deducted.iloc[0] == rounded(whole, unit)
        for level_name, part in (("county", "township"), ("township", "village")):
            for place in found.rows.index[found.rows["level"] == level_name]:
                code = found.rows["unit"][place]
                below = (found.rows["level"] == part) & found.rows["unit"].str.startswith(code)
                for cells in (found.classes, found.slopes, found.grades, found.deducted, found.count):
                    assert np.array_equal(cells[below].sum(), cells.loc[place])
        cultivated = found.classes[[c for c in found.classes if c.startswith("01")]].sum(axis=1)
        assert found.slopes.sum(axis=1).tolist() == cultivated.tolist() == found.grades.sum(axis=1).tolist()
        printed = found.plots.groupby("leaf")["printed"].sum()
        villages = found.rows["level"] == "village"
        assert printed.tolist() == found.farmland[villages].tolist()
        assert min(cells.to_numpy().min() for cells in (found.classes, found.deducted, found.plots["printed"])) >= 0

    @given(counties, st.sampled_from(["mu", "ha"]))
    @settings(max_examples=150, deadline=None)
    def test_cells_are_moved_no_more_than_the_rule_allows(
        self, rows: list[tuple[str, str, float, float]], unit: str
    ) -> None:
        found = tabulated(rows, unit)
        own = exact(rows).groupby(["unit", "class"])["cents"].sum().unstack(fill_value=0)
        villages = (found.rows["level"] == "village").to_numpy()
        printed = found.classes[villages].to_numpy()
        cents = own[found.classes.columns].to_numpy()
        whole = found.farmland[villages].to_numpy()
        for cells, exact_cells, total in zip(printed, cents, whole):
            base = np.array([rounded(int(c), unit) for c in exact_cells])
            left = total - base.sum()
            large = exact_cells > LARGE if (exact_cells > LARGE).any() else exact_cells > 0
            able = large & ((left > 0) | (base > 0))
            moved = cells - base
            assert (moved * np.sign(left) >= 0).all()
            assert not moved[exact_cells == 0].any()
            if able.sum() * max(base[able].min(initial=0), 1) >= abs(left):
                assert not moved[~able].any()
                assert max(abs(moved[able]), default=0) - min(abs(moved[able]), default=0) <= 1

    @given(counties, st.randoms(use_true_random=False))
    @settings(max_examples=12, deadline=None)
    def test_the_order_of_plots_changes_nothing(self, rows: list[tuple[str, str, float, float]], dice: object) -> None:
        source = map_source(rows)
        order = list(range(len(rows)))
        dice.shuffle(order)  # type: ignore[attr-defined]
        cells = source.cells.iloc[order].reset_index(drop=True)
        other = replace(source, cells=cells, geometry=source.geometry[order], measured=source.measured[order])
        results = []
        for one in (source, other):
            findings = Findings("zh")
            frame = read(one, "map", findings)
            _, result = tables.check({"map": frame}, findings, tables.Settings("mu", CRS), Progress())
            results.append(result.tables)
        for name in results[0]:
            pd.testing.assert_frame_equal(results[0][name], results[1][name])


class TestLandUse:
    def landuse(self, rows: list[tuple[shapely.Polygon, str, float, float, float]]) -> Frame:
        frame = pd.DataFrame(
            [row[1:] for row in rows], columns=["DLBM", "TBMJ", "KCXS", "TBDLMJ"]
        ).assign(TBBH="1", ZLDWDM="9901010010010000000", KCMJ=0.0)
        shapes = np.array([row[0] for row in rows], dtype=object)
        bounds = tuple(shapely.total_bounds(shapes))
        source = Source("DLTB", frame, shapes, ellipsoid.areas(shapes, CRS), CRS, bounds, "polygon")
        return read(source, "landuse", Findings("zh"))

    def test_plot_of_the_survey_wholly_inside_gives_its_recorded_class_area(self) -> None:
        plot = square(0, 0)
        gross = round(float(ellipsoid.areas(np.array([plot], dtype=object), CRS)[0]), 2)
        # Left half inside, recorded; right half the part of a plot that goes on outside: measured, 20 % to 1203.
        left = shapely.box(500_000, 3_400_000, 500_040, 3_400_100)
        right = shapely.box(500_040, 3_400_000, 500_200, 3_400_100)
        share = float(ellipsoid.areas(np.array([shapely.intersection(plot, right)], dtype=object), CRS)[0])
        recorded = round(gross - share, 2)
        survey = self.landuse(
            [(left, "0101", recorded, 0.1, recorded - 400.01), (right, "0103", 15_990.0, 0.2, 12_792.0)]
        )
        found = made([("990101001001", "0102", gross, 0.0)], "m2", landuse=survey)
        assert found.classes.iloc[0].to_dict() == {
            "0101": round(recorded * 100) - 40_001,
            "0103": round(share * 100) - rounded(round(share * 100 * 0.2), "m2"),
        }
        assert found.farmland.iloc[0] + found.deducted.iloc[0] == round(gross * 100)

    @pytest.mark.parametrize(("filled", "rules"), [(0, {"landuse"}), (1, {"landuse"}), (5, {"map"}), (30, set())])
    def test_a_survey_of_elsewhere_is_told_once(self, filled: int, rules: set[str]) -> None:
        # In the neighbouring zone (false easting alike) a survey lies where no plot does: once, not plot by plot.
        findings = Findings("zh")
        plots = [("990101001001", "0102", 10_000.0, 0.0)] * 30
        frame = read(map_source(plots), "map", findings)
        shapes = frame.rows["geometry"].to_numpy(dtype=object)[:filled]
        away = shapely.box(600_000, 3_400_000, 600_100, 3_400_100)
        survey = self.landuse([*((shape, "0101", 10_000.0, 0.0, 10_000.0) for shape in shapes),
                               (away, "0101", 10_000.0, 0.0, 10_000.0)])  # fmt: skip
        found, _ = tables.check({"map": frame, "landuse": survey}, findings, tables.Settings("m2", CRS), Progress())
        told = findings.frame()
        told = told[told["rule"] == "R5007"]
        assert set(told["role"]) == rules
        assert len(told) == (1 if rules == {"landuse"} else 30 - filled)
        if rules == {"landuse"}:
            assert told["severity"].tolist() == ["error"]
            assert f"30个图斑中有{30 - filled}个" in told["message"].iloc[0]
        assert found.classes.iloc[0].sum() == 30 * 1_000_000

    def test_plot_that_the_survey_does_not_fill_keeps_its_class(self) -> None:
        survey = self.landuse([(shapely.box(500_000, 3_400_000, 500_040, 3_400_100), "0101", 4000.0, 0.0, 4000.0)])
        findings = Findings("zh")
        frame = read(map_source([("990101001001", "0102", 10_000.0, 0.1)]), "map", findings)
        frames = {"map": frame, "landuse": survey}
        found, _ = tables.check(frames, findings, tables.Settings("m2", CRS), Progress())
        assert found.classes.iloc[0].to_dict() == {"0102": 900_000}
        assert findings.frame()["rule"].tolist() == ["R5007"]

    @given(st.lists(st.floats(1, 99).map(lambda x: round(x, 3)), max_size=5, unique=True), st.sampled_from(CLASSES[:4]))
    @settings(max_examples=12, deadline=None)
    def test_pieces_add_up_to_the_plot(self, cuts: list[float], code: str) -> None:
        plot = square(0, 0)
        gross = round(float(ellipsoid.areas(np.array([plot], dtype=object), CRS)[0]), 2)
        edges = [-10.0, *sorted(cuts), 110.0]
        strips = [
            (shapely.box(500_000 + a, 3_399_990, 500_000 + b, 3_400_110), code, (b - a) * 120, 0.07, (b - a) * 111.6)
            for a, b in zip(edges, edges[1:])
        ]
        found = made([("990101001001", "0101", gross, 0.0)], "m2", landuse=self.landuse(strips))
        assert found.farmland.iloc[0] + found.deducted.iloc[0] == round(gross * 100)


class TestWhatIsLeftOut:
    def test_plots_without_unit_or_area_are_told(self) -> None:
        findings = Findings("zh")
        source = map_source([("990101001001", "0101", 10_000.0, 0.0)] * 4)
        source.cells.loc[1, "XZQDM"] = ""
        source.cells.loc[2, ["YJJBNTTBMJ", "YJJBNTMJ", "KCMJ"]] = np.nan
        source.measured = np.where(np.arange(4) == 2, np.nan, source.measured)
        source.cells["ZLDWDM"] = None
        frame = read(source, "map", findings)
        found, result = tables.check({"map": frame}, findings, tables.Settings("m2", CRS), Progress())
        assert found.count.iloc[0] == 2
        assert {"R2005", "R6026"} <= set(findings.frame()["rule"])
        assert result.checked == 2

    def test_slopes_and_grades_that_do_not_exist_are_not_said(self) -> None:
        findings = Findings("zh")
        rows = [("990101001001", "0101", 10_000.0, 0.0)] * 3
        frame = read(map_source(rows, GDPDJB=["1", "9", None], GDDB=[15, 16, -1]), "map", findings)
        found, _ = tables.check({"map": frame}, findings, tables.Settings("m2", CRS), Progress())
        assert found.slopes.iloc[0].to_dict() == {"1": 1_000_000, "": 2_000_000}
        assert found.grades.iloc[0].to_dict() == {"15": 1_000_000, "": 2_000_000}

    def test_numbers_of_persons_in_names_are_masked(self) -> None:
        findings = Findings("zh")
        frame = read(map_source([("990101001001", "0101", 10_000.0, 0.0)], ZRRMC=["张三 13812345678"]), "map", findings)
        _, result = tables.check({"map": frame}, findings, tables.Settings("m2", CRS), Progress())
        assert "12345678" not in result.tables["DUTY_TABLE"]["person"].iloc[0]
        assert "张三" in result.tables["DUTY_TABLE"]["person"].iloc[0]


def sheet_source(form: Form) -> Source:
    """What OGR gives for a form: title, office and unit, headings with the tails of merged cells empty, rows, foot."""
    width = len(form.columns)
    depth = max(len(column.path) for column in form.columns)
    lines: list[list[object]] = [[form.title, *[None] * (width - 1)], [form.office, *[None] * (width - 2), form.unit]]
    head: list[list[object]] = [[None] * width for _ in range(depth)]
    for row, first, _, _, said in merged([column.path for column in form.columns]):
        head[row][first] = said
    numbers = [[column.number for column in form.columns]] if form.columns[0].number else []
    body = [list(values) for values in zip(*(column.cells for column in form.columns))]
    foot: list[list[object]] = [[form.foot, *[column.total for column in form.columns[1:]]]] if form.foot else []
    foot += [[note, *[None] * (width - 1)] for note in form.notes]
    cells = pd.DataFrame([*lines, *head, *numbers, *body, *foot]).astype(object)
    for column in cells:
        cells[column] = [None if cell is None or cell == "" or cell != cell else str(cell) for cell in cells[column]]
    cells.columns = [f"Field{place + 1}" for place in range(width)]
    return Source(form.sheet, cells)


def county(seed: int) -> list[tuple[str, str, float, float]]:
    dice = np.random.default_rng(seed)
    villages = [f"99010100{town}{village:03d}" for town in (1, 2, 3) for village in range(1, 9)]
    size = 400
    return list(zip(
        dice.choice(villages, size).tolist(), dice.choice(["0101", "0102", "0103", "0201", "0305"], size).tolist(),
        np.round(dice.lognormal(8.5, 1.2, size), 2).tolist(), dice.choice([0.0, 0.0, 0.0812], size).tolist(),
    ))  # fmt: skip


class TestReadBack:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("unit", ["mu", "ha", "m2"])
    def test_fourwaycheck_finds_nothing(self, unit: str, seed: int) -> None:
        rows = county(seed)
        sheets = forms(made(rows, unit), Imprint("示范县", "示范县自然资源局"))
        findings = Findings("zh")
        frames = {
            "map": read(map_source(rows), "map", findings),
            "table": read(sheet_source(sheets[0]), "table", findings),
            "register": read(sheet_source(sheets[3]), "register", findings),
        }
        result = fourway.check(frames, findings, fourway.Settings(), Progress())
        assert findings.frame()["message"].tolist() == []
        balance = result.tables["UNIT_BALANCE"]
        # The table was read, not passed over: every unit has its figure and its count.
        assert balance.loc[balance["class"] == "", "table_area"].notna().all()
        assert balance.loc[balance["class"] == "", "table_count"].notna().all()

    def test_a_wrong_figure_is_found(self) -> None:
        rows = county(1)
        sheets = forms(made(rows, "mu"), Imprint())
        source = sheet_source(sheets[0])
        place = source.cells.index[source.cells["Field1"] == "990101001001"][0]
        source.cells.loc[place, "Field8"] = str(float(source.cells.loc[place, "Field8"]) + 1)
        findings = Findings("zh")
        frames = {"map": read(map_source(rows), "map", findings), "table": read(source, "table", findings)}
        fourway.check(frames, findings, fourway.Settings(), Progress())
        assert {"R6005", "R6006", "R6007"} <= set(findings.frame()["rule"])


class TestForms:
    def test_headings_and_order(self) -> None:
        rows = [("990101001001", "0101", 5000.0, 0.0), ("990101002001", "0305", 100.0, 0.0)]
        found = made(rows, name="示范县")
        sheets = forms(found, Imprint("示范县"))
        names = ["现状汇总表", "坡度汇总表", "等别汇总表", "现状登记表", "保护责任一览表"]
        assert [form.sheet for form in sheets] == names
        summary = sheets[0]
        assert summary.title == "示范县永久基本农田现状汇总表（按地类）"
        assert summary.unit == "单位：亩"
        assert list(summary.rows) == ["county", "township", "village", "township", "village"]
        assert summary.columns[0].cells == ["990101", "990101001", "990101001001", "990101002", "990101002001"]
        assert summary.columns[1].cells[0] == "示范县"
        assert [column.path[-1] for column in summary.columns[5:]] == [
            "合计", "小计", "水田（0101）", "水浇地（0102）", "旱地（0103）", "灌木林地（0305）",
        ]  # fmt: skip
        assert [column.number for column in summary.columns] == [
            "甲", "乙", "1", "2=3+4", "3", "4=5+9", "5=6+7+8", "6", "7", "8", "9",
        ]  # fmt: skip

    def test_without_an_office_there_is_room_for_a_pen(self) -> None:
        summary = forms(made([("990101001001", "0101", 5000.0, 0.0)]), Imprint())[0]
        assert summary.office == "填报单位："
        assert summary.columns[1].cells[0] == "全县"

    def test_plots_are_listed_in_square_metres_and_add_up(self) -> None:
        register = forms(made(county(3), "ha"), Imprint())[3]
        for column in register.columns:
            if column.total is not None:
                assert sum(round(cell * 100) for cell in column.cells) == round(column.total * 100)
        assert "折合面积\n（公顷）" in [column.path[-1] for column in register.columns]
