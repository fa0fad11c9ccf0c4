"""Functions for QGIS expressions: official areas, 亩, sheet numbers, masked texts and names of units.

They are there wherever the plugin is, in qgis_process too, since a project's labels may need them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionFunction,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProject,
    QgsWkbTypes,
)

from redline.processing.algorithm import language, tr

GROUP = "Redline 耕地红线"
_GEODETIC = "EPSG:4490"
_POLYGONS = QgsWkbTypes.GeometryType.PolygonGeometry

Does = Callable[[Sequence[Any], QgsExpressionContext], Any]


class Function(QgsExpressionFunction):
    """A function of arguments with what they usually are (None: to be given). Where the first is nothing, it gives
    nothing; what goes wrong is an evaluation error."""

    def __init__(self, name: str, arguments: Sequence[tuple[str, Any]], does: Does, explained: str) -> None:
        parameters = [
            QgsExpressionFunction.Parameter(argument, usual is not None, "" if usual is None else usual)
            for argument, usual in arguments
        ]
        super().__init__(name, parameters, GROUP, explained, False, True, False)
        self._does = does

    def func(
        self, values: Sequence[Any], context: QgsExpressionContext, parent: QgsExpression, _node: object = None
    ) -> Any:
        if _is_nothing(values[0]):
            return None
        try:
            return self._does(values, context)
        except Exception as error:
            # QGIS calls this from C++: nothing may get through.
            parent.setEvalErrorString(str(error) or type(error).__name__)
            return None


class UnitNames:
    """The names of the units that the project's layers know, read when they are first asked for."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project
        self._lock = threading.Lock()
        self._names: dict[str, str] | None = None
        self._forgotten = 0
        self._signals = (project.layersAdded, project.layersRemoved, project.cleared)
        for signal in self._signals:
            signal.connect(self._forget)

    def name(self, code: str) -> str:
        """The name of a unit, "" where nobody names it; codes padded with zeros mean the same."""
        with self._lock:
            names = self._names
            if names is None:
                before = self._forgotten
                names = self._names = self._read()
                if self._forgotten != before:
                    # The main thread has got other layers while this one read: what it read is old.
                    self._names = None
        return names.get(_unit_code(code), "")

    def leave(self) -> None:
        """Listen to the project no more."""
        for signal in self._signals:
            signal.disconnect(self._forget)

    def _forget(self, _layers: object = None) -> None:
        self._forgotten += 1
        self._names = None

    def _read(self) -> dict[str, str]:
        import pandas as pd

        from redline.core.codes import clean, clean_names, shorten
        from redline.processing.roles import holders

        wanted = {"units": ("unit", "unit_name")}
        names: dict[str, str] = {}
        for holder in holders(self._project.mapLayers().values(), wanted, {}):
            if "unit_name" in holder.fields:
                rows = pd.DataFrame(holder.texts("unit", "unit_name"), columns=["unit", "unit_name"], dtype=object)
                codes = shorten(clean(rows["unit"]).values)
                for code, name in zip(codes, clean_names(rows["unit_name"]).values):
                    if code and name:
                        names.setdefault(code, name)
        return names


class Functions:
    """All functions, put into QGIS and taken out again."""

    def __init__(self) -> None:
        self._names = UnitNames(QgsProject.instance())
        self.functions = self._made()

    def enter(self) -> None:
        """Register the functions."""
        for function in self.functions:
            QgsExpression.registerFunction(function)

    def leave(self) -> None:
        """Unregister the functions: expressions that use them are invalid from now on."""
        self._names.leave()
        for function in self.functions:
            QgsExpression.unregisterFunction(function.name())

    def _made(self) -> list[Function]:
        return [
            Function("redline_area", [("geometry", None), ("crs", "")], _area, _help(
                tr("The official ellipsoidal area of a polygon in m², to the hundredth (国土调查办发〔2008〕32号, "
                   "TD/T 1055-2019)."),
                [("geometry", tr("a polygon")), ("crs", tr("its coordinate system; left out, the layer's"))],
                ["redline_area($geometry) → 6666.67", "redline_area($geometry, 'EPSG:4549') → 6666.67"],
            )),
            Function("redline_mu", [("area", None), ("decimals", 2)], _mu, _help(
                tr("An area of m² in mu (亩): 1 mu = 2000/3 m². Rounded once, half away from zero."),
                [("area", tr("an area in m²")), ("decimals", tr("decimals of the result, 2 where left out"))],
                ["redline_mu(2000) → 3", "redline_mu(redline_area($geometry), 4) → 10.0001"],
            )),
            Function("redline_sheet", [("geometry", None), ("scale", 10000), ("crs", "")], _sheet, _help(
                tr("The number of the GB/T 13989-2012 sheet on which a geometry lies, by its centroid or a point "
                   "on it."),
                [("geometry", tr("any geometry")), ("scale", tr("1000000 … 500, 10000 where left out")),
                 ("crs", tr("its coordinate system; left out, the layer's"))],
                ["redline_sheet($geometry) → 'H49G036006'", "redline_sheet($geometry, 2000)"],
            )),
            Function("redline_masked", [("text", None)], _masked, _help(
                tr("A text with identity-card and mobile numbers masked; all else, plot numbers too, stays."),
                [("text", tr("any text"))],
                ["redline_masked('王五 13812345678') → '王五 138****5678'"],
            )),
            Function("redline_unit_name", [("code", None)], self._unit_name, _help(
                tr("The name of an administrative unit by its code, as the layers of units in the project have it; "
                   "NULL where none names it."),
                [("code", tr("a code of 6, 9, 12 or 19 digits, as text"))],
                ["redline_unit_name('990101001001') → '东关村'"],
            )),
        ]  # fmt: skip

    def _unit_name(self, values: Sequence[Any], _context: QgsExpressionContext) -> str | None:
        return self._names.name(_text(values[0])) or None


def _area(values: Sequence[Any], context: QgsExpressionContext) -> float:
    from redline.core.geometry import ellipsoid
    from redline.processing.crs import crs_of
    from redline.processing.shapes import ShapeReader

    geometry, crs = _geometry(values[0]), _crs(values[1], context)
    feature = QgsFeature()
    feature.setGeometry(geometry)
    rule = crs_of(crs, QgsProcessingContext())
    if rule is None:
        raise ValueError(tr("Redline: the coordinate system is not known."))
    area = float(ellipsoid.areas(ShapeReader(crs).read([feature]), rule)[0])
    if area != area:
        raise ValueError(tr("Redline: an area needs a polygon whose coordinates fit the coordinate system."))
    return area


def _mu(values: Sequence[Any], _context: QgsExpressionContext) -> float:
    from redline.core import units

    area, decimals = _number(values[0]), _number(values[1])
    if decimals != int(decimals) or not 0 <= decimals <= 8:
        raise ValueError(tr("Redline: decimals are a whole number from 0 to 8."))
    return float(units.from_cents(int(units.cents([area])[0]), "mu", int(decimals)))


def _sheet(values: Sequence[Any], context: QgsExpressionContext) -> str:
    from redline.core.geometry.sheets import scales, sheet_number

    geometry, scale, crs = _geometry(values[0]), _number(values[1]), _crs(values[2], context)
    if scale not in scales():
        raise ValueError(
            tr("Redline: there are no sheets at 1:{scale}, but at {scales}.").format(
                scale=f"{scale:g}", scales="、".join(f"1:{one}" for one in scales())
            )
        )
    point = geometry.centroid()
    if geometry.type() == _POLYGONS and not geometry.contains(point):
        point = geometry.pointOnSurface()
    to_degrees = QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(_GEODETIC), QgsProject.instance())
    place = to_degrees.transform(point.asPoint())
    return sheet_number(place.x(), place.y(), int(scale), language())


def _masked(values: Sequence[Any], _context: QgsExpressionContext) -> str:
    from redline.core.privacy import mask

    return mask(_text(values[0]))


def _unit_code(code: str) -> str:
    import pandas as pd

    from redline.core.codes import clean, shorten

    return str(shorten(clean(pd.Series([code], dtype=object)).values).iloc[0])


def _geometry(value: Any) -> QgsGeometry:
    if not isinstance(value, QgsGeometry):
        raise ValueError(tr("Redline: this is no geometry, as $geometry is."))
    return value


def _crs(given: Any, context: QgsExpressionContext) -> QgsCoordinateReferenceSystem:
    """The coordinate system that is given, else that of the layer."""
    named = "" if _is_nothing(given) else str(given)
    crs = QgsCoordinateReferenceSystem(named or str(context.variable("layer_crs") or ""))
    if not crs.isValid():
        if named:
            raise ValueError(tr("Redline: there is no coordinate system “{name}”.").format(name=named))
        raise ValueError(tr("Redline: the layer has no coordinate system; name one, such as 'EPSG:4549'."))
    return crs


def _number(value: Any) -> float:
    from redline.core.standards.changes import number_of

    number = number_of(value)
    if number is None:
        raise ValueError(tr("Redline: “{value}” is no number.").format(value=value))
    return number


def _text(value: Any) -> str:
    # A code that QGIS holds as a number has no decimals.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_nothing(value: Any) -> bool:
    if isinstance(value, QgsGeometry):
        return bool(value.isNull() or value.isEmpty())
    return value is None or bool(hasattr(value, "isNull") and value.isNull())


def _help(said: str, arguments: Sequence[tuple[str, str]], examples: Sequence[str]) -> str:
    """A page for the expression builder."""
    rows = "".join(f"<tr><td><code>{name}</code></td><td>{meaning}</td></tr>" for name, meaning in arguments)
    shown = "".join(f"<li><code>{example}</code></li>" for example in examples)
    return f"<p>{said}</p><h4>{tr('Arguments')}</h4><table>{rows}</table><h4>{tr('Examples')}</h4><ul>{shown}</ul>"
