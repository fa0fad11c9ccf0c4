"""The findings of a results GeoPackage as columns, read quickly and only as far as they are asked for."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pandas as pd
from qgis.core import QgsFeatureRequest, QgsVectorLayer

from redline.core.catalogue import rules
from redline.processing.layers import no_collector
from redline.processing.places import layer_place
from redline.processing.values import columns

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

INDEX = ("key", "rule", "severity", "role", "unit", "unit_name", "status", "change")
"""What the tree and its filters need of every finding; all else is read when it is looked at."""
_PART = "\x1f"
# All but the key come as one text, of which there are few: they are taken apart once each, and not once a row.
_INDEX_SQL = """
SELECT fid, key, printf('%s' || char(31) || '%s' || char(31) || '%s' || char(31) || '%s' || char(31) || '%s' || char(31)
|| '%s' || char(31) || '%s', rule, severity, role, unit, unit_name, status, change) FROM findings ORDER BY fid"""
WORDS = ("message", "related", "note")
"""What a search for text looks through, beside the key, the name of the unit and the titles of rules."""
_SEARCHED = ("key", "unit_name", *WORDS)
_SEARCHED_SQL = """
SELECT fid, coalesce(key, '') || char(10) || coalesce(unit_name, '') || char(10) || coalesce(message, '') || char(10)
|| coalesce(related, '') || char(10) || coalesce(note, '') FROM findings ORDER BY fid"""
_OTHERS = {
    "finding_id": "SELECT fid, finding_id FROM findings ORDER BY fid",
    "difference": "SELECT fid, difference FROM findings ORDER BY fid",
    "message": "SELECT fid, message FROM findings ORDER BY fid",
    "related": "SELECT fid, related FROM findings ORDER BY fid",
    "note": "SELECT fid, note FROM findings ORDER BY fid",
}


class Table:
    """The findings of a layer, one place (0, 1, …) a finding, in the order of their feature ids.

    `fids` are the feature ids (int64). A column is an array of str, "" for none; that of `difference` holds floats.
    What the layer lacks is empty.
    """

    @no_collector()
    def __init__(self, layer: QgsVectorLayer) -> None:
        self._layer = layer
        self._codes: dict[str, tuple[npt.NDArray[np.int64], Texts]] = {}
        self._searchable: pd.Series | None = None
        rows = _file_rows(layer, "findings", _INDEX_SQL)
        if rows is None:
            self.fids, self._columns = _read_layer(layer, INDEX)
        else:
            self.fids, self._columns = self._taken_apart(rows)

    def _taken_apart(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Places, dict[str, Texts]]:
        fids, keys, joined = zip(*rows) if rows else ((), (), ())
        codes, different = pd.factorize(_texts(joined))
        parts = np.array([text.split(_PART) for text in different], dtype=object).reshape(-1, len(INDEX) - 1)
        columns = {"key": _texts(keys)}
        for name, values in zip(INDEX[1:], parts.T):
            columns[name] = values[codes]
            numbers, known = pd.factorize(values, sort=True)
            self._codes[name] = numbers.astype(np.int64)[codes], np.asarray(known, dtype=object)
        return np.array(fids, dtype=np.int64), columns

    def __len__(self) -> int:
        return len(self.fids)

    def column(self, name: str) -> Texts:
        """A column, read now if it was not wanted before."""
        if name not in self._columns:
            self._columns.update(read_columns(self._layer, "findings", (name,), _OTHERS[name])[1])
        return self._columns[name]

    def codes(self, name: str) -> tuple[npt.NDArray[np.int64], Texts]:
        """A column as numbers, and the value that each number stands for, in the order of the values."""
        if name not in self._codes:
            codes, values = pd.factorize(self.column(name), sort=True)
            self._codes[name] = codes.astype(np.int64), np.asarray(values, dtype=object)
        return self._codes[name]

    def among(self, name: str, values: Sequence[str] | frozenset[str]) -> Mask:
        """Where a column has one of these values."""
        codes, known = self.codes(name)
        wanted = pd.Series(known, dtype=object).isin(list(values)).to_numpy(dtype=bool)
        return wanted[codes] if len(known) else np.zeros(len(self), dtype=bool)

    def below(self, unit: str) -> Mask:
        """Where the unit is this one or below it: codes grow by their lower levels."""
        codes, known = self.codes("unit")
        start = unit.rstrip("0") if len(unit) > 12 else unit
        inside = np.array([value.startswith(start) for value in known], dtype=bool)
        return inside[codes] if len(known) else np.zeros(len(self), dtype=bool)

    def containing(self, words: str) -> Mask:
        """Where every one of the words (parted by blanks) stands somewhere in the finding's texts, in any case."""
        codes, ids = self.codes("rule")
        titles = [" ".join((name, *(rules()[name].title.values() if name in rules() else ()))) for name in ids]
        named = pd.Series([*titles, ""], dtype=object).str.lower()
        texts = self._texts_searched()
        found = np.ones(len(self), dtype=bool)
        for word in words.lower().split():
            in_title = named.str.contains(word, regex=False).to_numpy(dtype=bool)[codes]
            found &= in_title | texts.str.contains(word, regex=False).to_numpy(dtype=bool)
        return found

    def _texts_searched(self) -> pd.Series:
        if self._searchable is None:
            rows = _file_rows(self._layer, "findings", _SEARCHED_SQL)
            if rows is None:
                columns = _read_layer(self._layer, _SEARCHED)[1]
                joined = ["\n".join(row) for row in zip(*(columns[name] for name in _SEARCHED))]
            else:
                joined = [text for _, text in rows]
            self._searchable = pd.Series(joined, dtype=object).str.lower()
        return self._searchable

    def at(self, fids: Sequence[int]) -> Places:
        """The places of the features with these ids, those that are none of ours left out."""
        wanted = np.asarray(sorted(fids), dtype=np.int64)
        places = np.searchsorted(self.fids, wanted)
        places = places[places < len(self.fids)]
        return places[np.isin(self.fids[places], wanted)]

    def known_as(self, ids: Sequence[str]) -> Places:
        """The places of findings by their finding_id, in that order; -1 for one that is not there."""
        return pd.Index(self.column("finding_id")).get_indexer(list(ids)).astype(np.int64)

    def put(self, name: str, places: Places, values: Texts) -> None:
        """Take over values that were written into the layer."""
        self.column(name)[places] = values
        self._codes.pop(name, None)
        if name in WORDS:
            self._searchable = None


@no_collector()
def read_columns(
    layer: QgsVectorLayer, name: str, names: Sequence[str], statement: str, given: Sequence[int] = ()
) -> tuple[Places, dict[str, Texts]]:
    """The feature ids and columns of a layer, as the user sees it at this moment; "" stands for no value.

    `statement` asks the table `name` of its GeoPackage for the same, the ids first, or, with the numbers `given` in
    place of its question marks, for a part of it.
    """
    rows = _file_rows(layer, name, statement, given)
    if rows is None:
        return _read_layer(layer, names)
    fids, *values = zip(*rows) if rows else [()] * (len(names) + 1)
    return np.array(fids, dtype=np.int64), {name: _texts(column) for name, column in zip(names, values)}


def _file_rows(
    layer: QgsVectorLayer, name: str, statement: str, given: Sequence[int] = ()
) -> list[tuple[Any, ...]] | None:  # fmt: skip
    """What a layer's own file answers, None where the layer shows something else or the file cannot be asked."""
    path, table = layer_place(layer)
    if table != name or layer.isEditable() or layer.subsetString():
        return None
    # Ten times as quick as through features; no lock is taken that another program could meet.
    place = Path(path).absolute().as_posix()
    # A log of changes beside the file has to be read with it; without one, reading shall not make one.
    manner = "mode=ro" if Path(f"{path}-wal").exists() else "immutable=1"
    source = f"file://{'' if place.startswith('/') else '/'}{quote(place)}?{manner}"
    with contextlib.suppress(sqlite3.Error), no_collector(), contextlib.closing(
        sqlite3.connect(source, uri=True)
    ) as connection:
        return connection.execute(statement, tuple(given)).fetchall()
    return None


def _read_layer(layer: QgsVectorLayer, names: Sequence[str]) -> tuple[Places, dict[str, Texts]]:
    there = [name for name in names if layer.fields().lookupField(name) >= 0]
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    positions = [layer.fields().lookupField(name) for name in there]
    features = sorted(layer.getFeatures(request.setSubsetOfAttributes(positions)), key=lambda feature: feature.id())
    read: Mapping[str, Sequence[object]] = dict(zip(there, columns(features, positions)))
    nothing = [""] * len(features)
    return (
        np.array([feature.id() for feature in features], dtype=np.int64),
        {name: _texts(read.get(name, nothing)) for name in names},
    )


def _texts(values: Sequence[object]) -> Texts:
    column = np.empty(len(values), dtype=object)
    column[:] = ["" if value is None else value for value in values]
    return column
