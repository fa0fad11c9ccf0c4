"""The tables as plain tables, one row a figure, for models and other programs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redline.core.catalogue import text
from redline.core.tables.duties import DUTIES
from redline.core.tables.records import DEDUCTED, UNKNOWN
from redline.core.tables.tables import Tables, class_name, slope_name


def outputs(tables: Tables, language: str) -> dict[str, pd.DataFrame]:
    """`OUTPUT` (unit × class), `QUALITY_TABLE` (unit × slope level and grade), `PLOT_TABLE`, `DUTY_TABLE`.

    Areas in `…_area` and `…_m2` are exact m² (float64, 2 decimals); `area` is the figure as printed, in `area_unit`.
    In `OUTPUT` the class "" is all farmland, 1203 what is deducted from it.
    """
    found = {
        "OUTPUT": _by_class(tables, language),
        "QUALITY_TABLE": _by_quality(tables, language),
        "PLOT_TABLE": _plots(tables, language),
        "DUTY_TABLE": _plots(tables, language, DUTIES),
    }
    return {name: frame.assign(area_unit=tables.unit) for name, frame in found.items()}


def title_of_class(code: str, language: str) -> str:
    """The name of a class, of all classes ("") or of none known."""
    if code == "":
        return text("column.farmland_area", language)
    return text("value.class_unknown", language) if code == UNKNOWN else class_name(code, language)


def _by_class(tables: Tables, language: str) -> pd.DataFrame:
    printed = _with_sums(tables.classes).assign(**{DEDUCTED: tables.deducted})
    exact = _with_sums(tables.exact_classes).assign(**{DEDUCTED: tables.exact_deducted})
    frame = _long(tables, printed, exact)
    frame.insert(4, "class_name", frame["class"].map(lambda code: title_of_class(code, language)))
    count = np.repeat(tables.count.to_numpy(), len(printed.columns))
    frame.insert(5, "count", pd.Series(count).where(frame["class"] == "").astype("Int64"))
    return frame


def _with_sums(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of all, of each first-level class, and of the classes, in the order of codes."""
    sums = {"": cells.sum(axis=1)}
    for code in cells:
        first = str(code)[:2]
        if first not in sums:
            sums[first] = cells[[c for c in cells if str(c).startswith(first)]].sum(axis=1)
        sums[str(code)] = cells[code] if code != first else sums[first]
    return pd.DataFrame(sums)


def _by_quality(tables: Tables, language: str) -> pd.DataFrame:
    parts = []
    for kind, printed, exact in (
        ("slope", tables.slopes, tables.exact_slopes), ("grade", tables.grades, tables.exact_grades)
    ):  # fmt: skip
        part = _long(tables, printed, exact).rename(columns={"class": "value"})
        part.insert(3, "kind", kind)
        titles = part["value"].map(lambda code: slope_name(code, language)) if kind == "slope" else part["value"]
        part.insert(5, "value_name", titles.where(part["value"] != "", text("value.not_said", language)))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _long(tables: Tables, printed: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    columns = len(printed.columns)
    rows = tables.rows.loc[np.repeat(np.arange(len(tables.rows)), columns)].reset_index(drop=True)
    rows["class"] = np.tile(np.array(list(printed.columns), dtype=object), len(tables.rows))
    rows["area_m2"] = exact.to_numpy().ravel() / 100
    rows["area"] = printed.to_numpy().ravel() / 100
    return rows


def _plots(tables: Tables, language: str, further: tuple[str, ...] = ()) -> pd.DataFrame:
    plots = tables.plots
    frame = pd.DataFrame({"key": plots["key"], "unit": plots["unit"]})
    for column in ("unit_name", "plot_number", "owner"):
        frame[column] = plots[column].fillna("") if column in plots else ""
    frame["class"] = plots["land_class"].replace(UNKNOWN, "")
    frame["class_name"] = plots["land_class"].map(lambda code: title_of_class(code, language))
    for column in ("slope", "grade", *further):
        frame[column] = plots[column]
    for column, cents in (("plot_area", "gross"), ("deduction_area", "deduction"), ("farmland_area", "net")):
        frame[column] = plots[cents] / 100
    return frame.assign(area=plots["printed"] / 100)
