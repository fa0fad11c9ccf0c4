"""The official figures: units × land classes, slope levels and grades, exact and as printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.codes import COUNTED_LEVELS
from redline.core.standards import domain, land_class
from redline.core.tables.levelling import LARGE, IntArray, hundredths, level, ranks
from redline.core.tables.records import Records
from redline.core.units import SQUARE_METRES

CULTIVATED = "01"


@dataclass
class Tables:
    """Figures as printed, int64 hundredths of `unit`, and exact ones, int64 hundredths of a m².

    `rows`: every unit of the tables in the order of print (`unit unit_name level`; level "total" for several counties),
    `count` plots each. `classes`, `slopes`, `grades`: printed net areas, index as `rows`, a column a code ("" for what
    has no level or grade), and `deducted`; `exact_…` the same in hundredths of a m². Slopes and grades are of
    cultivated land (01). `plots`: the records' plots with `printed`, their net area.
    """

    unit: str
    rows: pd.DataFrame
    count: pd.Series
    classes: pd.DataFrame
    slopes: pd.DataFrame
    grades: pd.DataFrame
    deducted: pd.Series
    exact_classes: pd.DataFrame
    exact_slopes: pd.DataFrame
    exact_grades: pd.DataFrame
    exact_deducted: pd.Series
    plots: pd.DataFrame

    @property
    def farmland(self) -> pd.Series:
        """Net area of every row, as printed."""
        return self.classes.sum(axis=1)


def tabulate(records: Records, unit: str, names: Mapping[str, str]) -> Tables:
    """Level the records into tables in `unit` (m2, mu, ha): county, then villages, then the classes of each village.

    Every row and every column adds up to the county's area, rounded once; so do the plots of a village to the village.
    Source: DOMAIN §3.5.
    """
    plots, pieces = records.plots, records.pieces
    leaf_of, leaves = pd.factorize(plots["leaf"], sort=True)
    villages = np.asarray(leaves, dtype=object)
    of_piece = leaf_of[pieces["plot"].to_numpy()]
    net, gross, deducted = (_sums(leaf_of, plots[c], len(villages)) for c in ("net", "gross", "deduction"))
    farmland = _villages(net, villages, unit)
    classes = _cross(of_piece, pieces["land_class"], pieces["net"], len(villages))
    printed = _cells(classes, farmland, unit)
    of_land = pieces["land_class"].str.startswith(CULTIVATED).to_numpy()
    cultivated = printed[[code for code in printed if str(code).startswith(CULTIVATED)]].sum(axis=1).to_numpy()
    slopes, grades = (
        _cross(of_piece[of_land], pieces[column][of_land], pieces["net"][of_land], len(villages))
        for column in ("slope", "grade")
    )
    rows = _rows(villages.tolist(), names)

    def added(cells: pd.DataFrame) -> pd.DataFrame:
        return _added_up(cells, villages, rows)

    def summed(figures: IntArray) -> pd.Series:
        return added(pd.DataFrame({"": figures}))[""]

    return Tables(
        unit, rows, summed(np.bincount(leaf_of, minlength=len(villages))),
        added(printed), added(_cells(slopes, cultivated, unit)), added(_cells(grades, cultivated, unit)),
        summed(_deducted(deducted, net, gross, farmland, villages, unit)),
        added(classes), added(slopes), added(grades), summed(deducted),
        plots.assign(printed=_plots(plots, leaf_of, farmland, unit)),
    )  # fmt: skip


def class_name(code: str, language: str = "zh") -> str:
    """The name of a class of the survey; the code where it has none."""
    known = land_class(code, "sandiao") if code else None
    return known.title[language] if known else code


def slope_name(code: str, language: str = "zh") -> str:
    """The angles of a slope level; the code where it has none."""
    known = domain("GDPDJB").values.get(code)
    return known[language] if known else code


def _cross(leaf: npt.NDArray[np.intp], code: pd.Series, cents: pd.Series, leaves: int) -> pd.DataFrame:
    """Sums of cents, a row a leaf unit, a column a code, codes in their order and "" last."""
    codes = sorted(code.unique(), key=lambda one: (not one, _sortable(one)))
    place = pd.Index(codes, dtype=object).get_indexer(code)
    sums = np.zeros((leaves, len(codes)), dtype=np.int64)
    np.add.at(sums, (leaf, place), cents.to_numpy())
    return pd.DataFrame(sums, columns=pd.Index(codes, dtype=object))


def _sums(leaf: npt.NDArray[np.intp], cents: pd.Series, leaves: int) -> IntArray:
    sums = np.zeros(leaves, dtype=np.int64)
    np.add.at(sums, leaf, cents.to_numpy())
    return sums


def _counties(leaves: npt.NDArray[np.object_]) -> tuple[IntArray, int]:
    county, codes = pd.factorize(pd.Series([leaf[:6] for leaf in leaves], dtype=object), sort=True)
    return county.astype(np.int64), len(codes)


def _villages(exact: IntArray, leaves: npt.NDArray[np.object_], unit: str) -> IntArray:
    """The printed area of every leaf unit: its county's, rounded once, spread over them, the largest first."""
    county, counties = _counties(leaves)
    target = hundredths(_sums(county, pd.Series(exact), counties), unit)
    rank = np.where(exact > 0, ranks(exact, leaves), -1)
    return level(hundredths(exact, unit), county, target, rank, np.ones(len(exact), dtype=bool))


def _deducted(
    exact: IntArray, net: IntArray, gross: IntArray, farmland: IntArray, leaves: npt.NDArray[np.object_], unit: str
) -> IntArray:  # fmt: skip
    """The printed deductions: the county's gross area less its farmland, each rounded once.

    They are spread first over units whose gross area, as printed, is farthest from the exact one in that direction.
    """
    county, counties = _counties(leaves)
    whole, land = (hundredths(_sums(county, pd.Series(cents), counties), unit) for cents in (gross, net))
    rounded = hundredths(exact, unit)
    left = whole - land - _sums(county, pd.Series(rounded), counties)
    ratio = SQUARE_METRES[unit]
    error = (farmland + rounded) * ratio.numerator - gross * ratio.denominator
    needy = ranks(-np.sign(left)[county] * error, leaves)
    rank = np.where(exact > 0, needy, -1)
    return level(rounded, county, whole - land, rank, np.ones(len(exact), dtype=bool))


def _plots(plots: pd.DataFrame, leaf: npt.NDArray[np.intp], farmland: IntArray, unit: str) -> IntArray:
    """The printed farmland of every plot: its village's, spread over the plots, the largest first."""
    net = plots["net"].to_numpy()
    rank = np.where(net > 0, ranks(net, plots["label"].to_numpy(dtype=object)), -1)
    return level(hundredths(net, unit), leaf.astype(np.int64), farmland, rank, np.ones(len(net), dtype=bool))


def _cells(exact: pd.DataFrame, whole: IntArray, unit: str) -> pd.DataFrame:
    """The printed cells of every leaf unit: its area spread over the classes, codes descending, large classes first."""
    cents = exact.to_numpy(dtype=np.int64)
    leaves, codes = cents.shape
    group = np.repeat(np.arange(leaves), codes)
    place = pd.Series([_sortable(code) for code in exact.columns], dtype=object).rank(ascending=False).to_numpy()
    rank = np.where(cents.ravel() > 0, np.tile(place.astype(np.int64), leaves), -1)
    levelled = level(hundredths(cents.ravel(), unit), group, whole, rank, cents.ravel() > LARGE)
    return pd.DataFrame(levelled.reshape(cents.shape), columns=exact.columns)


def _sortable(code: str) -> str:
    """Codes in their order as texts: grade 10 behind 9."""
    return code.zfill(8)


def _rows(leaves: Sequence[str], names: Mapping[str, str]) -> pd.DataFrame:
    """Every unit in the order of print, a unit before those in it; a total row before several counties."""
    codes = sorted({leaf[:n] for leaf in leaves for n in COUNTED_LEVELS if n <= len(leaf)})
    rows = [(code, names.get(code, ""), COUNTED_LEVELS[len(code)]) for code in codes]
    if sum(level == "county" for _, _, level in rows) > 1:
        rows.insert(0, ("", "", "total"))
    return pd.DataFrame(rows, columns=["unit", "unit_name", "level"])


def _added_up(cells: pd.DataFrame, leaves: npt.NDArray[np.object_], rows: pd.DataFrame) -> pd.DataFrame:
    """The leaf units' cells and their sums for every row."""
    parts = []
    for digits in {len(unit) for unit in rows["unit"]}:
        of_leaf = pd.Index([leaf[:digits] for leaf in leaves], dtype=object)
        parts.append(cells.groupby(of_leaf).sum())
    return pd.concat(parts).reindex(rows["unit"]).reset_index(drop=True)
