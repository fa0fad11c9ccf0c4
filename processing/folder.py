"""Which sources a folder or a project holds, and what role each plays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.catalogue import text
from redline.core.frames import Source
from redline.core.progress import Progress
from redline.core.standards import guess_role, profiles
from redline.core.workbooks import read_sheet
from redline.processing.encodings import readable
from redline.processing.layers import plane_crs, read_source
from redline.processing.values import columns

SHEETS = (".xlsx", ".xls", ".ods")
LAYERS = (".gpkg", ".shp", ".gdb", ".geojson", ".json", ".tab", ".csv")
RESULT_LAYERS = frozenset({"findings", "runs"})
"""A GeoPackage with both of these layers is a result of an audit, not a source."""

# Below this a guess is no guess: a layer of roads shares a field or two with any profile.
_SURE_ENOUGH = 0.4
_CLOSE = 0.1
_ROWS_TO_GUESS = 60

Reader = Callable[[QgsCoordinateReferenceSystem, Progress], Source]


@dataclass(frozen=True)
class Candidate:
    """A layer or sheet that may be a source: how people call it, its file, what it holds, how it is read."""

    name: str
    file: str
    crs: QgsCoordinateReferenceSystem
    plane_crs: QgsCoordinateReferenceSystem
    guesses: list[tuple[str, str, float]]
    read: Reader

    @property
    def role(self) -> str:
        return self.guesses[0][0] if self.guesses and self.guesses[0][2] >= _SURE_ENOUGH else ""

    @property
    def score(self) -> float:
        return self.guesses[0][2] if self.guesses else 0.0


def in_folder(folder: Path, context: QgsProcessingContext, speech: str) -> Iterator[Candidate]:
    """Every layer and sheet below `folder`, in the order of their names; hidden files and results are passed over."""
    for path in _files(folder):
        if path.suffix.lower() in SHEETS:
            yield from _sheets(path)
        else:
            yield from _layers(path, context, speech)


def in_project(layers: Iterable[QgsVectorLayer], context: QgsProcessingContext, speech: str) -> Iterator[Candidate]:
    """The vector layers of a project; they are opened here, in the main thread, and can be read in any."""
    for layer in layers:
        file = layer.source().split("|")[0]
        if not layer.isValid() or (Path(file).suffix.lower() == ".gpkg" and _is_result(Path(file))):
            continue
        found = readable(layer)
        if found is not None:
            context.temporaryLayerStore().addMapLayer(found[0])
        source = QgsProcessingUtils.variantToSource(found[0].id() if found else layer.id(), context)
        if source is not None:
            yield _candidate(source, layer.name(), file, context, speech)


def choose(candidates: Iterable[Candidate], speech: str) -> tuple[dict[str, list[Candidate]], list[str]]:
    """The candidates by role, and notes on what was not used: the best for every role, and all layers of units."""
    chosen: dict[str, list[Candidate]] = {}
    notes = []
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.name, c.file)):
        taken = chosen.setdefault(candidate.role, [])
        if candidate.role and (not taken or candidate.role == "units"):
            taken.append(candidate)
        elif candidate.role:
            close = taken[0].score - candidate.score < _CLOSE
            said = "note.second_alike" if close else "note.second"
            notes.append(text(said, speech, layer=candidate.name, file=Path(candidate.file).name,
                              role=text(f"role.{candidate.role}", speech), other=taken[0].name))  # fmt: skip
        else:
            notes.append(text("note.unused", speech, layer=candidate.name, file=Path(candidate.file).name))
    chosen.pop("", None)
    return chosen, notes


def _files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        inside_database = any(parent.suffix.lower() == ".gdb" for parent in path.relative_to(folder).parents)
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        database = path.is_dir() and path.suffix.lower() == ".gdb"
        if hidden or inside_database or (path.is_dir() and not database):
            continue
        if path.suffix.lower() in (*SHEETS, *LAYERS) and not (path.suffix.lower() == ".gpkg" and _is_result(path)):
            found.append(path)
    return found


def _is_result(path: Path) -> bool:
    names = {details.name() for details in QgsProviderRegistry.instance().querySublayers(str(path))}
    return names >= RESULT_LAYERS


def _layers(path: Path, context: QgsProcessingContext, speech: str) -> Iterator[Candidate]:
    found = QgsProviderRegistry.instance().querySublayers(str(path))
    for details in sorted((d for d in found if d.providerKey() == "ogr"), key=lambda d: d.name()):
        name = details.name() or path.stem
        layer = QgsVectorLayer(details.uri(), name, "ogr")
        if not layer.isValid():
            continue
        right = readable(layer)
        layer = right[0] if right else layer
        source = QgsProcessingFeatureSource(layer, context)
        candidate = _candidate(source, name, str(path), context, speech, keep=layer)
        yield candidate


def _candidate(
    source: QgsProcessingFeatureSource, name: str, file: str, context: QgsProcessingContext, speech: str,
    keep: QgsVectorLayer | None = None,
) -> Candidate:  # fmt: skip
    flat = source.wkbType() == QgsWkbTypes.Type.NoGeometry
    kind = QgsWkbTypes.geometryType(source.wkbType())
    shape = {
        QgsWkbTypes.GeometryType.PolygonGeometry: "polygon", QgsWkbTypes.GeometryType.PointGeometry: "point",
        QgsWkbTypes.GeometryType.LineGeometry: "line",
    }.get(kind, "none" if flat else "")  # fmt: skip

    def read(target: QgsCoordinateReferenceSystem, progress: Progress, _keep: QgsVectorLayer | None = keep) -> Source:
        return read_source(
            source, name, context=context, progress=progress, target_crs=target, geometry=not flat, language=speech,
            in_bytes=file.lower().endswith(".shp"),
        )  # fmt: skip

    names = _headers(_first_rows(source)) if flat else [field.name() for field in source.fields()]
    return Candidate(name, file, source.sourceCrs(), plane_crs(source), guess_role(name, names, shape), read)


def _first_rows(source: QgsProcessingFeatureSource) -> pd.DataFrame:
    """As many rows of a table as its titles and headings may take, and some data below them."""
    features = list(source.getFeatures(QgsFeatureRequest().setLimit(_ROWS_TO_GUESS)))
    names = [field.name() for field in source.fields()]
    return pd.DataFrame(dict(enumerate(columns(features, range(len(names)))))).set_axis(names, axis=1)


def _headers(cells: pd.DataFrame) -> list[str]:
    """What the columns of a sheet are called, below titles and merged headings."""
    words = frozenset().union(*(one.vocabulary() for one in profiles() if "none" in one.geometry))
    return [str(column) for column in read_sheet(cells, words).rows.columns]


def _sheets(path: Path) -> Iterator[Candidate]:
    for sheet, cells in read_cells(path):
        name = path.stem if sheet.lower().startswith("sheet") else f"{path.stem} {sheet}"
        guesses = guess_role(name, _headers(cells), "none")

        def read(
            target: QgsCoordinateReferenceSystem, progress: Progress, name: str = name, cells: pd.DataFrame = cells
        ) -> Source:
            return Source(name, cells)

        no_crs = QgsCoordinateReferenceSystem()
        yield Candidate(name, str(path), no_crs, no_crs, guesses, read)


def read_cells(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """The sheets of a workbook as OGR gives them with headers off: every row as it stands, all cells as text."""
    options = {"HEADERS": "DISABLE", "FIELD_TYPES": "STRING"}
    driver = {".xlsx": "XLSX", ".xls": "XLS", ".ods": "ODS"}[path.suffix.lower()]
    before = {f"OGR_{driver}_{name}": gdal.GetThreadLocalConfigOption(f"OGR_{driver}_{name}") for name in options}
    for name, value in options.items():
        gdal.SetThreadLocalConfigOption(f"OGR_{driver}_{name}", value)
    try:
        workbook = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
        for number in range(workbook.GetLayerCount() if workbook else 0):
            layer = workbook.GetLayer(number)
            width = layer.GetLayerDefn().GetFieldCount()
            rows = [[feature.GetField(i) for i in range(width)] for feature in layer]
            names = [layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(width)]
            cells = np.full((len(rows), width), None, dtype=object)
            for at, row in enumerate(rows):
                cells[at] = row
            if rows:
                yield layer.GetName(), pd.DataFrame(cells, columns=names)
    finally:
        for name, value in before.items():
            gdal.SetThreadLocalConfigOption(name, value)
