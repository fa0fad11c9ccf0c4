"""Which layers of a project hold plots and which hold units, and how to read them in any thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapLayer,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

from redline.core.standards import guess_role, profile
from redline.processing.places import layer_place

_SURE_ENOUGH = 0.4
# Layers of an audit's results: the role that they play here.
_RESULTS = {"plot_status": "map", "unit_balance": "units"}


@dataclass(frozen=True)
class Holder:
    """A layer in a role: its id and name in the project, its CRS, field by canonical column, and its features, which
    may be read in any thread."""

    role: str
    id: str
    name: str
    crs: QgsCoordinateReferenceSystem
    fields: Mapping[str, str]
    features: QgsVectorLayerFeatureSource

    def texts(self, *columns: str) -> Iterator[tuple[str, ...]]:
        """These columns of every feature as texts, "" for none."""
        names = [self.fields[column] for column in columns]
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        for feature in self.features.getFeatures(request):
            yield tuple(said(feature[name]) for name in names)


def said(value: object) -> str:
    """An attribute as text, "" for NULL."""
    return "" if value is None or (hasattr(value, "isNull") and value.isNull()) else str(value)


def holders(
    layers: Iterable[QgsMapLayer], wanted: Mapping[str, Collection[str]], decided: Mapping[str, Collection[str]]
) -> list[Holder]:
    """The layers that play one of the roles of `wanted` (role → columns, the first of which a layer must have).

    `decided` are ids of layers by role, as the user chose them; roles that are not in it are guessed by names. Layers
    of an audit's results come last.
    """
    found = []
    for layer in layers:
        if isinstance(layer, QgsVectorLayer) and layer.isValid():
            role, profile_id, ours = _role(layer, decided)
            names = [field.name() for field in layer.fields()]
            match = {name: name for name in names} if ours else profile(profile_id).match_fields(names).found
            columns = {column: match[column] for column in wanted.get(role, ()) if column in match}
            if role in wanted and next(iter(wanted[role])) in columns:
                source = QgsVectorLayerFeatureSource(layer)
                found.append((ours, Holder(role, layer.id(), layer.name(), layer.crs(), columns, source)))
    return [holder for _, holder in sorted(found, key=lambda entry: entry[0])]


def _role(layer: QgsVectorLayer, decided: Mapping[str, Collection[str]]) -> tuple[str, str, bool]:
    """The role of a layer, the profile by which its fields are known, and whether it is one of an audit's results."""
    names = [field.name() for field in layer.fields()]
    if {"unit", "finding_id"} <= set(names):
        return "", "", True
    if "unit" in names and layer_place(layer)[1] in _RESULTS:
        return _RESULTS[layer_place(layer)[1]], "", True
    guesses = guess_role(layer.name(), names, QgsWkbTypes.displayString(layer.wkbType()))
    for role, ids in decided.items():
        if layer.id() in ids:
            fits = next((name for known, name, _ in guesses if known == role), "")
            return (role, fits, False) if fits else ("", "", False)
    role, name, score = guesses[0] if guesses else ("", "", 0.0)
    return (role, name, False) if score >= _SURE_ENOUGH and role not in decided else ("", "", False)
