"""Fields, nulls and attribute columns, the same on Qt 5 and Qt 6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qgis.core import NULL, Qgis, QgsFeature, QgsField
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, QTime, QVariant

# QgsField knows QMetaType from 3.38 on, and QVariant.Type is gone from Qt 6.
_QMETATYPE = Qgis.QGIS_VERSION_INT >= 33800
_TYPES = {
    "text": ("String", "QString"),
    "real": ("Double", "Double"),
    "whole": ("LongLong", "LongLong"),
    "truth": ("Bool", "Bool"),
    "date": ("Date", "QDate"),
}
_STORED = {
    "text": ("String", "QString"),
    "real": ("Double", "Double"),
    "integer": ("Int UInt LongLong ULongLong", "Int UInt LongLong ULongLong"),
    "date": ("Date DateTime", "QDate QDateTime"),
}
_READY = frozenset({str, int, float, bool, type(None)})


def field(name: str, kind: str) -> QgsField:
    """A field of kind "text", "real", "whole", "truth" or "date"."""
    old, new = _TYPES[kind]
    return QgsField(name, getattr(QMetaType.Type, new) if _QMETATYPE else getattr(QVariant.Type, old))


def type_of(one: QgsField) -> str:
    """How a layer keeps a field: "text", "real", "integer", "date" or "" for anything else."""
    kinds = QMetaType.Type if _QMETATYPE else QVariant.Type
    for kind, names in _STORED.items():
        if one.type() in [getattr(kinds, name) for name in names[_QMETATYPE].split()]:
            return kind
    return ""


def is_null(value: object) -> bool:
    """Is this attribute value SQL's NULL? QGIS 3 gives a null QVariant, QGIS 4 gives None."""
    return value is None or bool(value == NULL)


def columns(features: Sequence[QgsFeature], positions: Sequence[int]) -> list[list[Any]]:
    """The attributes at `positions`, one list a field, as str, int, float, bool or None; days and times as ISO text."""
    if not features:
        return [[] for _ in positions]
    # One call that converts all fields is quicker than one a field, unless most are not wanted.
    if 2 * len(positions) > len(features[0].fields()):
        every = list(zip(*[feature.attributes() for feature in features]))
        return [plain(every[position]) for position in positions]
    return [plain([feature[position] for feature in features]) for position in positions]


def plain(values: Sequence[Any]) -> list[Any]:
    """Attribute values as str, int, float, bool or None; days and times as ISO text, lists joined by "、"."""
    # Types are looked at once a column: a layer has millions of cells, and most columns are plain.
    if set(map(type, values)) <= _READY:
        return list(values)
    return [value if type(value) in _READY else _PLAIN.get(type(value), str)(value) for value in values]


def _days(pattern: str) -> Callable[[Any], str | None]:
    return lambda value: value.toString(pattern) if value.isValid() else None


def _listed(values: Sequence[Any]) -> str:
    return "、".join(str(value) for value in plain(values) if value is not None)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    QVariant: lambda value: None if value.isNull() else str(value.value()),
    QDate: _days("yyyy-MM-dd"),
    QDateTime: _days("yyyy-MM-ddTHH:mm:ss"),
    QTime: _days("HH:mm:ss"),
    list: _listed,
}
