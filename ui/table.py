"""The findings of a results GeoPackage as columns, read quickly and only as far as they are asked for."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pandas as pd
from qgis.core import QgsFeatureRequest, QgsVectorLayer

from redline.core.catalogue import rules
from redline.processing.places import layer_place
from redline.processing.values import columns

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

INDEX = ("rule", "severity", "role", "unit", "unit_name", "key", "status", "change")
"""What the tree and its filters need of every finding; all else is read when it is looked at."""
_INDEX_SQL = "SELECT fid, rule, severity, role, unit, unit_name, key, status, change FROM findings ORDER BY fid"
WORDS = ("message", "related", "note")
"""What a search for text looks through, beside the index and the titles of rules."""
_WORDS_SQL = "SELECT fid, message, related, note FROM findings ORDER BY fid"
_OTHERS = {
    "finding_id": "SELECT fid, finding_id FROM findings ORDER BY fid",
    "difference": "SELECT fid, difference FROM findings ORDER BY fid",
}


class Table:
    """The findings of a layer, one place (0, 1, …) a finding, in the order of their feature ids.

    `fids` are the feature ids (int64). A column is an array of str, "" for none; that of `difference` holds floats.
    What the layer lacks is empty.
    """

    def __init__(self, layer: QgsVectorLayer) -> None:
        self._layer = layer
        self.fids, self._columns = read_columns(layer, "findings", INDEX, _INDEX_SQL)
        self._codes: dict[str, tuple[npt.NDArray[np.int64], Texts]] = {}
        self._searchable: pd.Series | None = None

    def __len__(self) -> int:
        return len(self.fids)

    def column(self, name: str) -> Texts:
        """A column, read now if it was not wanted before."""
        if name not in self._columns:
            names, statement = ((name,), _OTHERS[name]) if name in _OTHERS else (WORDS, _WORDS_SQL)
            self._columns.update(read_columns(self._layer, "findings", names, statement)[1])
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
        if self._searchable is None:
            codes, ids = self.codes("rule")
            titles = [" ".join((name, *(rules()[name].title.values() if name in rules() else ()))) for name in ids]
            joined = np.array([*titles, ""], dtype=object)[codes]
            for name in ("key", "unit_name", *WORDS):
                joined = joined + "\n" + self.column(name)
            self._searchable = pd.Series(joined).str.lower()
        found = np.ones(len(self), dtype=bool)
        for word in words.lower().split():
            found &= self._searchable.str.contains(word, regex=False).to_numpy(dtype=bool)
        return found

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


def read_columns(
    layer: QgsVectorLayer, name: str, names: Sequence[str], statement: str
) -> tuple[Places, dict[str, Texts]]:
    """The feature ids and columns of a layer, as the user sees it at this moment; "" stands for no value.

    `statement` asks the table `name` of its GeoPackage for the same, the ids first.
    """
    path, table = layer_place(layer)
    if table == name and not layer.isEditable() and not layer.subsetString():
        # Ten times as quick as through features; no lock is taken that another program could meet.
        with contextlib.suppress(sqlite3.Error):
            return _read_file(Path(path), names, statement)
    return _read_layer(layer, names)


def _read_file(path: Path, names: Sequence[str], statement: str) -> tuple[Places, dict[str, Texts]]:
    place = Path(path).absolute().as_posix()
    # A log of changes beside the file has to be read with it; without one, reading shall not make one.
    manner = "mode=ro" if Path(f"{path}-wal").exists() else "immutable=1"
    source = f"file://{'' if place.startswith('/') else '/'}{quote(place)}?{manner}"
    with contextlib.closing(sqlite3.connect(source, uri=True)) as connection:
        rows = connection.execute(statement).fetchall()
    fids, *values = zip(*rows) if rows else [()] * (len(names) + 1)
    return np.array(fids, dtype=np.int64), {name: _texts(column) for name, column in zip(names, values)}


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
