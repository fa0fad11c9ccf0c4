"""四统一 on a county of rectangles: every disagreement alone, the lines between right and wrong, and hostile input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from redline.core import frames
from redline.core.checks import fourway, joining
from redline.core.checks.fourway import Settings
from redline.core.checks.fourway_plots import STATUSES
from redline.core.findings import Findings
from redline.core.progress import Progress
from redline.tests.core.hand import (
    CRS,
    VILLAGES,
    Row,
    box,
    check,
    county,
    ground_of,
    layer,
    register_of,
    shapes,
    sheet,
    table_of,
    told,
    villages,
)

FIRST = "99010100100100001"
THIRD = "99010100100100003"  # dry land: 6400.37 m², 640.04 deducted, 5760.33 of farmland
MU = "永久基本农田面积(亩)"
Change = Callable[[list[Row]], Any]


def everything() -> dict[str, list[Row]]:
    plots = county()
    return {
        "map": plots, "register": register_of(plots), "plots": ground_of(plots), "units": villages(),
        "table": table_of(plots),
    }  # fmt: skip


def test_a_county_in_order_has_no_findings() -> None:
    found, result = check(**everything())
    assert found == set()
    assert result.checked == 12
    assert result.rates["agreement"].value == 1.0
    assert set(result.tables["PLOT_STATUS"]["status"]) == {"consistent"}
    assert result.unchecked == []


def test_what_is_not_given_is_said_to_be_unchecked() -> None:
    _, result = check(map=county(), language="en")
    assert len(result.unchecked) == 4
    status = result.tables["PLOT_STATUS"]
    assert status[["in_register", "in_plots"]].isna().all(axis=None)
    assert status["in_map"].all()


# One thing wrong at a time: the source, what is done to it, what must be found and nothing else.
ALONE: dict[str, tuple[str, Change, set[tuple[str, str, str, str]], str]] = {
    "not in the register": (
        "register", lambda rows: rows.pop(0), {("R6001", "map", FIRST, "")}, "missing_register",
    ),
    "not on the map": (
        "register", lambda rows: rows.append({**rows[0], "图斑编号": "99010100100100009"}),
        {("R6002", "register", "99010100100100009", "")}, "",
    ),
    "not on the ground": ("plots", lambda rows: rows.pop(0), {("R6012", "map", FIRST, "")}, "missing_plots"),
    "on the ground only": (
        "plots", lambda rows: rows.append({**rows[0], "DKBH": "99010100100100009", "geometry": box(900, 0)}),
        {("R6013", "plots", "99010100100100009", "")}, "",
    ),
    "twice in the register": (
        "register", lambda rows: rows.append(dict(rows[0])), {("R2009", "register", FIRST, "")}, "duplicate",
    ),
    "twice on the ground": (
        "plots", lambda rows: rows.append({**rows[0], "geometry": box(900, 0)}),
        {("R2009", "plots", FIRST, "")}, "duplicate",
    ),
    "register area": (
        "register", lambda rows: rows[0].update({MU: "9.50"}), {("R6003", "register", FIRST, "")}, "area_differs",
    ),
    "register area blank": (
        "register", lambda rows: rows[0].update({MU: "/"}), {("R6026", "register", FIRST, "farmland_area")}, "",
    ),
    "register class": (
        "register", lambda rows: rows[0].update({"地类名称": "旱地"}),
        {("R6015", "register", FIRST, "")}, "attribute_differs",
    ),
    "register unit": (
        "register", lambda rows: rows[0].update({"村代码": VILLAGES[1]}),
        {("R6016", "register", FIRST, "")}, "attribute_differs",
    ),
    "register owner": (
        "register", lambda rows: rows[0].update({"权属单位": "东关村二组"}),
        {("R6017", "register", FIRST, "")}, "attribute_differs",
    ),
    "register person": (
        "register", lambda rows: rows[0].update({"责任人": "李四"}), {("R6023", "register", FIRST, "")}, "",
    ),
    "ground area": (
        "plots", lambda rows: rows[0].update({"SCMJ": 6100.0}), {("R6014", "plots", FIRST, "")}, "area_differs",
    ),
    "ground class": (
        "plots", lambda rows: rows[0].update({"DLBM": "0201"}),
        {("R6015", "plots", FIRST, "")}, "attribute_differs",
    ),
    "ground moved": (
        "plots", lambda rows: rows[0].update({"geometry": box(0, 3, 100, 60)}),
        {("R6018", "plots", FIRST, "")}, "shape_differs",
    ),
    "ground of another shape": (
        "plots", lambda rows: rows[0].update({"geometry": shapely.difference(rows[0]["geometry"], box(0, 0, 50, 10))}),
        {("R6018", "plots", FIRST, "")}, "shape_differs",
    ),
    "ground shape invalid": (
        "plots", lambda rows: rows[0].update({"geometry": bow_tie()}),
        {("R3002", "plots", FIRST, "")}, "",
    ),
    "map area": (
        "map", lambda rows: rows[0].update({"YJJBNTTBMJ": 6100.0, "YJJBNTMJ": 6100.0}),
        {("R5001", "map", FIRST, ""), ("R6003", "register", FIRST, ""), ("R6014", "plots", FIRST, ""),
         ("R6005", "table", VILLAGES[0], "0101:area")}, "area_differs",
    ),
    "map deduction": (
        "map", lambda rows: rows[2].update({"KCMJ": 640.05, "YJJBNTMJ": 5760.32}), {("R5002", "map", THIRD, "")}, "",
    ),
    "map farmland area": (
        "map", lambda rows: rows[2].update({"YJJBNTMJ": 5760.34}), {("R5003", "map", THIRD, "")}, "",
    ),
    "map coefficient": (
        "map", lambda rows: rows[0].update({"KCXS": 1.0}),
        {("R5006", "map", FIRST, ""), ("R5002", "map", FIRST, "")}, "",
    ),
    "map shape null": (
        "map", lambda rows: rows[0].update({"geometry": None}), {("R3001", "map", FIRST, "")}, "invalid",
    ),
    "map shape empty": (
        "map", lambda rows: rows[0].update({"geometry": shapely.Polygon()}), {("R3001", "map", FIRST, "")}, "invalid",
    ),
    "map unit malformed": (
        "map", lambda rows: rows[0].update({"XZQDM": "99010100100A"}),
        {("R2010", "map", FIRST, ""), ("R6016", "register", FIRST, ""), ("R6005", "table", VILLAGES[0], ":count"),
         ("R6005", "table", VILLAGES[0], "0101:area"), ("R6020", "map", "99010100100A", "")}, "attribute_differs",
    ),
    "map plot in another village": (
        "map", lambda rows: rows[0].update({"geometry": box(0, 200, 100, 60)}),
        {("R4003", "map", FIRST, ""), ("R6018", "plots", FIRST, "")}, "shape_differs",
    ),
    "map plot over the border": (
        "map", lambda rows: rows[0].update({"geometry": box(-20, 0, 100, 60)}),
        {("R4004", "map", FIRST, ""), ("R6018", "plots", FIRST, "")}, "shape_differs",
    ),
    "map number missing": (
        "map", lambda rows: rows[0].update({"YJJBNTTBBH": "", "TBBH": ""}),
        {("R2005", "map", "(37500050,4050030)", ""), ("R6002", "register", FIRST, ""), ("R6013", "plots", FIRST, "")},
        "missing_map",
    ),
    "table cell": (
        "table", lambda rows: rows[2].update({"水田(平方米)": "12700.00"}),
        {("R6004", "table", VILLAGES[0], "0101:area"), ("R6005", "table", VILLAGES[0], "0101:area"),
         ("R6006", "table", "990101001", "0101:area"), ("R6007", "table", VILLAGES[0], ":area")}, "",
    ),
    "table total": (
        "table", lambda rows: rows[2].update({"合计(平方米)": "24561.15"}),
        {("R6006", "table", "990101001", ":area"), ("R6007", "table", VILLAGES[0], ":area")}, "",
    ),
    "table count": (
        "table", lambda rows: rows[2].update({"图斑个数": "5"}),
        {("R6004", "table", VILLAGES[0], ":count"), ("R6005", "table", VILLAGES[0], ":count"),
         ("R6006", "table", "990101001", ":count")}, "",
    ),
    "table parent": (
        "table", lambda rows: rows[0].update({"旱地(平方米)": "26282.37", "合计(平方米)": "82284.96"}),
        {("R6006", "table", "990101", "0103:area"), ("R6006", "table", "990101", ":area")}, "",
    ),
}  # fmt: skip


def bow_tie() -> shapely.Polygon:
    corners = shapely.get_coordinates(box(0, 0, 100, 60))
    return shapely.Polygon(corners[[0, 2, 1, 3, 0]])


@pytest.mark.parametrize("case", ALONE)
def test_one_thing_wrong_is_all_that_is_found_in_any_order(case: str) -> None:
    source, change, expected, status = ALONE[case]
    sources = everything()
    change(sources[source])
    if source in ("register", "plots"):
        del sources["table"]
    found, result = check(**sources)
    assert found == expected
    statuses = result.tables["PLOT_STATUS"].set_index("key")["status"]
    if status:
        assert statuses[FIRST] == status
    assert set(statuses.drop(FIRST)) <= {"consistent", "missing_map", "missing_register"}
    turned = {role: rows if role == "table" else rows[::-1] for role, rows in sources.items()}
    one, other = (run.findings.frame().drop(columns="geometry") for run in (result, check(**turned)[1]))
    # A row without a number is told by its place in the list.
    assert one.equals(other) or (case == "map number missing" and list(one["finding_id"]) == list(other["finding_id"]))


def test_languages_tell_the_same() -> None:
    sources = everything()
    for case in ("register area", "ground moved", "table cell"):
        ALONE[case][1](sources[ALONE[case][0]])
    chinese, english = (check(language=speech, **sources)[1].findings.frame() for speech in ("zh", "en"))
    assert list(chinese["finding_id"]) == list(english["finding_id"])
    assert (chinese["message"] != english["message"]).all()


# Tolerances


@pytest.mark.parametrize(
    ("difference", "settings", "grade"),
    [
        ("0.10", Settings(), None), ("0.60", Settings(), None), ("0.61", Settings(), "warning"),
        ("-0.61", Settings(), "warning"), ("30.00", Settings(), "warning"), ("30.01", Settings(), "error"),
        ("-30.00", Settings(), "warning"), ("-30.01", Settings(), "error"),
        ("40.00", Settings(abs_tolerance=40), "warning"), ("40.01", Settings(abs_tolerance=40), "error"),
        ("60.00", Settings(rel_tolerance=1), "warning"), ("60.01", Settings(rel_tolerance=1), "error"),
        ("0.01", Settings(abs_tolerance=0, rel_tolerance=0), None),
        ("0.02", Settings(abs_tolerance=0, rel_tolerance=0), "error"),
        ("0.50", Settings(abs_tolerance=0.5, rel_tolerance=0), None),
        ("0.51", Settings(abs_tolerance=0.5, rel_tolerance=0), "error"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["map", "plots"])
def test_a_difference_on_the_line_is_none(difference: str, settings: Settings, grade: str | None, where: str) -> None:
    """Plot of 6000 m²: warning beyond max(0.1 m², 0.01 %) = 0.6 m², error beyond max(1 m², 0.5 %) = 30 m²."""
    plots = county()
    ground = ground_of(plots)
    if where == "plots":
        ground[0]["SCMJ"] = float(Decimal(6000) + Decimal(difference))
    else:
        plots[0]["geometry"] = box(0, 0, 100, float((Decimal(6000) - Decimal(difference)) / 100))
        ground[0]["geometry"] = plots[0]["geometry"]
    _, result = check(settings, map=plots, plots=ground)
    frame = result.findings.frame().set_index("rule")
    rule = "R5001" if where == "map" else "R6014"
    assert (frame["severity"].get(rule) if rule in frame.index else None) == grade
    if where == "plots":
        assert set(frame.index) <= {"R6014"}


def test_areas_come_to_the_line_one_cent_at_a_time() -> None:
    """A thousand plots, each a cent more off: brute force in whole cents says which."""
    plots = [
        {"YJJBNTTBBH": f"{number:04d}", "YJJBNTTBMJ": 100.0 + number / 100, "geometry": box(number * 20, 0, 10, 10)}
        for number in range(1000)
    ]
    _, result = check(Settings(abs_tolerance=2, rel_tolerance=3), map=plots)
    grades = dict(result.findings.frame()[["key", "severity"]].to_numpy().tolist())
    for number in range(1000):
        # 0.1 m² and 0.01 % for a warning, 2 m² and 3 % of the recorded 100 m² and so many cents for an error.
        expected = "error" if 100 * number > 3 * (10_000 + number) else "warning" if number > 10 else None
        assert grades.get(f"{number:04d}") == expected, number


@given(st.lists(st.integers(1, 50_000_00), min_size=1, max_size=40), st.sampled_from(["亩", "公顷", "平方米"]))
@hypothesis_settings(deadline=None, derandomize=True, max_examples=40)
def test_a_register_that_is_rounded_right_never_alarms(cents: list[int], unit: str) -> None:
    """Printed with two decimals in any unit, half up, as Excel does: 6.67, 100 or 0.01 m² to the last place."""
    size = {"亩": Decimal(2000) / 3, "公顷": Decimal(10_000), "平方米": Decimal(1)}[unit]
    plots, register = [], []
    for number, area in enumerate(cents):
        key, metres = f"{VILLAGES[0]}{number:05d}", Decimal(area) / 100
        plots.append({"YJJBNTTBBH": key, "YJJBNTTBMJ": float(metres), "geometry": box(0, 0, 1, 1)})
        printed = (metres / size).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
        register.append({"图斑编号": key, f"永久基本农田图斑面积({unit})": str(printed)})
    found, result = check(Settings(abs_tolerance=0, rel_tolerance=0), map=plots, register=register)
    assert not [rule for rule, *_ in found if rule == "R6003"], result.findings.frame()["message"].tolist()


@pytest.mark.parametrize(("printed", "wrong"), [("8.99", False), ("9.00", False), ("9.01", True), ("8.98", True)])
def test_a_register_in_mu_is_held_to_its_last_place(printed: str, wrong: bool) -> None:
    """5996.67 m² are 8.995 亩: 8.99 and 9.00 are both within half a hundredth, 3.33 m²."""
    plots = county()[:1]
    plots[0].update({"YJJBNTTBMJ": 5996.67, "YJJBNTMJ": 5996.67, "geometry": box(0, 0, 100, 59.9667)})
    register = [{**register_of(plots)[0], MU: printed}]
    found, _ = check(Settings(abs_tolerance=0, rel_tolerance=0), map=plots, register=register)
    assert (("R6003", "register", FIRST, "") in found) == wrong


# Units of area


@pytest.mark.parametrize("stated", ["亩", "公顷", "平方米"])
@pytest.mark.parametrize(("true", "places"), [("亩", 2), ("公顷", 4), ("平方米", 2)])
def test_a_register_in_another_unit_is_told_once(stated: str, true: str, places: int) -> None:
    plots = county()
    register = [
        {key.replace(true, stated): value for key, value in row.items()} for row in register_of(plots, true, places)
    ]
    found, result = check(map=plots, register=register, table=table_of(plots))
    assert found == (set() if stated == true else {("R5005", "register", "", "farmland_area")})
    assert result.rates["agreement"].value == 1.0
    balance = result.tables["UNIT_BALANCE"].set_index(["unit", "class"])
    assert balance.loc[("990101", ""), "register_area"] == pytest.approx(
        sum(row["YJJBNTMJ"] for row in plots), abs=12 * ROUNDED[true]
    )


ROUNDED = {"亩": 3.34, "公顷": 0.51, "平方米": 0.01}


@pytest.mark.parametrize("stated", ["亩", "公顷", "平方米"])
@pytest.mark.parametrize(("true", "places"), [("亩", 2), ("公顷", 4), ("平方米", 2)])
def test_a_table_in_another_unit_is_told_once(stated: str, true: str, places: int) -> None:
    plots = county()
    table = [{key.replace(true, stated): value for key, value in row.items()} for row in table_of(plots, true, places)]
    found, _ = check(map=plots, register=register_of(plots, "平方米"), table=table)
    assert found - {("R6022", "table", "", "area")} == (set() if stated == true else {("R5005", "table", "", "area")})


@pytest.mark.parametrize(("true", "size"), [("亩", 2000 / 3), ("公顷", 10_000.0)])
@pytest.mark.parametrize("role", ["map", "plots"])
def test_a_layer_in_another_unit_is_told_once(role: str, true: str, size: float) -> None:
    plots = county()
    ground = ground_of(plots)
    for row, field in (
        [(row, f) for row in plots for f in ("YJJBNTTBMJ", "KCMJ", "YJJBNTMJ")]
        if role == "map"
        else [(row, "SCMJ") for row in ground]
    ):
        row[field] = round(row[field] / size, 4)
    right = county()
    found, result = check(map=plots, plots=ground, register=register_of(right), table=table_of(right))
    assert found == {("R5005", role, "", "plot_area")}
    assert result.findings.frame()["severity"].tolist() == ["error"]
    assert result.tables["PLOT_STATUS"]["map_area"].tolist() == pytest.approx([p["YJJBNTTBMJ"] for p in right], abs=1)


def test_both_areas_of_a_register_in_another_unit_are_one_finding() -> None:
    plots = county()
    register = [
        {"图斑编号": row["YJJBNTTBBH"], "图斑面积(平方米)": f"{row['YJJBNTTBMJ'] * 0.0015:.2f}",
         "永久基本农田面积(平方米)": f"{row['YJJBNTMJ'] * 0.0015:.2f}"}
        for row in plots
    ]  # fmt: skip
    found, _ = check(map=plots, register=register)
    assert found == {("R5005", "register", "", "farmland_area")}


def test_a_unit_that_nobody_states_is_found_and_noted() -> None:
    plots = county()
    register = [{("面积" if key == MU else key): value for key, value in row.items()} for row in register_of(plots)]
    found, result = check(map=plots, register=register)
    assert found == set()
    assert any("亩" in note and "面积" in note for note in result.notes)


def test_a_unit_given_by_the_user_goes_before_the_heading() -> None:
    plots = county()
    register = [{key.replace("亩", "平方米"): value for key, value in row.items()} for row in register_of(plots)]
    found, _ = check(map=plots, register=register, options={"register": {"area_unit": "mu"}})
    assert found == set()


def test_a_few_rows_in_another_unit_are_findings_of_their_own() -> None:
    plots = county()
    register = register_of(plots)
    for row in register[:3]:
        row[MU] = f"{float(row[MU]) * 2000 / 3:.2f}"
    found, _ = check(map=plots, register=register)
    assert found == {("R6003", "register", row["YJJBNTTBBH"], "") for row in plots[:3]}


@pytest.mark.parametrize(("field", "basis"), [("YJJBNTMJ", "farmland_area"), ("YJJBNTTBMJ", "plot_area")])
def test_a_bare_area_is_whatever_the_map_bears_out(field: str, basis: str) -> None:
    plots = county()
    register = [{"图斑编号": row["YJJBNTTBBH"], "面积(亩)": f"{row[field] * 0.0015:.2f}"} for row in plots]
    register[0]["面积(亩)"] = "1.00"
    found, result = check(map=plots, register=register)
    assert found == {("R6003", "register", FIRST, "")}
    assert any("面积(亩)" in note for note in result.notes[-2:])
    area = result.tables["PLOT_STATUS"].set_index("key").loc[THIRD, "register_area"]
    assert area == pytest.approx({"farmland_area": 5760.33, "plot_area": 6400.37}[basis], abs=3.34)


# Joining


def test_joins_by_village_and_number_where_a_source_has_no_key() -> None:
    plots = county()
    register = [
        {"村代码": f"{row['XZQDM']}0000000", "图斑号": row["TBBH"], MU: f"{row['YJJBNTMJ'] * 0.0015:.2f}"}
        for row in plots
    ]
    register[0][MU] = "1.00"
    register.pop(5)
    found, _ = check(map=plots, register=register)
    assert found == {("R6003", "register", FIRST, ""), ("R6001", "map", plots[5]["YJJBNTTBBH"], "")}


def test_a_map_without_keys_is_numbered_by_village() -> None:
    plots = county()
    register = [{"村代码": row["XZQDM"], "图斑号": row["TBBH"], MU: f"{row['YJJBNTMJ'] * 0.0015:.2f}"} for row in plots]
    register.pop(0)
    for row in plots:
        del row["YJJBNTTBBH"]
    found, _ = check(map=plots, register=register)
    assert found == {("R6001", "map", f"{VILLAGES[0]}/00001", "")}


def test_a_number_that_a_village_has_twice_joins_neither_plot() -> None:
    plots = county()
    register = [{"村代码": row["XZQDM"], "图斑号": row["TBBH"], MU: f"{row['YJJBNTMJ'] * 0.0015:.2f}"} for row in plots]
    for number, row in enumerate(plots):
        row["YJJBNTTBBH"] = f"PLOT{number}"
    plots[1]["TBBH"] = plots[0]["TBBH"]
    found, _ = check(map=plots, register=register)
    assert found == {
        ("R6001", "map", "PLOT0", ""), ("R6001", "map", "PLOT1", ""),
        ("R6002", "register", f"{VILLAGES[0]}/00001", ""), ("R6002", "register", f"{VILLAGES[0]}/00002", ""),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["polygon", "point"])
def test_ground_plots_without_numbers_join_by_position(kind: str) -> None:
    plots = county()
    ground = ground_of(plots)
    for row in ground:
        del row["DKBH"]
        if kind == "point":
            row["geometry"] = shapely.point_on_surface(row["geometry"])
    ground.pop(3)
    found, result = check(map=plots, plots=ground)
    assert {finding for finding in found if finding[0] != "R6021"} == {("R6012", "map", plots[3]["YJJBNTTBBH"], "")}
    assert {key for rule, _, key, _ in found if rule == "R6021"} == {p["YJJBNTTBBH"] for p in plots} - {
        plots[3]["YJJBNTTBBH"]
    }
    assert set(result.findings.frame().query("rule == 'R6021'")["severity"]) == {"info"}


def test_ground_plots_as_points_are_compared_by_what_they_say() -> None:
    plots = county()
    ground = ground_of(plots)
    for row in ground:
        row["geometry"] = shapely.point_on_surface(row["geometry"])
    ground[0]["geometry"] = shapely.Point(shapely.get_coordinates(plots[0]["geometry"])[0] + (2.0, 0.0))
    ground[1]["geometry"] = shapely.Point(shapely.get_coordinates(plots[1]["geometry"])[0] + (2.01, 0.0))
    ground[2]["SCMJ"] = 1.0
    found, result = check(map=plots, plots=ground)
    assert found == {("R6018", "plots", plots[1]["YJJBNTTBBH"], ""), ("R6014", "plots", THIRD, "")}
    assert result.tables["PLOT_STATUS"]["agreement"].isna().all()


def test_a_ground_plot_that_lies_nowhere_is_named_by_its_place() -> None:
    plots = county()
    ground = [*ground_of(plots), {"DKBH": None, "geometry": box(5000, 5000)}]
    found, _ = check(map=plots, plots=ground)
    assert found == {("R6013", "plots", "(37505050,4055050)", "")}


def test_old_codes_join_where_only_they_make_a_number_the_maps() -> None:
    """神木县 610821 is 神木市 610881 since 2017."""
    plots = county()
    for row in plots:
        row["YJJBNTTBBH"] = "610881" + row["YJJBNTTBBH"][6:]
        row["XZQDM"] = "610881" + row["XZQDM"][6:]
    register = register_of(plots)
    for row in register:
        row["图斑编号"] = "610821" + row["图斑编号"][6:]
        row["村代码"] = "610821" + row["村代码"][6:]
    register.append({**register[0], "图斑编号": "61082100100100077"})
    found, _ = check(map=plots, register=register, plots=ground_of(plots))
    assert {finding for finding in found if finding[0] != "R6016"} == {("R6002", "register", "61082100100100077", "")}


@pytest.mark.parametrize(
    ("printed", "same"),
    [("0101", True), ("水田", True), ("0101水田", True), ("0101K", True), ("耕地", True), ("01", True), ("0103", False),
     ("旱地", False), ("果园", False), ("", True), ("0101 水田", True)],
)  # fmt: skip
def test_classes_are_compared_by_code_or_name(printed: str, same: bool) -> None:
    plots = county()
    register = register_of(plots)
    register[0]["地类名称"] = printed
    found, _ = check(map=plots, register=register)
    assert found == (set() if same else {("R6015", "register", FIRST, "")})


def test_sub_kinds_of_a_class_agree_with_it() -> None:
    plots = county()
    register = register_of(plots)
    plots[0]["DLBM"] = "0101K"
    found, _ = check(map=plots, register=register, plots=ground_of(county()))
    assert found == set()


def test_units_agree_where_one_lies_in_the_other() -> None:
    plots = county()
    register = register_of(plots)
    register[0]["村代码"], register[1]["村代码"], register[2]["村代码"] = "990101001", "990101001001000000", ""
    found, _ = check(map=plots, register=register)
    assert {finding for finding in found if finding[0] == "R6016"} == set()


def test_names_agree_where_one_ends_with_the_other() -> None:
    plots = county()
    register = register_of(plots)
    register[0]["权属单位"], register[1]["权属单位"] = "示范县城关镇东关村一组", "东关村 一组　"
    found, _ = check(map=plots, register=register)
    assert found == set()


# Position


@pytest.mark.parametrize(
    ("reach", "rule"), [(0.05, None), (0.5, "R4004"), (49.9, "R4004"), (50.1, "R4003"), (90, "R4003")]
)
def test_land_outside_the_unit(reach: float, rule: str | None) -> None:
    """A plot 100 m wide that reaches over its village's border: with half of it outside it belongs elsewhere."""
    plots = county()
    plots[0]["geometry"] = box(-10 - reach, 0, 100, 60)
    found, _ = check(map=plots, units=villages())
    assert found == ({(rule, "map", FIRST, "")} if rule else set())


def test_a_plot_of_an_unlisted_village_is_held_against_its_township() -> None:
    plots = county()
    units = [{"XZQDM": "990101001", "XZQMC": "城关镇", "geometry": box(-10, -10, 420, 330)},
             {"XZQDM": "990101002", "XZQMC": "柳河镇", "geometry": box(-10, 390, 420, 120)}]  # fmt: skip
    found, _ = check(map=plots, units=units)
    assert not found
    plots[0]["geometry"] = box(0, 400, 100, 60)
    found, _ = check(map=plots, units=units)
    assert ("R4003", "map", FIRST, "") in found


# Shapes


def test_shapes_are_judged_by_agreement_and_distance() -> None:
    """Moved by d along 100 m: agreement (100 − d) ÷ (100 + d), greatest distance d."""
    for d, settings, bad in (
        (2.0, Settings(), False), (2.01, Settings(), True), (2.5, Settings(shift_tolerance=5), False),
        (2.6, Settings(shift_tolerance=5, min_agreement=0.95), True), (2.5, Settings(shift_tolerance=2.49), True),
    ):  # fmt: skip
        plots = county()
        ground = ground_of(plots)
        ground[0]["geometry"] = box(d, 0, 100, 60)
        found, result = check(settings, map=plots, plots=ground)
        assert found == ({("R6018", "plots", FIRST, "")} if bad else set()), d
        share = result.tables["PLOT_STATUS"].set_index("key").loc[FIRST, "agreement"]
        assert share == pytest.approx((100 - d) / (100 + d))


def test_the_distance_is_that_of_the_outlines_however_vertices_are_numbered() -> None:
    """The same outline from another corner, turned round and with more vertices has not moved at all."""
    plots = county()
    ground = ground_of(plots)
    corners = shapely.get_coordinates(plots[0]["geometry"])[:4]
    for number, order in enumerate(([1, 2, 3, 0, 1], [3, 2, 1, 0, 3])):
        ground[0]["geometry"] = shapely.Polygon(corners[order])
        assert check(map=plots, plots=ground)[0] == set(), number
    ground[0]["geometry"] = shapely.segmentize(plots[0]["geometry"], 7.0)
    assert check(map=plots, plots=ground)[0] == set()
    spike = [*corners[:2].tolist(), (corners[1] + (0.0, 30.0)).tolist(), (corners[1] + (2.5, 30.5)).tolist(),
             (corners[1] + (0.0, 31.0)).tolist(), *corners[2:].tolist()]  # fmt: skip
    ground[0]["geometry"] = shapely.Polygon(spike)
    moved = check(map=plots, plots=ground)[1].findings.frame()
    assert moved["rule"].tolist() == ["R6018"]
    assert moved["difference"].iloc[0] == pytest.approx(
        shapely.hausdorff_distance(plots[0]["geometry"], ground[0]["geometry"])
    )


# Brute force


@st.composite
def records(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A map and a register over few numbers, so that they meet, miss and repeat each other; from one row to many."""
    numbers = st.sampled_from([f"{VILLAGES[0]}{n:05d}" for n in range(1, 19)] + ["", " "])

    def several(count: int) -> st.SearchStrategy[list[str]]:
        return st.lists(numbers, min_size=count, max_size=count)

    classes = st.sampled_from(["0101", "0102", "0103", ""])
    cents = st.integers(900_00, 1_100_00)
    plots = [
        {"YJJBNTTBBH": key, "XZQDM": VILLAGES[0], "DLBM": draw(classes), "YJJBNTTBMJ": draw(cents) / 100,
         "geometry": box(0, 0, 10, 100)}
        for key in draw(st.integers(1, 24).flatmap(several))
    ]  # fmt: skip
    register = [
        {"图斑编号": key, "地类编码": draw(classes), "图斑面积(平方米)": f"{draw(cents) / 100:.2f}", "备注": "无误"}
        for key in draw(st.integers(1, 24).flatmap(several))
    ]
    return plots, register


@given(records(), st.sampled_from([0.0, 0.5, 1.0, 50.0]), st.sampled_from([0.0, 0.5, 5.0]))
@hypothesis_settings(deadline=None, derandomize=True, max_examples=40)
def test_presence_duplicates_areas_and_classes_against_brute_force(
    sources: tuple[list[Row], list[Row]], absolute: float, percent: float
) -> None:
    plots, register = sources
    found, result = check(Settings(abs_tolerance=absolute, rel_tolerance=percent), map=plots, register=register)
    on_map = Counter(row["YJJBNTTBBH"].strip() for row in plots)
    listed = Counter(row["图斑编号"].strip() for row in register)
    expected = set()
    for keys, others, role, rule in ((on_map, listed, "map", "R6001"), (listed, on_map, "register", "R6002")):
        expected |= {(rule, role, key, "") for key in keys if key and key not in others}
        expected |= {("R2009", role, key, "") for key, count in keys.items() if key and count > 1}
    for row in plots:
        for line in register:
            key = row["YJJBNTTBBH"]
            if key.strip() and key == line["图斑编号"] and on_map[key] == listed[key] == 1:
                apart = abs(Decimal(line["图斑面积(平方米)"]) - Decimal(repr(row["YJJBNTTBMJ"])))
                base = Decimal(repr(row["YJJBNTTBMJ"]))
                error = max(Decimal(absolute), base * Decimal(percent) / 100, Decimal("0.01"))
                if apart > min(error, max(Decimal("0.1"), base / 10_000)):
                    expected.add(("R6003", "register", key, ""))
                if row["DLBM"] and line["地类编码"] and row["DLBM"] != line["地类编码"]:
                    expected.add(("R6015", "register", key, ""))
    assert {finding for finding in found if finding[0] not in ("R5001", "R2005")} == expected
    assert sum(rule == "R2005" for rule, *_ in found) == on_map[""] + listed[""]
    keys = (on_map.keys() | listed.keys()) - {""}
    assert result.tables["PLOT_STATUS"]["key"].tolist() == sorted(keys)
    assert result.checked == len(keys)


def test_status_is_the_gravest_thing_wrong() -> None:
    sources = everything()
    sources["map"][0]["geometry"] = None
    sources["register"].append(dict(sources["register"][0]))
    sources["register"].pop(1)
    sources["plots"][2].update({"SCMJ": 1.0, "DLBM": "0201", "geometry": box(0, 300)})
    sources["plots"][3].update({"DLBM": "0201", "geometry": box(0, 300)})
    sources["plots"][4]["DLBM"] = "0201"
    statuses = check(**sources)[1].tables["PLOT_STATUS"]["status"].tolist()
    assert statuses[:6] == [
        "duplicate", "missing_register", "area_differs", "shape_differs", "attribute_differs", "consistent",
    ]  # fmt: skip
    assert set(statuses) <= set(STATUSES)


# Hostile input: no traceback, and something sensible is said


def test_an_empty_map() -> None:
    findings, plots = Findings("zh"), county()
    cells = pd.DataFrame({name: pd.Series(dtype=object) for name in ("YJJBNTTBBH", "YJJBNTTBMJ")})
    empty = frames.read(frames.Source("空", cells, shapes(), np.empty(0), CRS, None), "map", findings)
    read = {
        "map": empty, "register": sheet("register", register_of(plots), findings),
        "table": sheet("table", table_of(plots), findings), "plots": layer("plots", ground_of(plots), findings),
    }  # fmt: skip
    result = fourway.check(read, findings, Settings(), Progress())
    found = Counter((rule, role) for rule, role, *_ in told(result))
    assert found == {("R6002", "register"): 12, ("R6013", "plots"): 12, ("R6019", "table"): 3}
    assert set(result.tables["PLOT_STATUS"]["status"]) == {"missing_map"}
    assert result.rates["agreement"].value == 0.0


def test_an_empty_register_and_empty_ground() -> None:
    plots = county()
    found, _ = check(map=plots, register=[{"图斑编号": None, MU: None}])
    assert found == {("R6001", "map", row["YJJBNTTBBH"], "") for row in plots}


def test_a_map_of_one_plot() -> None:
    plots = county()[:1]
    sources = {"register": register_of(plots), "plots": ground_of(plots), "table": table_of(plots), "units": villages()}
    assert check(map=plots, **sources)[0] == set()


def test_all_geometries_null() -> None:
    sources = everything()
    for row in (*sources["map"], *sources["plots"], *sources["units"]):
        row["geometry"] = None
    found, result = check(**sources)
    assert Counter((rule, role) for rule, role, *_ in found) == {
        ("R3001", "map"): 12, ("R3001", "plots"): 12, ("R3001", "units"): 3,
    }  # fmt: skip
    assert set(result.tables["PLOT_STATUS"]["status"]) == {"invalid"}


def test_duplicates_everywhere() -> None:
    sources = everything()
    for role in ("map", "register", "plots"):
        sources[role] += [dict(row) for row in sources[role]]
    found, result = check(**{role: rows for role, rows in sources.items() if role != "table"})
    assert Counter((rule, role) for rule, role, *_ in found) == {
        ("R2009", "map"): 12, ("R2009", "register"): 12, ("R2009", "plots"): 12,
    }  # fmt: skip
    assert set(result.tables["PLOT_STATUS"]["status"]) == {"duplicate"}


def test_everything_in_full_width() -> None:
    wide = str.maketrans("".join(map(chr, range(33, 127))), "".join(chr(n + 0xFEE0) for n in range(33, 127)))
    plots = county()
    register = [{key: str(value).translate(wide) for key, value in row.items()} for row in register_of(plots)]
    table = [{key: str(value).translate(wide) for key, value in row.items()} for row in table_of(plots)]
    for row in plots:
        row.update({field: row[field].translate(wide) for field in ("YJJBNTTBBH", "XZQDM", "DLBM", "QSDWMC")})
    found, result = check(map=plots, register=register, table=table)
    assert {rule for rule, *_ in found} <= {"R2012"}
    assert result.rates["agreement"].value == 1.0


def test_numbers_that_a_spreadsheet_rounded_are_told_and_not_guessed() -> None:
    plots = county()
    register = register_of(plots)
    for row in register:
        row["图斑编号"] = f"{float(row['图斑编号']):.10E}"
    found, _ = check(map=plots, register=register)
    assert {rule for rule, *_ in found} == {"R2013", "R2005", "R6001"}


@given(st.data())
@hypothesis_settings(deadline=None, derandomize=True, max_examples=50)
def test_rubbish_raises_nothing(data: st.DataObject) -> None:
    """Any text in any cell of any source: findings, never a traceback."""
    words = ["-", "合计", "1e400", "0", "-5", "９９", "nan", "2024.13.45", "=A1", "'01"]
    rubbish = st.one_of(
        st.none(), st.text(max_size=6), st.sampled_from(words),
        st.floats(allow_nan=True, allow_infinity=True, width=32), st.integers(-5, 10**20),
    )  # fmt: skip
    sources = everything()
    for role in ("map", "register", "plots", "units", "table"):
        for _ in range(data.draw(st.integers(0, 6))):
            row = data.draw(st.sampled_from(sources[role]))
            row[data.draw(st.sampled_from([field for field in row if field != "geometry"]))] = data.draw(rubbish)
    for role in ("map", "plots", "units"):
        row = data.draw(st.sampled_from(sources[role]))
        row["geometry"] = data.draw(st.sampled_from([
            row["geometry"], None, shapely.Point(1, 1), shapely.LineString([(0, 0), (5, 5)]), shapely.Polygon(),
            bow_tie(), shapely.GeometryCollection([box(0, 0), shapely.Point(0, 0)]),
            shapely.MultiPolygon([box(0, 0), box(200, 0)]), shapely.box(np.inf, 0, 1, 1), shapely.force_3d(box(0, 0)),
        ]))  # fmt: skip
    _, result = check(**sources)
    found = result.findings.frame()
    assert found["finding_id"].is_unique
    assert found["message"].str.len().gt(0).all()
    assert {"key", "status"} <= set(result.tables["PLOT_STATUS"])


@pytest.mark.parametrize("size", ["5e13", "7.5e13", "1e14", "1e15", "1e17"])
def test_areas_beyond_all_land_do_not_run_over(size: str) -> None:
    # 1e14 亩 are 6.7e16 m²: of two such, the sum of hundredths in 64 bits comes out negative.
    rows = register_of(county())
    for row in rows[:3]:
        row[MU] = size
    found, result = check(map=county(), register=rows)
    balance = result.tables["UNIT_BALANCE"]
    assert (balance["register_area"].dropna() >= 0).all()
    readable = float(size) <= 1e15
    whole = balance.loc[(balance["unit"] == "990101") & (balance["class"] == ""), "register_area"].iloc[0]
    others = sum(row["YJJBNTMJ"] for row in county()[3:])
    assert whole == pytest.approx(float(size) * 2000 if readable else others, rel=1e-3)
    assert {rule for rule, *_ in found} >= ({"R6003"} if readable else {"R2002"})


def test_the_first_row_of_a_number_is_the_same_in_any_order() -> None:
    rows = pd.DataFrame({"key": ["b", "", "a", "b", "c", "a"], "plot_area": [2.0, 0.0, 5.0, 1.0, 7.0, 4.0], "more": 1})
    for order in (np.arange(6), np.arange(6)[::-1]):
        first = joining.first_rows(rows.iloc[order], "plot_area").set_index("key").sort_index()
        assert first["plot_area"].to_dict() == {"a": 4.0, "b": 1.0, "c": 7.0}
        assert list(first) == ["plot_area"]
        assert sorted(joining.first_of_number(rows.iloc[order])) == [3, 4, 5]
