"""An audit's results open in QGIS: layers in the project, findings as a table, runs; statuses are saved here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from qgis.core import QgsFeatureRequest, QgsMapLayer, QgsProject, QgsProviderRegistry, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from redline.core.catalogue import titles
from redline.core.history import COLUMNS as HISTORY
from redline.core.history import first_run
from redline.processing.algorithm import language, tr
from redline.processing.layers import cells_of
from redline.processing.places import data_set, layer_place
from redline.processing.results import is_results
from redline.processing.values import columns
from redline.ui.table import Places, Table, Texts, read_columns

EDITED = ("status", "note")
_HISTORY_SQL = """
SELECT fid, run, finding_id, change, status, severity, expected, actual, difference FROM history
WHERE run > ? AND run <= ?
OR finding_id IN (SELECT finding_id FROM history WHERE run > ? AND run <= ?)"""
_FIRST_SQL = "SELECT MIN(fid), MIN(run) FROM history"
_SHOWN = ("findings", "overlaps", "plot_status")
"""The layers that are visible at first, from top to bottom; the others are there to be switched on."""


class ResultsError(Exception):
    """The file cannot be opened as the results of an audit; `str(error)` is a sentence for the user."""


class Results(QObject):
    """One results GeoPackage. `reread` tells that all of it is new, `told` that statuses or notes of some places are,
    `gone` that its layers left the project and nothing of it may be touched any more."""

    reread = pyqtSignal()
    told = pyqtSignal(object)
    gone = pyqtSignal()

    def __init__(self, path: Path, project: QgsProject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not is_results(path):
            raise ResultsError(tr("“{path}” holds no results of a county audit.").format(path=path))
        self.path = path
        self._project = project
        self._busy = False
        self._layers: dict[str, str] = show_layers(path, project)
        if "findings" not in self._layers:
            raise ResultsError(tr("The findings of “{path}” cannot be opened.").format(path=path))
        layer = self.findings
        layer.willBeDeleted.connect(self._leave)
        layer.attributeValueChanged.connect(self._edited)
        # What was edited may have been thrown away; and ids of features may be others after a save.
        layer.editingStopped.connect(self._reread_later)
        self._fields = {name: layer.fields().lookupField(name) for name in EDITED}
        self.table = Table(layer)

    @property
    def findings(self) -> QgsVectorLayer:
        """The layer of findings."""
        return self.layer("findings")

    def layer(self, name: str) -> QgsVectorLayer | None:
        """A layer of the results in the project, None where it is not there (any more)."""
        found = self._project.mapLayer(self._layers.get(name, ""))
        return found if isinstance(found, QgsVectorLayer) and found.isValid() else None

    def frame(self, name: str, fields: Sequence[str] = ()) -> pd.DataFrame:
        """The attributes of a layer (those of `fields` that it has, or all), with the feature ids as index."""
        layer = self.layer(name)
        if layer is None:
            return pd.DataFrame(columns=list(fields))
        names = [field.name() for field in layer.fields()]
        wanted = [name for name in names if not fields or name in fields]
        positions = [names.index(name) for name in wanted]
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes(positions)
        features = list(layer.getFeatures(request))
        read = cells_of(wanted, columns(features, positions), len(features))
        read.index = pd.Index([feature.id() for feature in features], dtype="int64")
        return read

    def runs(self) -> list[dict[str, Any]]:
        """The records of all runs, the latest first; what is kept as JSON is read."""
        rows = self.frame("runs")
        records = rows.astype(object).where(rows.notna(), None).to_dict("records")
        understood = [_understood({str(name): value for name, value in record.items()}) for record in records]
        return sorted(understood, key=lambda record: -int(record.get("run") or 0))

    def history(self, earlier: int, later: int) -> pd.DataFrame:
        """What every run changed (columns of `redline.core.history`), at least as far as the two runs differ; empty
        where the results do not keep that."""
        layer = self.layer("history")
        if layer is None:
            return pd.DataFrame(columns=list(HISTORY))
        given = (earlier, later, earlier, later)
        return pd.DataFrame(read_columns(layer, "history", HISTORY, _HISTORY_SQL, given)[1])

    def history_begins(self) -> int | None:
        """The first run whose changes the results keep, None where they keep none."""
        layer = self.layer("history")
        if layer is None:
            return None
        return first_run(pd.DataFrame(read_columns(layer, "history", ("run",), _FIRST_SQL)[1]))

    def reread_now(self) -> None:
        """Read the file again, after a run wrote it."""
        for layer_id in self._layers.values():
            layer = self._project.mapLayer(layer_id)
            if layer is not None:
                layer.dataProvider().reloadData()
                layer.reload()
                layer.triggerRepaint()
        self._layers = show_layers(self.path, self._project)
        self.table = Table(self.findings)
        self.reread.emit()

    def write(self, places: Places, values: Mapping[str, Sequence[str] | Texts]) -> str:
        """Save statuses or notes (one a place) through the layer; a sentence where it cannot be, else "".

        Where the user is editing the layer, the change becomes one step of the layer's own undo, to be saved with it.
        """
        layer = self.findings
        lacking = [name for name in values if self._fields[name] < 0]
        if layer is None or lacking:
            return tr("The findings have no field “{field}” any more.").format(field="、".join(lacking) or "status")
        self._busy = True
        try:
            problem = self._write(layer, places, values)
        finally:
            self._busy = False
        if not problem:
            for name, column in values.items():
                self.table.put(name, places, _array(column))
            layer.triggerRepaint()
            self.told.emit(places)
        return problem

    def _write(self, layer: QgsVectorLayer, places: Places, values: Mapping[str, Sequence[str] | Texts]) -> str:
        fids = self.table.fids[places].tolist()
        changed = {
            fid: {self._fields[name]: column[row] for name, column in values.items()} for row, fid in enumerate(fids)
        }
        if layer.isEditable():
            layer.beginEditCommand(tr("Status of findings"))
            for fid, attributes in changed.items():
                for field, value in attributes.items():
                    layer.changeAttributeValue(fid, field, value)
            layer.endEditCommand()
            return ""
        if not layer.dataProvider().changeAttributeValues(changed):
            said = "; ".join(layer.dataProvider().errors()) or tr("the file is read-only or in use")
            layer.dataProvider().clearErrors()
            return tr("The findings could not be saved: {reason}.").format(reason=said.rstrip("."))
        # Open attribute tables and forms show what they read before.
        layer.dataChanged.emit()
        return ""

    def _edited(self, fid: int, field: int, value: object) -> None:
        name = next((name for name, place in self._fields.items() if place == field), "")
        if name and not self._busy:
            places = self.table.at([fid])
            self.table.put(name, places, _array([str(value or "")] * len(places)))
            self.told.emit(places)

    def _reread_later(self) -> None:
        QTimer.singleShot(0, self._reread_edited)

    def _reread_edited(self) -> None:
        if self.findings is not None:
            self.table = Table(self.findings)
            self.reread.emit()

    def _leave(self) -> None:
        self._layers = {}
        self.gone.emit()


def show_layers(path: Path, project: QgsProject) -> dict[str, str]:
    """The layers of a results file in the project, by their names in it: id. What is not there is added, as a group."""
    place = data_set(path)
    there: dict[str, str] = {}
    for layer_id, layer in project.mapLayers().items():
        file, name = layer_place(layer) if layer.type() == QgsMapLayer.LayerType.VectorLayer else ("", "")
        if file and name and data_set(file) == place:
            there.setdefault(name, layer_id)
    inside = [one.name() for one in QgsProviderRegistry.instance().querySublayers(str(path))]
    absent = [name for name in inside if name not in there and name != "layer_styles"]
    absent.sort(key=lambda name: (_SHOWN.index(name) if name in _SHOWN else len(_SHOWN), name))
    if not absent:
        return there
    called = titles("layer", language())
    root = project.layerTreeRoot()
    group = root.findGroup(path.stem) or root.insertGroup(0, path.stem)
    for name in absent:
        layer = QgsVectorLayer(f"{path}|layername={name}", called.get(name, name), "ogr")
        if layer.isValid():
            project.addMapLayer(layer, False)
            group.addLayer(layer).setItemVisibilityChecked(name in _SHOWN)
            there[name] = layer.id()
    return there


def _understood(record: dict[str, Any]) -> dict[str, Any]:
    for name in ("figures", "inputs", "settings", "versions"):
        try:
            record[name] = json.loads(record.get(name) or "{}")
        except ValueError:
            record[name] = {}
    return record


def _array(values: Sequence[str] | Texts) -> Texts:
    array = np.empty(len(values), dtype=object)
    array[:] = list(values)
    return array
