"""图数一致: the summary table against the sums of the map and of the register, and against itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import units
from redline.core.catalogue import text
from redline.core.checks import areas, joining
from redline.core.checks.summary_cells import Table, metres_in, read_table
from redline.core.checks.summary_sums import Sums, leaf_units, summed, with_units_of
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.standards import land_class, threshold


def check(
    frame: Frame, plots: Frame, register: Frame | None, names: dict[str, str], findings: Findings, progress: Progress
) -> Table:
    """R2002, R5005, R6004–R6007, R6019, R6020, R6022, R6029 and R6030 for a table.

    Gives its cells with units known and areas in m².

    Leaf rows and columns are held against the sums of the plots, parent rows and total columns against their own parts,
    so that a difference is told where it arises (DOMAIN §4.4.6).
    """
    table = read_table(frame, plots, names, findings.language)
    _learn_names(table, names)
    basis = _settle(table, frame, plots, findings)
    progress.update(0.3)
    leaves = table.cells[table.cells["leaf"]]
    known = leaves[leaves["unit"] != ""]
    _unknown_units(leaves[leaves["unit"] == ""], findings)
    _units_twice(known, findings)
    ours = summed(plots, known, basis)
    _unreadable(table, findings)
    there = (set(table.blank_rows["unit"]) | set(table.unreadable["unit"])) - {""}
    _landless_units(known, ours, names, findings)
    _unlisted_units(set(known["unit"]) | there, plots, names, findings, basis)
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


def _learn_names(table: Table, names: dict[str, str]) -> None:
    """Names of units that only the table knows (the county's own, mostly)."""
    said = table.cells[(table.cells["unit"] != "") & (table.cells["unit_name"] != "")].drop_duplicates("unit")
    for code, name in zip(said["unit"], said["unit_name"]):
        names.setdefault(code, name)


def _settle(table: Table, frame: Frame, plots: Frame, findings: Findings) -> str:
    """Which of the map's areas the table counts, and in which unit its figures are (R5005)."""
    cells = table.cells[table.cells["leaf"] & (table.cells["told"] == "area")]
    cells = cells[(cells["unit"] != "") & (cells["value"] > 0)]
    recorded = [c for c in areas.RECORDED if c in plots.rows]
    bases = [c for c in recorded if (cells["basis"] == c).any()] or recorded or ["geometry_area"]
    if cells.empty:
        return bases[0]
    expected = {basis: summed(plots, cells, basis).of(cells) for basis in bases}
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


def _landless_units(cells: pd.DataFrame, ours: Sums, names: Mapping[str, str], findings: Findings) -> None:
    """R6019 for units with land in the table and none on the map."""
    said = cells[(cells["measure"] == "area") & ~cells["unit"].isin(ours.units)]
    landless = said.groupby("unit")["value"].sum()
    landless = landless[landless > 0]
    findings.add(
        "R6019", "table", landless.index, unit=landless.index,
        unit_name=[names.get(c, "") or _name_in(cells, c) for c in landless.index],
        actual=[f"{value} m²" for value in areas.metres(landless)], difference=landless, measure="m2",
    )  # fmt: skip


def _unlisted_units(
    leaves: set[str], plots: Frame, names: Mapping[str, str], findings: Findings, basis: str
) -> None:
    """R6020: units with land on the map and no row in the table."""
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


def _name_in(cells: pd.DataFrame, unit: str) -> str:
    return str(cells.loc[cells["unit"] == unit, "unit_name"].iloc[0])


def _against_map(table: Table, cells: pd.DataFrame, plots: Frame, basis: str, findings: Findings) -> None:
    """R6005, but for sums that the plots' areas give when each is first rounded as the table prints them."""
    expected = summed(plots, cells, basis).of(cells)
    off = _off(cells, expected, slack=_slack(plots, cells, np.full(len(plots), _half(plots, basis))))
    exact = plots.rows[basis].fillna(0.0)
    for (unit, place), group in cells[off & (cells["measure"] == "area")].groupby(["area_unit", "place"]):
        decimals = round(-np.log10(place / float(units.SQUARE_METRES[unit])))
        rounded = units.convert(units.round_half_away(units.convert(exact, "m2", unit), decimals), unit, "m2")
        sums = summed(plots, cells, basis, pd.Series(rounded, index=plots.rows.index)).of(group)
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
    listed = with_units_of(register, plots)
    stated = pd.Series(np.where(same, exact, printed), index=listed.rows.index)
    expected = summed(listed, cells, "key", stated).of(cells)
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
    sums = summed(frame, cells, "key", pd.Series(of_row, index=frame.rows.index)).of(cells)
    return np.where(cells["measure"] == "area", sums, 0.0)


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
    factor = np.where(of_area, metres_in(cells), 1.0)
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
