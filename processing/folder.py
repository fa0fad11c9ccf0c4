"""Which sources a folder or a project holds, what role each plays, and what could not be read or is not used."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import unescape
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
from redline.core.errors import InputError
from redline.core.frames import Frame, Source, combine, labels
from redline.core.progress import Progress
from redline.core.standards import best_profile, guess_role, profiles
from redline.core.workbooks import read_sheet, tables_of
from redline.processing import files
from redline.processing.encodings import readable
from redline.processing.files import SHEETS
from redline.processing.layers import plane_crs, read_source, rows_of
from redline.processing.places import layer_place, openable
from redline.processing.results import is_results
from redline.processing.stream import Stream, stream_of
from redline.processing.values import columns

LAYERS = (".gpkg", ".shp", ".gdb", ".geojson", ".json", ".tab", ".csv")
_OTHER_DATA = (
    ".mdb", ".accdb", ".dbf", ".txt", ".kml", ".kmz", ".dwg", ".dxf", ".mif", ".et", ".xlsm", ".xlsb", ".zip", ".rar",
    ".7z",
)  # fmt: skip

# Below this a guess is no guess: a layer of roads shares a field or two with any profile.
_SURE_ENOUGH = 0.4
_CLOSE = 0.1
_ROWS_TO_GUESS = 60
# The summary table's figures are no rows that could be put behind one another.
_WHOLE = ("table",)
# GeoPackage's own number of a row.
_IDS = {"fid"}
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")

Reader = Callable[[QgsCoordinateReferenceSystem, Progress], Source]


@dataclass(frozen=True)
class Candidate:
    """A layer or sheet that may be a source: how people call it, its file, what it holds, how it is read.

    `fields` are the names of its fields, `count` the number of its rows (-1 where the file does not say). `id` is the
    layer's in the project, or file and layer; `layer` its name in the file; `selected` are the ids of the features that
    are selected in the project.
    """

    name: str
    file: str
    crs: QgsCoordinateReferenceSystem
    plane_crs: QgsCoordinateReferenceSystem
    guesses: list[tuple[str, str, float]]
    read: Reader
    fields: frozenset[str] = frozenset()
    count: int = -1
    id: str = ""
    layer: str = ""
    flat: bool = True
    selected: frozenset[int] = frozenset()

    @property
    def role(self) -> str:
        return self.guesses[0][0] if self.guesses and self.guesses[0][2] >= _SURE_ENOUGH else ""

    @property
    def profile(self) -> str:
        return self.guesses[0][1] if self.guesses else ""

    @property
    def score(self) -> float:
        return self.guesses[0][2] if self.guesses else 0.0

    @property
    def file_name(self) -> str:
        return Path(self.file).name

    def where(self, speech: str) -> str:
        """Its file in a sentence, or that it has none, as a temporary layer or one of a database."""
        return self.file_name or text("value.no_file", speech)

    @property
    def place(self) -> tuple[str, str]:
        """The file, and the name of the layer in it."""
        return self.file, self.layer or self.name

    def is_called(self, name: str) -> bool:
        """Is this the source that a user calls so: by its id, its name, its file, or file and layer?"""
        within = (f"{file}|{self.name}" for file in (self.file_name, self.file))
        ways = (self.id, self.name, self.file_name, self.file, *within)
        return bool(name) and name in ways

    def as_role(self, role: str) -> Candidate:
        """This source in the part of `role`, whatever it was taken for."""
        chosen, _ = best_profile(role, sorted(self.fields), self.name)
        return replace(self, guesses=[(role, chosen.id, 1.0)])

    def continues(self, other: Candidate) -> bool:
        """May both be parts of one source: a layer for every township, a sheet for every village?"""
        alike = self.profile == other.profile and self.fields == other.fields
        return self.role not in _WHOLE and alike and self.crs.toWkt() == other.crs.toWkt()


@dataclass
class Found:
    """What may be a source, and in sentences what cannot be read and why."""

    candidates: list[Candidate] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def in_folder(folder: Path, context: QgsProcessingContext, speech: str) -> Found:
    """Every layer and sheet below `folder`, in the order of their names; hidden files and results are passed over."""
    return in_files(files_in(folder), context, speech)


def in_files(paths: Iterable[Path], context: QgsProcessingContext, speech: str) -> Found:
    """Every layer and sheet of some files."""
    found = Found()
    others = []
    for path in paths:
        kind = path.suffix.lower()
        problem = files.problem(path, speech) if kind in (*SHEETS, *LAYERS) else ""
        if kind in _OTHER_DATA:
            others.append(path.name)
        elif problem:
            found.unread.append(text("unchecked.unread", speech, file=path.name, reason=problem))
        elif kind in SHEETS:
            _sheets(path, speech, found)
        elif not _layers(path, context, speech, found) and kind == ".json":
            others.append(path.name)
    if others:
        found.unread.append(text("unchecked.other_files", speech, count=len(others), names="、".join(others)))
    return found


def in_project(layers: Iterable[QgsVectorLayer], context: QgsProcessingContext, speech: str) -> Found:
    """The vector layers of a project; they are opened here, in the main thread, and can be read in any."""
    found = Found()
    # A workbook is one file, however many of its sheets are layers.
    is_cut = cache(files.is_cut)
    for layer in layers:
        file, inside = layer_place(layer)
        if Path(file).suffix.lower() == ".gpkg" and is_results(Path(file)):
            continue
        right = readable(layer) if layer.isValid() else None
        if right is not None:
            context.temporaryLayerStore().addMapLayer(right[0])
        source = QgsProcessingUtils.variantToSource(right[0].id() if right else layer.id(), context)
        cut = is_cut(Path(file))
        if cut or source is None or not layer.isValid():
            reason = text(f"unchecked.unread.{'cut' if cut else 'invalid'}", speech, layer=layer.name())
            found.unread.append(text("unchecked.unread", speech, file=Path(file).name or layer.name(), reason=reason))
        else:
            # A copy that is read right numbers its features anew.
            selected = frozenset() if right else frozenset(layer.selectedFeatureIds())
            stream = None if right else stream_of(layer)
            candidate = _candidate(source, layer.name(), file, context, speech, stream)
            found.candidates.append(replace(candidate, id=layer.id(), layer=inside, selected=selected))
    return found


def choose(
    candidates: Iterable[Candidate], speech: str, sources: Mapping[str, Sequence[str]] | None = None
) -> tuple[dict[str, list[Candidate]], list[str]]:
    """The candidates by role, and sentences on what is not used.

    For every role that is the best one and those that continue it; for units all layers. Roles in `sources` have those
    that are called so there, and no others. Raises InputError where there is none that is called so.
    """
    every = sorted(candidates, key=lambda c: (-c.score, c.name, c.file))
    chosen = _named(every, sources or {}, speech)
    given = {id(candidate) for candidate in every for name in _flat(sources) if candidate.is_called(name)}
    unused = []
    for candidate in every:
        if id(candidate) in given or candidate.role in (sources or {}):
            continue
        taken = chosen.setdefault(candidate.role, [])
        named = {"layer": candidate.name, "file": candidate.where(speech)}
        if not candidate.role:
            unused.append(text("note.unused", speech, **named))
        elif candidate.count == 0:
            unused.append(text("unchecked.no_rows", speech, **named))
        elif not taken or candidate.role == "units" or candidate.continues(taken[0]):
            taken.append(candidate)
        else:
            close = taken[0].score - candidate.score < _CLOSE
            said = "note.second_alike" if close else "note.second"
            unused.append(
                text(said, speech, role=text(f"role.{candidate.role}", speech), other=taken[0].name, **named)
            )
    return {role: taken for role, taken in chosen.items() if role and taken}, unused


def _flat(sources: Mapping[str, Sequence[str]] | None) -> list[str]:
    return [name for names in (sources or {}).values() for name in names]


def _named(
    candidates: Sequence[Candidate], sources: Mapping[str, Sequence[str]], speech: str
) -> dict[str, list[Candidate]]:
    chosen: dict[str, list[Candidate]] = {}
    for role, names in sources.items():
        for name in names:
            called = [candidate for candidate in candidates if candidate.is_called(name)]
            if not called:
                has = "、".join(candidate.name for candidate in candidates) or text("value.nothing", speech)
                raise InputError("error.choice_source", speech, name=name, has=has)
            chosen.setdefault(role, []).extend(one.as_role(role) for one in called)
    return chosen


def is_version(frame: Frame, parts: Iterable[Frame]) -> bool:
    """Is this another version of what the parts hold, and no further part: are most of its plots there already?"""
    there = {label for part in parts for label in labels(part)}
    own = set(labels(frame))
    return len(own & there) * 2 > len(own)


def put_together(parts: Sequence[Frame]) -> Frame:
    """One frame of the parts of a role, within the bounds of them all."""
    whole = combine(parts)
    boxes = [part.bounds for part in parts if part.bounds]
    if len(parts) == 1 or not boxes or len({part.crs for part in parts}) > 1:
        return whole
    west, south, east, north = zip(*boxes)
    return replace(whole, bounds=(min(west), min(south), max(east), max(north)))


def files_in(folder: Path) -> list[Path]:
    """The files below a folder that may be sources, in the order of their names."""
    found = []
    for path in sorted(folder.rglob("*")):
        inside_database = any(parent.suffix.lower() == ".gdb" for parent in path.relative_to(folder).parents)
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        database = path.is_dir() and path.suffix.lower() == ".gdb"
        if hidden or inside_database or (path.is_dir() and not database):
            continue
        kind = path.suffix.lower()
        belongs = kind == ".dbf" and any(path.with_suffix(head).exists() for head in (".shp", ".SHP"))
        ours = kind == ".gpkg" and is_results(path)
        if kind in (*SHEETS, *LAYERS, *_OTHER_DATA) and not belongs and not ours:
            found.append(path)
    return found


def _layers(path: Path, context: QgsProcessingContext, speech: str, found: Found) -> bool:
    """Add the layers of a file to `found`; tells whether there are any."""
    inside = QgsProviderRegistry.instance().querySublayers(openable(path))
    details = sorted((one for one in inside if one.providerKey() == "ogr"), key=lambda one: one.name())
    kind = path.suffix.lower()
    if not details and kind != ".json":
        why = {".gdb": "no_layers", ".gpkg": "no_layers", ".csv": "no_columns"}.get(kind, "damaged")
        reason = text(f"unchecked.unread.{why}", speech)
        found.unread.append(text("unchecked.unread", speech, file=path.name, reason=reason))
    for one in details:
        name = one.name() or path.stem
        layer = QgsVectorLayer(one.uri(), name, "ogr")
        if not layer.isValid():
            reason = text("unchecked.unread.invalid", speech, layer=name)
            found.unread.append(text("unchecked.unread", speech, file=path.name, reason=reason))
            continue
        right = readable(layer)
        layer = right[0] if right else layer
        source = QgsProcessingFeatureSource(layer, context)
        found.candidates.append(_candidate(source, name, str(path), context, speech, stream_of(layer), layer))
    return bool(details)


def _candidate(
    source: QgsProcessingFeatureSource, name: str, file: str, context: QgsProcessingContext, speech: str,
    stream: Stream | None, keep: QgsVectorLayer | None = None,
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
            in_bytes=file.lower().endswith(".shp"), stream=stream,
        )  # fmt: skip

    names = _headers(_first_rows(source)) if flat else [field.name() for field in source.fields()]
    return Candidate(
        name, file, source.sourceCrs(), plane_crs(source), guess_role(name, names, shape), read,
        frozenset(names) - _IDS, rows_of(source), f"{file}|{name}", name, flat,
    )  # fmt: skip


def _first_rows(source: QgsProcessingFeatureSource) -> pd.DataFrame:
    """As many rows of a table as its titles and headings may take, and some data below them."""
    features = list(source.getFeatures(QgsFeatureRequest().setLimit(_ROWS_TO_GUESS)))
    names = [field.name() for field in source.fields()]
    return pd.DataFrame(dict(enumerate(columns(features, range(len(names)))))).set_axis(names, axis=1)


def _headers(cells: pd.DataFrame) -> list[str]:
    """What the columns of a sheet are called, below titles and merged headings."""
    return [str(column) for column in read_sheet(cells, _words()).rows.columns]


def _words() -> frozenset[str]:
    """What the columns of any table may be called."""
    return frozenset().union(*(one.vocabulary() for one in profiles() if "none" in one.geometry))


def _sheets(path: Path, speech: str, found: Found) -> None:
    """Add the sheets of a workbook to `found`; what is hidden is not meant to be read."""
    if files.is_cut(path):
        reason = text("unchecked.unread.cut", speech)
        found.unread.append(text("unchecked.unread", speech, file=path.name, reason=reason))
        return
    hidden = _hidden_sheets(path)
    sheets = list(read_cells(path))
    if not sheets and _open(path) is None:
        reason = text("unchecked.unread.damaged", speech)
        found.unread.append(text("unchecked.unread", speech, file=path.name, reason=reason))
    for sheet, cells in sheets:
        if sheet in hidden:
            found.unread.append(text("unchecked.hidden_sheet", speech, file=path.name, sheet=sheet))
            continue
        name = path.stem if sheet.lower().startswith("sheet") else f"{path.stem} {sheet}"
        for number, (title, table) in enumerate(tables_of(cells, _words())):
            further = f"{name} {title or number + 1}" if number else name
            found.candidates.append(_table(path, further, table))


def _table(path: Path, name: str, cells: pd.DataFrame) -> Candidate:
    headers = _headers(cells)
    no_crs = QgsCoordinateReferenceSystem()

    def read(target: QgsCoordinateReferenceSystem, progress: Progress) -> Source:
        return Source(name, cells)

    guesses = guess_role(name, headers, "none")
    return Candidate(
        name, str(path), no_crs, no_crs, guesses, read, frozenset(headers), len(cells), f"{path}|{name}"
    )


def _hidden_sheets(path: Path) -> set[str]:
    """The names of the sheets that a workbook hides, which OGR does not tell (Excel's .xlsx)."""
    if path.suffix.lower() != ".xlsx":
        return set()
    try:
        with zipfile.ZipFile(path) as parts:
            book = parts.read("xl/workbook.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return set()
    sheets = [dict(re.findall(r'(\w+)="([^"]*)"', sheet)) for sheet in _SHEET.findall(book)]
    return {unescape(sheet.get("name", "")) for sheet in sheets if sheet.get("state", "visible") != "visible"}


def _open(path: Path) -> gdal.Dataset | None:
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
    except RuntimeError:
        return None
    finally:
        gdal.PopErrorHandler()


def read_cells(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """The sheets of a workbook as OGR gives them with headers off: every row as it stands, all cells as text."""
    options = {"HEADERS": "DISABLE", "FIELD_TYPES": "STRING"}
    driver = {".xlsx": "XLSX", ".xls": "XLS", ".ods": "ODS"}[path.suffix.lower()]
    before = {f"OGR_{driver}_{name}": gdal.GetThreadLocalConfigOption(f"OGR_{driver}_{name}") for name in options}
    for name, value in options.items():
        gdal.SetThreadLocalConfigOption(f"OGR_{driver}_{name}", value)
    try:
        workbook = _open(path)
        if workbook is None:
            return
        for number in range(workbook.GetLayerCount()):
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
