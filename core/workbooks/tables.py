"""The tables of a sheet: an office puts a second one below the first, with a heading of its own."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from redline.core.workbooks.sheet import read_sheet


def tables_of(cells: pd.DataFrame, vocabulary: Iterable[str]) -> list[tuple[str, pd.DataFrame]]:
    """Title ("" for none) and cells of every table on a sheet, in their order; `cells` and `vocabulary` as in
    `read_sheet`, of a sheet that OGR read without headers. The rows keep their index."""
    words = frozenset(vocabulary)
    sheet = read_sheet(cells, words)
    # Row numbers count from 1, as Excel shows them.
    kinds = sheet.dropped.set_index("row")["kind"].reindex(range(1, len(cells) + 1)).fillna("").to_numpy()
    second = kinds == "second_table"
    said = np.flatnonzero(kinds != "empty")
    # Blank rows do not part a table; what belongs to the first one does.
    starts = said[np.diff(second[said].astype(int), prepend=0) == 1]
    ends = said[np.diff(second[said].astype(int), append=0) == -1] + 1
    found = [(sheet.title, cells)]
    if len(starts) and not second.all():
        inside = np.zeros(len(cells), dtype=bool)
        for start, end in zip(starts, ends):
            inside[start:end] = True
            found += tables_of(cells.iloc[start:end], words)
        found[0] = (sheet.title, cells[~inside])
    return found
