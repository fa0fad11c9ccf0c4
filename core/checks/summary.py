"""图数一致: the summary table against the sums of the map and of the register, and against itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import areas, joining
from redline.core.codes import COUNTED_LEVELS
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.standards import land_class, threshold
from redline.core.workbooks.summary import summary_rows

_BASES = ("farmland_area", "plot_area")


@dataclass
class Table:
    """The cells of a summary table: `row unit unit_name kind parent land_class measure value place column leaf`.

    `told` is what a cell counts: "count", "area", or "plot_area" for the gross areas of a table that has both.
    `value` is m² for areas and a count for counts, `place` the last printed place in the same unit, `unit` the unit's
    code where it is known, `leaf` true where the row has no rows below it and the column no parts. `stated` is the unit
    of area that the table names for a cell ("" for none), `area_unit` the one that it is in. `rounded` are the
    differences (m²) that rounding alone explains.
    """

    cells: pd.DataFrame
    column_sums: list[tuple[str, list[str]]]
    row_sums: list[tuple[int, list[int]]]
    unreadable: pd.DataFrame
    blank_rows: pd.DataFrame
    rounded: list[float] = field(default_factory=list)


def check(
    frame: Frame, plots: Frame, register: Frame | None, names: dict[str, str], findings: Findings, progress: Progress
) -> Table:
    """R6004–R6007, R6019, R6020, R6022 and R5005 for a table; gives its cells with units known and areas in m².

    Leaf rows and columns are held against the sums of the plots, parent rows and total columns against their own parts,
    so that a difference is told where it arises (DOMAIN §4.4.6).
    """
    table = _cells(frame, plots, names, findings.language)
    _learn_names(table, names)
    leaves = table.cells[table.cells["leaf"]]
    basis = _settle(table, frame, leaves, plots, findings)
    progress.update(0.3)
    leaves = table.cells[table.cells["leaf"]]
    known = leaves[leaves["unit"] != ""]
    _unknown_units(leaves[leaves["unit"] == ""], findings)
    _units_twice(known, findings)
    ours = _sums(plots, known, basis)
    _unreadable(table, findings)
    there = (set(table.blank_rows["unit"]) | set(table.unreadable["unit"])) - {""}
    _units_on_one_side(known, there, ours, plots, names, findings, basis)
    gross = known["told"] == "plot_area"
    for against, cells in ((basis, known[~gross]), ("plot_area", known[gross])):
        both = cells[cells["unit"].isin(ours.units)]
        if len(both) and against in plots.rows:
            _against_map(table, both, plots, against, findings)
            if register is not None:
                _against_register(both, register, plots, against, findings)
    progress.update(0.7)
    _parents(table, findings)
    _column_totals(table, findings)
    _row_totals(table, findings)
    _not_levelled(table, findings)
    progress.update(1.0)
    return table


def balance(
    plots: Frame, register: Frame | None, ground: Frame | None, table: Table | None, names: Mapping[str, str]
) -> pd.DataFrame:
    """`UNIT_BALANCE`: counts and areas (m², 2 decimals) of every source by unit and class; class "" is the total.

    `difference` is table − map where there is a table, else register − map. Null where a source does not say.
    """
    basis = next((c for c in _BASES if c in plots.rows), "geometry_area")
    sides = {"map": _grouped(plots, basis)}
    if register is not None:
        sides["register"] = _grouped(_with_units_of(register, plots), basis)
    if ground is not None:
        sides["plots"] = _grouped(_with_units_of(_less_deductions(ground, plots, basis), plots), basis)
    if table is not None:
        sides["table"] = _printed(table)
    index = sides["map"].index
    for side in sides.values():
        index = index.union(side.index)
    result = pd.DataFrame(index=index.sort_values())
    for role in ("map", "register", "table", "plots"):
        side = sides.get(role, pd.DataFrame(columns=["count", "area"], dtype=float)).reindex(result.index)
        if role in sides and role != "table":
            side = side.fillna({"count": 0.0, "area": 0.0 if sides[role]["area"].notna().any() else np.nan})
        result[f"{role}_count"], result[f"{role}_area"] = side["count"], side["area"]
    against = "table" if table is not None else "register"
    result["difference"] = (result[f"{against}_area"] - result["map_area"]).round(2)
    result = result.reset_index()
    result.insert(1, "unit_name", result["unit"].map(lambda code: names.get(code, "")))
    result["level"] = result["unit"].map(lambda code: COUNTED_LEVELS.get(len(code), ""))
    for role in ("map", "register", "table", "plots"):
        result[f"{role}_count"] = result[f"{role}_count"].round().astype("Int64")
    return result


def _less_deductions(ground: Frame, plots: Frame, basis: str) -> Frame:
    """The ground plots with areas on the map's basis: a survey measures whole plots, the map's rate is deducted."""
    rows = ground.rows
    surveyed = (
        rows["plot_area"].where(rows["plot_area"].notna(), rows["geometry_area"])
        if "plot_area" in rows
        else rows["geometry_area"]
    )
    kept = pd.Series(1.0, index=rows.index)
    if basis == "farmland_area" and plots.has("plot_area"):
        first = joining.first_rows(plots.rows, "farmland_area", "plot_area").set_index("key")
        share = (first["farmland_area"] / first["plot_area"]).where(first["plot_area"] > 0)
        kept = pd.Series(share.reindex(rows["key"]).to_numpy(), index=rows.index).fillna(1.0)
    return replace(ground, rows=rows.assign(**{basis: units.round_half_away(surveyed * kept)}))


def _cells(frame: Frame, plots: Frame, names: Mapping[str, str], language: str) -> Table:
    if frame.sheet is None:
        raise InputError("error.no_table", language, layer=frame.name)
    summary = summary_rows(frame.sheet, frame.profile)
    cells = _with_blanks(summary.cells, summary.unreadable)
    frame.notes.extend(note.text(language) for note in summary.notes)
    cells["unit"] = joining.current(
        pd.Series(_unit_codes(cells, names), index=cells.index, dtype=object), plots.column("unit")
    )
    of_area = (cells["measure"] == "area").to_numpy()
    stated = cells["unit_of_area"].fillna("").where(lambda unit: unit != "", frame.sheet.unit or "")
    cells["stated"] = frame.stated.get("area") or stated
    cells["area_unit"] = cells["stated"].where(cells["stated"] != "", "m2")
    factor = np.where(of_area, _metres_in(cells), 1.0)
    cells["value"] = cells["value"] * factor
    cells["place"] = 10.0 ** -cells["decimals"].astype(float) * factor
    area_of = cells["basis"].where(pd.Series(of_area, index=cells.index), "")
    both_areas = {"plot_area", "farmland_area"} <= set(area_of)
    cells["told"] = cells["measure"].where(~(both_areas & (area_of == "plot_area")), "plot_area")
    whole = (set(cells["parent"]) - {0}) | {row for row, _ in summary.row_sums}
    totals = {total for total, _ in summary.column_sums}
    below = ~cells["row"].isin(whole)
    # A total without rows of its own is that of the whole county.
    county = plots.column("unit").str[:6].unique()
    alone = below & (cells["kind"] == "total") & (cells["unit"] == "") & (len(county) == 1)
    cells.loc[alone, "unit"] = county[0] if len(county) == 1 else ""
    cells["leaf"] = below & ~cells["column"].isin(totals) & ((cells["kind"] == "unit") | alone)
    return Table(cells, summary.column_sums, summary.row_sums, summary.unreadable, _coded(summary.blank_rows, names))


def _metres_in(cells: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Square metres in the unit of area of every cell."""
    return cells["area_unit"].map(lambda unit: float(units.SQUARE_METRES[unit])).to_numpy(dtype=float)


def _learn_names(table: Table, names: dict[str, str]) -> None:
    """Names of units that only the table knows (the county's own, mostly)."""
    said = table.cells[(table.cells["unit"] != "") & (table.cells["unit_name"] != "")].drop_duplicates("unit")
    for code, name in zip(said["unit"], said["unit_name"]):
        names.setdefault(code, name)


def _with_blanks(cells: pd.DataFrame, unreadable: pd.DataFrame) -> pd.DataFrame:
    """The cells and, for every row with a figure, zeros for the columns that it leaves blank: blank means no land.

    A figure that nobody can read is not blank.
    """
    of_row = ["row", "unit", "unit_name", "level", "kind", "parent"]
    of_column = ["column", "measure", "basis", "unit_of_area", "decimals"]
    long = cells.groupby("column")["land_class"].nunique() > 1
    rows, columns = (
        cells[of_row].drop_duplicates("row"),
        cells.sort_values("decimals").drop_duplicates("column", keep="last"),
    )
    grid = rows.merge(columns[[*of_column, "land_class"]], how="cross")
    given = pd.MultiIndex.from_frame(pd.concat([cells[["row", "column"]], unreadable[["row", "column"]]]))
    blank = grid[~pd.MultiIndex.from_frame(grid[["row", "column"]]).isin(given) & ~grid["column"].map(long)]
    return pd.concat([cells, blank.assign(value=0.0)], ignore_index=True)


def _unit_codes(cells: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Codes of the rows: as printed, else by name within the parent row's unit, else the one all rows below share."""
    by_name: dict[str, list[str]] = {}
    for code, name in names.items():
        by_name.setdefault(name, []).append(code)
    rows = cells.drop_duplicates("row")
    printed = {
        int(row): (str(unit), str(name), int(parent))
        for row, unit, name, parent in zip(rows["row"], rows["unit"], rows["unit_name"], rows["parent"])
    }
    known: dict[int, str] = {0: ""}

    def code_of(row: int, seen: frozenset[int] = frozenset()) -> str:
        if row not in known and row in printed and row not in seen:
            unit, name, parent = printed[row]
            known[row] = unit or _only_fit(by_name.get(name, []), code_of(parent, seen | {row}))
        return known.get(row, "")

    for row in printed:
        code_of(row)
    for digits, above in ((12, 9), (9, 6)):
        below: dict[int, set[str]] = {}
        for row, (_, _, parent) in printed.items():
            below.setdefault(parent, set()).add(known[row])
        for row, parts in below.items():
            shared = {code[:above] if len(code) == digits else "" for code in parts}
            if row and not known.get(row) and len(shared) == 1:
                known[row] = shared.pop()
    return [known[int(row)] for row in cells["row"]]


def _only_fit(candidates: list[str], above: str) -> str:
    """The one code of a name that lies in the unit above, "" where there are several."""
    inside = [code for code in candidates if code.startswith(above) and code != above]
    return inside[0] if len(inside) == 1 else ""


@dataclass
class _Sums:
    """Sums of plots by the table's leaf units: `area` (int64 hundredths of m²) and `count`, unit × 4-digit class."""

    area: pd.DataFrame
    count: pd.DataFrame

    @property
    def units(self) -> pd.Index:
        return self.area.index

    def of(self, cells: pd.DataFrame) -> npt.NDArray[np.float64]:
        """The sum that every cell should show: m² for areas, numbers for counts."""
        expected = np.zeros(len(cells))
        for (measure, of_class), group in cells.groupby(["measure", "land_class"], sort=False):
            table = self.area if measure == "area" else self.count
            columns = [c for c in table.columns if c.startswith(of_class)]
            total = table[columns].sum(axis=1).reindex(group["unit"]).fillna(0).to_numpy(dtype=float)
            at = cells.index.get_indexer(group.index)
            expected[at] = total / 100 if measure == "area" else total
        return expected


def _sums(frame: Frame, cells: pd.DataFrame, column: str, values: pd.Series | None = None) -> _Sums:
    rows = frame.rows
    unit = leaf_units(frame.column("unit"), set(cells["unit"]))
    of_class = frame.column("land_class")
    amounts = rows[column] if values is None else values
    inside = (unit != "").to_numpy()
    sums = pd.DataFrame(
        {
            "unit": unit[inside],
            "land_class": of_class[inside],
            "area": _hundredths(amounts[inside]),
            "count": 1,
        }
    )
    grouped = sums.groupby(["unit", "land_class"])[["area", "count"]].sum()
    return _Sums(grouped["area"].unstack(fill_value=0), grouped["count"].unstack(fill_value=0))


def leaf_units(code: pd.Series, leaves: set[str]) -> pd.Series:
    """For every unit code the leaf unit of the table that it lies in, "" where there is none."""
    lengths = sorted({len(leaf) for leaf in leaves}, reverse=True)
    found = {c: next((c[:n] for n in lengths if c[:n] in leaves), "") for c in code.unique()}
    return code.map(found)


def _settle(table: Table, frame: Frame, leaves: pd.DataFrame, plots: Frame, findings: Findings) -> str:
    """Which of the map's areas the table counts, and in which unit its figures are (R5005)."""
    cells = leaves[(leaves["told"] == "area") & (leaves["unit"] != "") & (leaves["value"] > 0)]
    named = [c for c in _BASES if c in plots.rows and (cells["basis"] == c).any()]
    bases = named or [c for c in _BASES if c in plots.rows] or ["geometry_area"]
    if cells.empty:
        return bases[0]
    expected = {basis: _sums(plots, cells, basis).of(cells) for basis in bases}
    spread, places = threshold("unit_ratio_tolerance").value, threshold("levelled_cell_places").value
    for stated in dict.fromkeys(cells["stated"]):
        group = (cells["stated"] == stated).to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = cells["value"].to_numpy()[group] / expected[bases[0]][group]
        ratios = ratios[np.isfinite(ratios)]
        mix = units.unit_of_ratio(float(np.median(ratios)), spread, stated or "m2") if len(ratios) else None
        if mix is not None:
            _restate(table, frame, stated, mix, ratios, findings)
    cells = table.cells.loc[cells.index]
    near = {basis: int((np.abs(cells["value"] - sums) <= cells["place"] * places).sum())
            for basis, sums in expected.items()}  # fmt: skip
    return max(bases, key=lambda basis: near[basis])


def _restate(
    table: Table, frame: Frame, stated: str, mix: units.UnitMix, ratios: npt.NDArray[np.float64], findings: Findings
) -> None:
    language = findings.language
    column = frame.fields.get("area", text("column.area", language))
    median = float(np.median(ratios))
    if stated:
        findings.add(
            "R5005", "table", "", related="area", expected=units.unit_name(stated, language),
            actual=units.unit_name(mix.actual, language), difference=median, ratio=median, count=len(ratios),
            field=column, role_name=text("role.table", language),
        )  # fmt: skip
    else:
        frame.notes.append(text("note.unit_found", language, layer=frame.name, field=column,
                                unit=units.unit_name(mix.actual, language), ratio=f"{median:.6g}"))  # fmt: skip
    wrong = (table.cells["measure"] == "area") & (table.cells["stated"] == stated)
    table.cells.loc[wrong, ["value", "place"]] *= float(units.factor(mix.actual, mix.read_as))
    table.cells.loc[wrong, "area_unit"] = mix.actual


def _units_on_one_side(
    cells: pd.DataFrame, there: set[str], ours: _Sums, plots: Frame, names: Mapping[str, str], findings: Findings,
    basis: str,
) -> None:  # fmt: skip
    said = cells[(cells["measure"] == "area") & ~cells["unit"].isin(ours.units)]
    landless = said.groupby("unit")["value"].sum()
    landless = landless[landless > 0]
    findings.add(
        "R6019",
        "table",
        landless.index,
        unit=landless.index,
        unit_name=[names.get(c, "") or _name_in(cells, c) for c in landless.index],
        actual=[f"{value} m²" for value in areas.metres(landless)],
        difference=landless,
        measure="m2",
    )
    leaves = set(cells["unit"]) | there
    if not leaves:
        return
    code = plots.column("unit")
    digits = int(pd.Series([len(leaf) for leaf in leaves]).mode().max())
    missing = (leaf_units(code, leaves) == "") & (code != "")
    absent = pd.DataFrame({"unit": code[missing].str[:digits], "area": plots.rows[basis][missing].fillna(0.0)})
    sums = absent.groupby("unit")["area"].agg(["size", units.total_cents])
    findings.add(
        "R6020", "map", sums.index, unit=sums.index, unit_name=[names.get(c, "") for c in sums.index],
        expected=areas.metres(sums["total_cents"] / 100), difference=sums["total_cents"] / 100, measure="m2",
        count=sums["size"].to_numpy(),
    )  # fmt: skip


def _coded(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of units with the code that their name has, where only one unit has this name."""
    of_name = pd.Series(list(names), index=list(names.values()), dtype=object)
    of_name = of_name[~of_name.index.duplicated(keep=False)]
    return rows.assign(unit=rows["unit"].where(rows["unit"] != "", rows["unit_name"].map(of_name).fillna("")))


def _unreadable(table: Table, findings: Findings) -> None:
    """R2002 for figures that are none, R6030 for rows of units without any figure."""
    language = findings.language
    bad, blank = table.unreadable, table.blank_rows
    findings.add(
        "R2002", "table", bad["unit"].where(bad["unit"] != "", bad["unit_name"]),
        related=bad["land_class"] + ":" + bad["measure"], unit=bad["unit"], unit_name=bad["unit_name"],
        actual=bad["text"], expected=text("kind.number", language), field=bad["column"],
        role_name=text("role.table", language), of=len(table.cells) + len(bad),
    )  # fmt: skip
    findings.add(
        "R6030", "table", blank["unit"].where(blank["unit"] != "", blank["unit_name"]), unit=blank["unit"],
        unit_name=blank["unit_name"], row=blank["row"],
    )  # fmt: skip


def _unknown_units(cells: pd.DataFrame, findings: Findings) -> None:
    """R6019 for rows whose unit neither code nor name tells: what they count can be held against nothing."""
    areas_of = cells[(cells["told"] == "area") & (cells["value"] != 0)]
    sums = areas_of.groupby("unit_name")["value"].sum()
    findings.add(
        "R6019", "table", sums.index, unit="", unit_name=sums.index,
        actual=[f"{value} m²" for value in areas.metres(sums)], difference=sums, measure="m2",
    )  # fmt: skip


def _units_twice(cells: pd.DataFrame, findings: Findings) -> None:
    """R6029: a unit that has more than one row of its own."""
    rows = cells.groupby(["unit", "column", "land_class"])["row"].nunique().groupby("unit").max()
    twice = rows[rows > 1]
    findings.add(
        "R6029", "table", twice.index, unit=twice.index, unit_name=[_name_in(cells, code) for code in twice.index],
        expected="1", actual=twice.astype(str), difference=twice - 1.0, measure="count",
    )  # fmt: skip


def _name_in(cells: pd.DataFrame, unit: str) -> str:
    return str(cells.loc[cells["unit"] == unit, "unit_name"].iloc[0])


def _against_map(table: Table, cells: pd.DataFrame, plots: Frame, basis: str, findings: Findings) -> None:
    """R6005, but for sums that the plots' areas give when each is first rounded as the table prints them."""
    expected = _sums(plots, cells, basis).of(cells)
    off = _off(cells, expected, slack=_slack(plots, cells, np.full(len(plots), _half(plots, basis))))
    exact = plots.rows[basis].fillna(0.0)
    for (unit, place), group in cells[off & (cells["measure"] == "area")].groupby(["area_unit", "place"]):
        decimals = round(-np.log10(place / float(units.SQUARE_METRES[unit])))
        rounded = units.convert(units.round_half_away(units.convert(exact, "m2", unit), decimals), unit, "m2")
        sums = _sums(plots, cells, basis, pd.Series(rounded, index=plots.rows.index)).of(group)
        unlevelled = cells.index.get_indexer(group.index[~_off(group, sums, places=0.5)])
        table.rounded += np.abs(cells["value"].to_numpy() - expected)[unlevelled].tolist()
        off[unlevelled] = False
    _add("R6005", cells[off], expected[off], findings)


def _not_levelled(table: Table, findings: Findings) -> None:
    """R6022, once: rounding alone explains these differences, which a levelled table would not have (DOMAIN §3.5)."""
    if table.rounded:
        worst = max(table.rounded)
        findings.add("R6022", "table", "", related="area", difference=worst, measure="m2", count=len(table.rounded),
                     actual=f"{worst:.2f} m²")  # fmt: skip


def _against_register(cells: pd.DataFrame, register: Frame, plots: Frame, basis: str, findings: Findings) -> None:
    """A register's own rounding is not the table's fault: where a row is the map's area rounded, the map's counts."""
    column = basis if basis in register.rows else ""
    if not column:
        cells = cells[cells["measure"] == "count"]
    printed = register.column(column or "area", np.nan).astype(float)
    of_map = joining.first_rows(plots.rows, basis).set_index("key")[basis]
    exact = of_map.reindex(register.rows["key"].to_numpy()).to_numpy()
    half = register.resolution.get(column, 0.0) / 2 + areas.CENT
    same = np.abs(printed.to_numpy() - exact) <= half
    listed = _with_units_of(register, plots)
    expected = _sums(listed, cells, "key", pd.Series(np.where(same, exact, printed), index=listed.rows.index)).of(cells)
    loose = np.where(same, _half(plots, basis), np.where(np.isnan(printed), 0.0, half))
    off = _off(cells, expected, slack=_slack(listed, cells, loose))
    _add("R6004", cells[off], expected[off], findings)


def _half(frame: Frame, column: str) -> float:
    """What rounding to the last place can do to a row (m²), 0 where areas are kept to the cent as they should be."""
    place = frame.resolution.get(column, areas.CENT)
    return place / 2 if place > areas.CENT * 1.5 else 0.0


def _slack(frame: Frame, cells: pd.DataFrame, of_row: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What rounding the rows of `frame` can do to each area cell, m²."""
    if not of_row.any():
        return np.zeros(len(cells))
    sums = _sums(frame, cells, "key", pd.Series(of_row, index=frame.rows.index)).of(cells)
    return np.where(cells["measure"] == "area", sums, 0.0)


def _with_units_of(source: Frame, plots: Frame) -> Frame:
    """A source with the map's unit and class for rows that say none of their own."""
    rows = source.rows
    first = joining.first_rows(plots.rows, "unit", "land_class").set_index("key")
    missing = {}
    for column in ("unit", "land_class"):
        own = source.column(column)
        if column in first:
            of_map = pd.Series(first[column].reindex(rows["key"].to_numpy()).fillna("").to_numpy(), index=rows.index)
            own = own.where(own != "", of_map)
        missing[column] = own
    return replace(source, rows=rows.assign(**missing))


def _off(
    cells: pd.DataFrame, expected: npt.NDArray[np.float64], places: float | None = None,
    slack: npt.NDArray[np.float64] | float = 0.0,
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Cells that differ by more than `places` of their last printed place (counts: at all) plus `slack`.

    Without `places` by more than levelling (面积调平) moves a cell to make the sums add up (DOMAIN §3.5).
    """
    places = threshold("levelled_cell_places").value if places is None else places
    allowed = np.where(cells["measure"] == "area", cells["place"] * places, 0.0) + areas.CENT + slack
    return np.asarray(np.abs(cells["value"].to_numpy() - expected) > allowed)


def _parents(table: Table, findings: Findings) -> None:
    """R6006: every cell of a parent row is the sum of the rows below it."""
    below = table.cells[table.cells["parent"] != 0]
    sums = below.groupby(["parent", "column"])["value"].agg(["sum", "size"]).reset_index()
    joined = table.cells.merge(sums, left_on=["row", "column"], right_on=["parent", "column"], suffixes=("", "_below"))
    off = _apart(table, joined, joined["sum"].to_numpy(), joined["size"].to_numpy())
    _add("R6006", joined[off], joined["sum"][off].to_numpy(), findings, children=joined["size"][off])


def _column_totals(table: Table, findings: Findings) -> None:
    """R6007: every total column is the sum of its parts."""
    wide = table.cells.pivot_table(index="row", columns="column", values="value", aggfunc="first")
    for total, parts in table.column_sums:
        given = [part for part in parts if part in wide]
        if total not in wide or not given:
            continue
        cells = table.cells[table.cells["column"] == total].set_index("row", drop=False)
        expected = wide[given].fillna(0.0).sum(axis=1).reindex(cells.index).to_numpy()
        off = _apart(table, cells, expected, len(given))
        _add("R6007", cells[off], expected[off], findings)


def _row_totals(table: Table, findings: Findings) -> None:
    """R6007 in a table with a row a class: every total row of a unit is the sum of its class rows."""
    cells = table.cells
    for row, parts in table.row_sums:
        expected = cells[cells["row"].isin(parts)].groupby("column")["value"].sum()
        of_row = cells[(cells["row"] == row) & cells["column"].isin(expected.index)]
        wanted = expected.reindex(of_row["column"]).to_numpy()
        off = _apart(table, of_row, wanted, len(parts))
        _add("R6007", of_row[off], wanted[off], findings)


def _apart(
    table: Table, cells: pd.DataFrame, expected: npt.NDArray[np.float64], parts: npt.NDArray[np.int64] | int
) -> npt.NDArray[np.bool_]:
    """Cells that are not the sum of their parts, beyond what rounding every part and the cell can do."""
    apart = np.abs(cells["value"].to_numpy() - expected)
    half = cells["place"].to_numpy() / 2
    by_rounding = np.where(cells["measure"] == "area", half * (parts + 1), 0.0) + half / 100
    table.rounded += apart[(apart > half) & (apart <= by_rounding)].tolist()
    return np.asarray(apart > by_rounding)


def _add(rule: str, cells: pd.DataFrame, expected: npt.NDArray[np.float64], findings: Findings, **words: Any) -> None:
    """One finding a cell: key its unit's code (else its name), related "class:measure", told in the table's unit."""
    language = findings.language
    of_area = (cells["measure"] == "area").to_numpy()
    factor = np.where(of_area, _metres_in(cells), 1.0)
    wanted, printed = expected / factor, cells["value"].to_numpy() / factor
    decimals = np.where(of_area, np.maximum(cells["decimals"].to_numpy(dtype=int), 2), 0)
    area_units = [units.unit_name(unit, language) for unit in cells["area_unit"]]
    findings.add(
        rule, "table", cells["unit"].where(cells["unit"] != "", cells["unit_name"]),
        related=cells["land_class"] + ":" + cells["told"], unit=cells["unit"], unit_name=cells["unit_name"],
        expected=[f"{v:.{d}f}" for v, d in zip(wanted, decimals)],
        actual=[f"{v:.{d}f}" for v, d in zip(printed, decimals)],
        difference=units.round_half_away(cells["value"].to_numpy() - expected),
        measure=np.where(of_area, "m2", "count"),
        class_name=[_class_name(c, m, language) for c, m in zip(cells["land_class"], cells["measure"])],
        unit_of=np.where(of_area, area_units, text("unit.count", language)),
        apart=[f"{v:+.{d}f}" for v, d in zip(printed - wanted, decimals)], **words,
    )  # fmt: skip


def _class_name(code: str, measure: str, language: str) -> str:
    if measure == "count":
        return text("column.count", language)
    known = land_class(code, "sandiao") if code else None
    return known.title[language] if known else text("value.total", language)


def _hundredths(areas_: pd.Series) -> npt.NDArray[Any]:
    """Areas (m²) in hundredths: int64, or float64 where their sum would run over 64 bits, nonsense as it then is."""
    said = areas_.fillna(0.0)
    return units.cents(said) if said.abs().sum() < units.LARGEST_SUM else np.asarray(said * 100, dtype=float)


def _grouped(frame: Frame, column: str) -> pd.DataFrame:
    """Counts and areas of a source by every unit level and class, m²."""
    rows = pd.DataFrame({
        "unit": frame.column("unit"), "class": frame.column("land_class"), "count": 1,
        "area": _hundredths(frame.rows[column]) if column in frame.rows else 0,
    })  # fmt: skip
    # Units above the rows' own are cut from few codes instead of many: every cut is a new text in memory.
    rows = rows.groupby(["unit", "class"], as_index=False)[["count", "area"]].sum()
    parts = []
    for digits in COUNTED_LEVELS:
        deep = rows[rows["unit"].str.len() >= digits]
        deep = deep.assign(unit=deep["unit"].str[:digits])
        parts += [deep[deep["class"] != ""], deep.assign(**{"class": ""})]
    if not (rows["unit"].str.len() >= 6).any():
        everywhere = rows.assign(unit="")
        parts += [everywhere[everywhere["class"] != ""], everywhere.assign(**{"class": ""})]
    grouped = pd.concat(parts).groupby(["unit", "class"])[["count", "area"]].sum()
    return grouped.assign(area=grouped["area"] / 100 if column in frame.rows else np.nan)


def _printed(table: Table) -> pd.DataFrame:
    """The table's own figures by unit and class, m²."""
    parts = ~table.cells["column"].isin([total for total, _ in table.column_sums])
    cells = table.cells[(table.cells["unit"] != "") & (parts | (table.cells["land_class"] == ""))]
    cells = cells.rename(columns={"land_class": "class"})
    wide = cells.pivot_table(index=["unit", "class"], columns="told", values="value", aggfunc="first")
    return wide.reindex(columns=["count", "area"]).round({"area": 2})
