"""Which layers of a project hold plots and which hold units, and how to read them in any thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsMapLayer,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

from redline.core.standards import best_profile, guess_role
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
    layers: Iterable[QgsMapLayer], wanted: Mapping[str, Sequence[str]], decided: Mapping[str, Collection[str]]
) -> list[Holder]:
    """The layers that play one of the roles of `wanted` (role → columns, the first of which a layer must have).

    `decided` are ids of layers by role, as the user chose them; roles that are not in it are guessed by names. Layers
    of an audit's results come last.
    """
    found = []
    for layer in layers:
        if isinstance(layer, QgsVectorLayer) and layer.isValid():
            names = [field.name() for field in layer.fields()]
            ours = _in_results(layer, names)
            role = ours or _role(layer, names, decided)
            if role in wanted:
                match = dict(zip(names, names)) if ours else _understood(role, layer, names)
                columns = {column: match[column] for column in wanted[role] if column in match}
                if wanted[role][0] in columns:
                    source = QgsVectorLayerFeatureSource(layer)
                    found.append((bool(ours), Holder(role, layer.id(), layer.name(), layer.crs(), columns, source)))
    return [holder for _, holder in sorted(found, key=lambda entry: entry[0])]


def _in_results(layer: QgsVectorLayer, names: Collection[str]) -> str:
    """The role of a layer of an audit's results, "" for any other."""
    return _RESULTS.get(layer_place(layer)[1], "") if "unit" in names else ""


def _role(layer: QgsVectorLayer, names: Sequence[str], decided: Mapping[str, Collection[str]]) -> str:
    """The role that a layer was given, else what it is taken for, "" for nothing of ours."""
    given = next((role for role, ids in decided.items() if layer.id() in ids), "")
    if given or "finding_id" in names:
        return given
    guesses = guess_role(layer.name(), names, QgsWkbTypes.displayString(layer.wkbType()))
    role, _, score = guesses[0] if guesses else ("", "", 0.0)
    return role if score >= _SURE_ENOUGH and role not in decided else ""


def _understood(role: str, layer: QgsVectorLayer, names: Sequence[str]) -> dict[str, str]:
    return best_profile(role, names, layer.name())[0].match_fields(names).found
