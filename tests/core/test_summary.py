"""图数一致: tables in every usual form against sums that anyone can work out, and against themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from redline.core.checks import fourway
from redline.core.findings import Findings
from redline.core.progress import Progress
from redline.tests.core.hand import (
    CLASSES,
    NAMES,
    VILLAGES,
    Row,
    Told,
    box,
    check,
    county,
    layer,
    register_of,
    sheet,
    table_of,
    told,
)

TOWNSHIPS = ("990101001", "990101002")
CELL = "水田(平方米)"
TOTAL = "合计(平方米)"


def of_tables(found: Told) -> Told:
    return {finding for finding in found if finding[0] in TABLE_RULES}


TABLE_RULES = ("R5005", "R6004", "R6005", "R6006", "R6007", "R6019", "R6020", "R6022", "R6029")


def area(code: str, land_class: str = "") -> Decimal:
    """Farmland of a unit, m², summed in decimals."""
    return sum(
        (Decimal(repr(row["YJJBNTMJ"])) for row in county()
         if row["XZQDM"].startswith(code) and row["DLBM"].startswith(land_class)), Decimal(),
    )  # fmt: skip


def of_level(digits: int) -> Callable[[Row], bool]:
    return lambda row: len(row["行政区代码"]) == digits


# Forms


def wide() -> list[Row]:
    return table_of(county())


def long() -> list[Row]:
    """A row a class, the unit named once, its total first."""
    rows = []
    for code in (*VILLAGES, *TOWNSHIPS, "990101"):
        for name, of_class in (("合计", ""), *((name, code) for code, name in CLASSES.items())):
            count = sum(row["XZQDM"].startswith(code) and row["DLBM"].startswith(of_class) for row in county())
            rows.append({
                "行政区代码": code, "行政区名称": NAMES[code], "地类名称": name, "图斑个数": str(count),
                "面积(平方米)": str(area(code, of_class)),
            })  # fmt: skip
    return rows


def names_only() -> list[Row]:
    """Townships with their villages below them, indented, and no code anywhere."""
    return [
        {**{"行政区名称": "　" * (len(row["行政区代码"]) // 3 - 2) + row["行政区名称"]},
         **{key: value for key, value in row.items() if not key.startswith("行政区")}}
        for row in table_of(county())
    ]  # fmt: skip


def two_columns_of_names() -> list[Row]:
    """Township in one column (said once), village in the next, subtotals by word."""
    rows = []
    for township in TOWNSHIPS:
        for number, village in enumerate(code for code in VILLAGES if code.startswith(township)):
            rows.append({"乡镇": "" if number else NAMES[township], "村名": NAMES[village], **figures(village)})
        rows.append({"乡镇": "", "村名": "小计", **figures(township)})
    return [*rows, {"乡镇": "合计", "村名": "", **figures("990101")}]


def figures(code: str) -> Row:
    return {
        "图斑个数": str(sum(row["XZQDM"].startswith(code) for row in county())), TOTAL: str(area(code)),
        **{f"{name}(平方米)": str(area(code, of_class)) for of_class, name in CLASSES.items()},
    }  # fmt: skip


FORMS = {
    "wide": wide, "long": long, "names only": names_only, "two columns of names": two_columns_of_names,
    "townships only": lambda: [row for row in wide() if len(row["行政区代码"]) <= 9],
    "villages only": lambda: [row for row in wide() if len(row["行政区代码"]) == 12],
    "county only": lambda: wide()[:1],
    "county last": lambda: wide()[1:] + wide()[:1],
    "padded codes": lambda: [{**row, "行政区代码": row["行政区代码"].ljust(12, "0")} for row in wide()],
    "code before the name": lambda: [
        {"行政区名称": f"{row['行政区代码']} {row['行政区名称']}",
         **{key: value for key, value in row.items() if not key.startswith("行政区")}} for row in wide()
    ],
    "codes as headings": lambda: [
        {next((key.replace(name, code) for code, name in CLASSES.items() if name in key), key): value
         for key, value in row.items()} for row in wide()
    ],
    "no count": lambda: [{key: value for key, value in row.items() if key != "图斑个数"} for row in wide()],
    "no total": lambda: [{key: value for key, value in row.items() if key != TOTAL} for row in wide()],
    "zeros blank": lambda: [{key: "" if value == "0.00" else value for key, value in row.items()} for row in wide()],
    "thousands parted": lambda: [
        {key: f"{Decimal(value):,}" if "平方米" in key else value for key, value in row.items()} for row in wide()
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("title", ["", "示范县永久基本农田现状汇总表"])
def test_a_right_table_in_any_form_has_no_findings(form: str, title: str) -> None:
    found, result = run(FORMS[form](), title)
    assert found == set(), result.notes
    balance = result.tables["UNIT_BALANCE"].set_index(["unit", "class"])
    assert balance["table_area"].notna().any()
    known = balance["table_area"].notna()
    assert balance.loc[known, "table_area"].tolist() == pytest.approx(balance.loc[known, "map_area"].tolist())


def run(rows: list[Row], title: str = "", plots: list[Row] | None = None, register: bool = True) -> tuple[Told, Any]:
    findings, chosen = Findings("zh"), county() if plots is None else plots
    read = {"map": layer("map", chosen, findings), "table": sheet("table", rows, findings, title)}
    if register:
        read["register"] = sheet("register", register_of(county(), "平方米"), findings)
    result = fourway.check(read, findings, fourway.Settings(), Progress())
    return of_tables(told(result)), result


@pytest.mark.parametrize("form", ["wide", "names only", "two columns of names", "villages only"])
def test_a_wrong_cell_is_found_in_any_form(form: str) -> None:
    """东关村's paddy fields are 12 600.37 m²."""
    rows = FORMS[form]()
    at = next(n for n, row in enumerate(rows) if "东关村" in (row.get("行政区名称") or row.get("村名") or ""))
    assert rows[at][CELL] == str(area(VILLAGES[0], "0101")) == "12600.37"
    rows[at][CELL] = "12700.37"
    found, result = run(rows)
    expected = {("R6004", "table", VILLAGES[0], "0101:area"), ("R6005", "table", VILLAGES[0], "0101:area"),
                ("R6007", "table", VILLAGES[0], ":area")}  # fmt: skip
    if form != "villages only":
        expected.add(("R6006", "table", TOWNSHIPS[0], "0101:area"))
    assert found == expected
    frame = result.findings.frame().set_index("rule")
    assert frame.loc["R6005", ["expected", "actual", "difference"]].tolist() == ["12600.37", "12700.37", 100.0]


def test_a_wrong_cell_is_found_in_a_long_table() -> None:
    rows = long()
    at = next(n for n, row in enumerate(rows) if row["行政区代码"] == VILLAGES[0] and row["地类名称"] == "水田")
    rows[at]["面积(平方米)"] = "12700.37"
    found, _ = run(rows)
    assert {("R6005", "table", VILLAGES[0], "0101:area"), ("R6006", "table", TOWNSHIPS[0], "0101:area"),
            ("R6007", "table", VILLAGES[0], ":area")} <= found  # fmt: skip
    assert {key for *_, key, _ in found} == {VILLAGES[0], TOWNSHIPS[0]}


def test_a_township_table_is_held_against_its_villages_plots() -> None:
    rows = FORMS["townships only"]()
    rows[1][CELL] = "1.00"
    found, _ = run(rows)
    assert ("R6005", "table", TOWNSHIPS[0], "0101:area") in found
    assert ("R6006", "table", "990101", "0101:area") in found


def test_villages_of_one_name_are_told_apart_by_their_township() -> None:
    """柳河村 in 城关镇 and in 柳河镇: by the row above, not by the name."""
    plots = county()
    for row in plots:
        row["XZQMC"] = {VILLAGES[1]: "柳河村"}.get(row["XZQDM"], row["XZQMC"])
    units = [
        {"XZQDM": code, "XZQMC": name, "geometry": box(-10, -10, 2000, 2000)}
        for code, name in NAMES.items()
        if len(code) == 9
    ]
    rows = [{**row, "行政区名称": row["行政区名称"].replace("西关村", "柳河村")} for row in names_only()]
    findings = Findings("zh")
    read = {
        "map": layer("map", plots, findings),
        "table": sheet("table", rows, findings),
        "units": layer("units", units, findings),
    }
    result = fourway.check(read, findings, fourway.Settings(), Progress())
    assert of_tables(told(result)) == set()
    balance = result.tables["UNIT_BALANCE"].set_index(["unit", "class"])
    for village in VILLAGES:
        assert balance.loc[(village, ""), "table_area"] == pytest.approx(float(area(village)))


# Rounding


def levelled(values: dict[str, Decimal], total: Decimal) -> dict[str, Decimal]:
    """Hundredths that add up: the largest get what is over (DOMAIN §3.5)."""
    rounded = {name: value.quantize(Decimal("0.01"), ROUND_HALF_UP) for name, value in values.items()}
    over = int((total - sum(rounded.values())) * 100)
    for name in sorted(rounded, key=lambda name: -values[name])[: abs(over)]:
        rounded[name] += Decimal(over).copy_sign(over) / abs(over) / 100 if over else 0
    return rounded


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(100_00, 90_000_00)), min_size=3, max_size=25)
)
@hypothesis_settings(deadline=None, max_examples=40, derandomize=True)
def test_tables_in_mu_levelled_or_added_up_plot_by_plot(plots: list[tuple[int, int, int]]) -> None:
    """Levelled village cells have no finding; village cells from rounded plots at most one, that of rounding."""
    rows = [
        {"YJJBNTTBBH": f"{VILLAGES[v]}{n:05d}", "XZQDM": VILLAGES[v], "XZQMC": NAMES[VILLAGES[v]],
         "DLBM": list(CLASSES)[c], "YJJBNTTBMJ": cents / 100, "YJJBNTMJ": cents / 100, "geometry": box(0, 0, 1, 1)}
        for n, (v, c, cents) in enumerate(plots)
    ]  # fmt: skip
    for by_plot in (False, True):
        table = []
        for village in sorted({row["XZQDM"] for row in rows}):
            cells = {
                name: [Decimal(cents) * 15 / 1_000_000 for v, c, cents in plots
                       if VILLAGES[v] == village and list(CLASSES)[c] == of_class]
                for of_class, name in CLASSES.items()
            }  # fmt: skip
            if by_plot:
                printed = {
                    n: sum((x.quantize(Decimal("0.01"), ROUND_HALF_UP) for x in v), Decimal()) for n, v in cells.items()
                }
                total = sum(printed.values())
            else:
                exact = {name: sum(values, Decimal()) for name, values in cells.items()}
                total = sum(exact.values(), Decimal()).quantize(Decimal("0.01"), ROUND_HALF_UP)
                printed = levelled(exact, total)
            table.append({
                "行政区代码": village, "行政区名称": NAMES[village], "合计(亩)": f"{total:.2f}",
                **{f"{name}(亩)": f"{value:.2f}" for name, value in printed.items()},
            })  # fmt: skip
        found, _ = run(table, plots=rows, register=False)
        assert found <= ({("R6022", "table", "", "area")} if by_plot else set())


def test_rows_rounded_on_their_own_are_told_once_and_not_cell_by_cell() -> None:
    found, result = run(table_of(county(), "亩", 0))
    assert found == {("R6022", "table", "", "area")}
    assert result.findings.frame()["severity"].tolist() == ["info"]


@pytest.mark.parametrize(("printed", "found"), [("12600.39", False), ("12600.41", True), ("12600.33", True)])
def test_a_cell_may_be_levelled_by_two_places(printed: str, found: bool) -> None:
    rows = [{"行政区代码": VILLAGES[0], "行政区名称": "东关村", CELL: printed},
            {"行政区代码": VILLAGES[1], "行政区名称": "西关村", CELL: "7200.37"}]  # fmt: skip
    assert (("R6005", "table", VILLAGES[0], "0101:area") in run(rows)[0]) == found


def test_counts_are_exact() -> None:
    rows = wide()
    rows[2]["图斑个数"] = "5"
    found, result = run(rows)
    assert found == {("R6004", "table", VILLAGES[0], ":count"), ("R6005", "table", VILLAGES[0], ":count"),
                     ("R6006", "table", TOWNSHIPS[0], ":count")}  # fmt: skip
    assert set(result.findings.frame()["measure"]) == {"count"}


# One side only


def test_a_village_missing_from_the_table() -> None:
    rows = [row for row in wide() if row["行政区代码"] != VILLAGES[1]]
    found, _ = run(rows)
    assert ("R6020", "map", VILLAGES[1], "") in found
    assert {finding[0] for finding in found} == {"R6020", "R6006"}


def test_a_village_that_only_the_table_knows() -> None:
    extra = {**wide()[2], "行政区代码": "990101002009", "行政区名称": "废村"}
    found, _ = run([*wide(), extra])
    assert ("R6019", "table", "990101002009", "") in found
    assert {finding[0] for finding in found} == {"R6019", "R6006"}


def test_a_village_without_farmland_may_stand_with_zeros() -> None:
    zeros = {key: "0" if key not in ("行政区代码", "行政区名称") else "" for key in wide()[2]}
    found, _ = run([*wide(), {**zeros, "行政区代码": "990101002009", "行政区名称": "城中社区"}])
    assert found == set()


def test_a_table_without_a_register_is_held_against_the_map_alone() -> None:
    rows = wide()
    rows[2][CELL] = "1.00"
    assert not {rule for rule, *_ in run(rows, register=False)[0]} & {"R6004"}


def test_a_register_that_differs_is_held_against_the_table_too() -> None:
    register = register_of(county(), "平方米")
    register[0]["永久基本农田面积(平方米)"] = "5000.00"
    found, _ = check(map=county(), register=register, table=table_of(county()))
    assert found == {("R6003", "register", "99010100100100001", ""), ("R6004", "table", VILLAGES[0], "0101:area")}


# Areas and units


def test_both_areas_of_a_table_are_held_against_their_own() -> None:
    rows = [
        {"行政区代码": code, "行政区名称": NAMES[code],
         "图斑面积(平方米)": f"{sum(r['YJJBNTTBMJ'] for r in county() if r['XZQDM'] == code):.2f}",
         "永久基本农田面积(平方米)": str(area(code))}
        for code in VILLAGES
    ]  # fmt: skip
    assert run(rows)[0] == set()
    rows[0]["图斑面积(平方米)"] = str(area(VILLAGES[0]))
    assert run(rows, register=False)[0] == {("R6005", "table", VILLAGES[0], ":plot_area")}


def test_columns_of_two_units_are_each_read_in_theirs() -> None:
    rows = [
        {"行政区代码": code, "行政区名称": NAMES[code], CELL: str(area(code, "0101")),
         "旱地(亩)": f"{area(code, '0103') * 15 / 10_000:.4f}"}
        for code in VILLAGES
    ]  # fmt: skip
    assert run(rows)[0] <= {("R6022", "table", "", "area")}
    wrong = [{key.replace("亩", "公顷"): value for key, value in row.items()} for row in rows]
    assert run(wrong)[0] - {("R6022", "table", "", "area")} == {("R5005", "table", "", "area")}


def test_a_unit_that_nobody_states_is_found_and_noted() -> None:
    rows = [{key.replace("(亩)", ""): value for key, value in row.items()} for row in table_of(county(), "亩")]
    found, result = run(rows, "示范县永久基本农田现状汇总表")
    assert found <= {("R6022", "table", "", "area")}
    assert any("亩" in note for note in result.notes)


def test_the_map_decides_which_area_the_table_counts() -> None:
    gross = [
        {"行政区代码": code, "行政区名称": NAMES[code],
         TOTAL: f"{sum(row['YJJBNTTBMJ'] for row in county() if row['XZQDM'] == code):.2f}"}
        for code in VILLAGES
    ]  # fmt: skip
    assert run(gross, register=False)[0] == set()


# Brute force


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 9_000_00)), min_size=4, max_size=30),
    st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(1, 500_00), max_size=4),
)
@hypothesis_settings(deadline=None, max_examples=40, derandomize=True)
def test_cells_against_brute_force(plots: list[tuple[int, int, int]], off: dict[tuple[int, int], int]) -> None:
    """Sums in whole cents; a few cells are off by so many cents, and only these are told."""
    rows = [
        {"YJJBNTTBBH": f"{VILLAGES[v]}{n:05d}", "XZQDM": VILLAGES[v], "XZQMC": NAMES[VILLAGES[v]],
         "DLBM": list(CLASSES)[c], "YJJBNTTBMJ": cents / 100, "geometry": box(0, 0, 1, 1)}
        for n, (v, c, cents) in enumerate(plots)
    ]  # fmt: skip
    sums: Counter[tuple[int, int]] = Counter()
    for v, c, cents in plots:
        sums[v, c] += cents
    table, expected = [], set()
    for v in sorted({v for v, *_ in plots}):
        cells = {c: sums[v, c] + off.get((v, c), 0) for c in range(3)}
        expected |= {
            ("R6005", "table", VILLAGES[v], f"{list(CLASSES)[c]}:area") for c in cells if off.get((v, c), 0) > 2
        }
        table.append({
            "行政区代码": VILLAGES[v], "行政区名称": NAMES[VILLAGES[v]], "图斑个数": str(sum(p[0] == v for p in plots)),
            **{f"{list(CLASSES.values())[c]}(平方米)": f"{cents / 100:.2f}" for c, cents in cells.items()},
        })  # fmt: skip
    right = sum(sums.values())
    if any(abs(count) > right / 20 for count in off.values()):
        return
    found, _ = run(table, plots=rows, register=False)
    assert found == expected


# Hostile input


@pytest.mark.parametrize(
    "rows",
    [
        [{"行政区代码": VILLAGES[0]}], [{"备注": "无"}], [{"行政区名称": "东关村", "水田(平方米)": "一百"}],
        [{"行政区名称": "合计", "水田(平方米)": "1"}], [{"a": None, "b": None}],
        [{"行政区代码": "1", "行政区名称": "1", "水田(平方米)": "1"}] * 3,
        [{"行政区代码": VILLAGES[0], "水田(平方米)": "-5.00"}], [{"行政区代码": VILLAGES[0], "水田(平方米)": "1e300"}],
    ],
)  # fmt: skip
def test_rubbish_for_a_table_raises_nothing(rows: list[Row]) -> None:
    _, result = run(rows)
    assert isinstance(result.tables["UNIT_BALANCE"], pd.DataFrame)


def test_balance_by_hand() -> None:
    """Counts and areas of every source, unit and class; ground plots less the map's deductions."""
    plots = county()
    ground = [{"DKBH": row["YJJBNTTBBH"], "SCMJ": row["YJJBNTTBMJ"], "geometry": row["geometry"]} for row in plots[:-1]]
    register = register_of(plots, "平方米")
    del register[0]
    _, result = check(map=plots, register=register, plots=ground, table=table_of(plots))
    balance = result.tables["UNIT_BALANCE"].set_index(["unit", "class"])
    for digits in (6, 9, 12):
        for code in {row["XZQDM"][:digits] for row in plots}:
            for of_class in ("", *CLASSES):
                inside = [
                    n
                    for n, row in enumerate(plots)
                    if row["XZQDM"].startswith(code) and row["DLBM"].startswith(of_class)
                ]
                if not inside:
                    continue
                line = balance.loc[(code, of_class)]
                sides = {"map": inside, "register": [n for n in inside if n], "plots": [n for n in inside if n != 11]}
                for side, members in sides.items():
                    assert line[f"{side}_count"] == len(members), (code, of_class, side)
                    net = sum(Decimal(repr(plots[n]["YJJBNTMJ"])) for n in members)
                    assert line[f"{side}_area"] == pytest.approx(float(net), abs=0.011), (code, of_class, side)
                assert line["difference"] == pytest.approx(0.0, abs=0.005)
                assert line["level"] == {6: "county", 9: "township", 12: "village"}[digits]
    assert set(balance.index.get_level_values("unit")) == set(NAMES)
