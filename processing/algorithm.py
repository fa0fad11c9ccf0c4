"""What every algorithm of Redline has: names, help, progress, errors that are sentences, its libraries looked for."""

from __future__ import annotations

import datetime
import math
import sys
from importlib import util
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsFeatureSink,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProperty,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from redline.core.errors import InputError
from redline.core.preferences import kept_preferences, preferences
from redline.core.progress import Cancelled, Progress
from redline.processing.settings import take_over, told

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
DOCS = "https://github.com/redline-qgis/redline/blob/main/docs/guide"

# The libraries that core imports, with the oldest version that will do and their names for pip.
_LIBRARIES = {"numpy": (1, 21), "pandas": (1, 3), "shapely": (2, 0), "matplotlib": (3, 3)}

# No tolerance, area in m² or number of years is larger; hundredths and months of what is are no longer counted.
_MOST = 1e12
_WRITTEN = (QgsProcessingParameterFeatureSink, QgsProcessingParameterFileDestination)
TEMPORARY = "TEMPORARY_OUTPUT"
# Parameters by which a run asks for personal data in its output.
_PERSONAL = ("SHOW_PHONES", "PERSONAL_DATA")


def tr(text: str) -> str:
    """A text of the code in the language of QGIS."""
    return QCoreApplication.translate("Redline", text)


def language() -> str:
    """The language of findings and reports: "zh" where QGIS speaks any Chinese, "en" otherwise."""
    # The locale may be zh_CN, zh-Hans, C or, without a desktop, None.
    return "zh" if (QgsApplication.locale() or "").lower().startswith("zh") else "en"


def missing_libraries() -> list[str]:
    """The libraries that are absent or too old, as pip calls them ("shapely>=2.0")."""
    lacking = [(name, oldest) for name, oldest in _LIBRARIES.items() if not _present(name, oldest)]
    return [f"{name}>={major}.{minor}" for name, (major, minor) in lacking]


def _present(name: str, oldest: tuple[int, int]) -> bool:
    # Slow to import, and not wanted while QGIS starts.
    from importlib import metadata

    try:
        if util.find_spec(name) is None:
            return False
    except (ImportError, ValueError):
        return False
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return True
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) >= oldest


def can_execute() -> tuple[bool, str]:
    """Is everything there that Redline needs; else a sentence on what is missing and how to get it."""
    missing = missing_libraries()
    if not missing:
        return True, ""
    if sys.platform == "win32":
        advice = tr("Redline needs {libraries}: open the OSGeo4W Shell, run “{command}”, and start QGIS again.")
    else:
        advice = tr("Redline needs {libraries}: in a terminal, run “{command}”, and start QGIS again.")
    command = "python3 -m pip install --user " + " ".join(f'"{library}"' for library in missing)
    return False, advice.format(libraries=", ".join(missing), command=command)


class QgisProgress(Progress):
    """Progress, log and cancelling through a Processing feedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        super().__init__()
        self._feedback = feedback

    def report(self, fraction: float) -> None:
        self._feedback.setProgress(100.0 * fraction)

    def say(self, text: str) -> None:
        self._feedback.pushInfo(text)

    def announce(self, text: str) -> None:
        self._feedback.setProgressText(text)

    def cancelled(self) -> bool:
        return bool(self._feedback.isCanceled())


class RedlineAlgorithm(QgsProcessingAlgorithm):
    """An algorithm of the plugin. A subclass gives the names and texts, `declare` and `process`."""

    def declare(self) -> None:
        """Add the parameters and outputs."""
        raise NotImplementedError

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        """Do the work and give the outputs. May raise InputError and Cancelled."""
        raise NotImplementedError

    def purpose(self) -> str:
        """What the algorithm is for, in a paragraph or two parted by a blank line."""
        raise NotImplementedError

    def outputs_help(self) -> dict[str, str]:
        """What is in each output, by its name."""
        return {}

    def createInstance(self) -> RedlineAlgorithm:
        return type(self)()

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        # What the user has set are the defaults of parameters.
        take_over()
        self.declare()

    def group(self) -> str:
        return {
            "consistency": tr("Consistency"), "enforcement": tr("Permits and violations"),
            "grid": tr("Grid responsibility"), "maps": tr("Maps on paper"), "exchange": tr("Exchange"), "": "",
        }[self.groupId()]  # fmt: skip

    def icon(self) -> QIcon:
        own = RESOURCES / "icons" / f"{self.name()}.svg"
        return QIcon(str(own if own.exists() else RESOURCES / "icons" / "redline.svg"))

    def helpUrl(self) -> str:
        page = self.groupId() or "README"
        return f"{DOCS}/{page}.md#{self.name()}"

    def shortDescription(self) -> str:
        return self.purpose().split("\n")[0]

    def shortHelpString(self) -> str:
        parameters = [p for p in self.parameterDefinitions() if not p.isDestination()]
        said = self.outputs_help()
        outputs = [(o.description(), said[o.name()]) for o in self.outputDefinitions() if o.name() in said]
        if QgsApplication.platform() != "desktop":
            # A terminal shows no HTML, and lists the inputs by itself.
            return "\n\n".join([self.purpose(), *(f"{name}: {explained}" for name, explained in outputs)])
        return "\n".join([
            *(f"<p>{paragraph}</p>" for paragraph in self.purpose().split("\n\n")),
            *_section(tr("Inputs"), [(p.description(), p.help()) for p in parameters if p.help()]),
            *_section(tr("Outputs"), outputs),
        ])  # fmt: skip

    def usual(self, threshold_id: str) -> float:
        """The value of a threshold, as the default of a parameter."""
        from redline.core.thresholds import threshold

        return threshold(threshold_id).value

    def add_number(
        self, parameter: str, label: str, default: float, explained: str, largest: float = _MOST
    ) -> None:
        """Declare a number from 0 to the `largest` that means something."""
        number = QgsProcessingParameterNumber(
            parameter, label, QgsProcessingParameterNumber.Type.Double, default, False, 0.0, largest
        )
        number.setHelp(explained)
        self.addParameter(number)

    def add_tolerances(self) -> None:
        """Declare the two tolerances of areas that every comparison of areas has."""
        self.add_number(
            "ABS_TOLERANCE", tr("Area tolerance (m²)"), self.usual("area_error_abs"),
            tr("An area that differs by no more than this is no error, nor one within the tolerance in percent."),
        )  # fmt: skip
        self.add_number(
            "REL_TOLERANCE", tr("Area tolerance (%)"), self.usual("area_error_rel"),
            tr("Share of the reference area. The greater of both tolerances decides for every plot."), 100.0,
        )  # fmt: skip

    def add_shape_tolerances(self) -> None:
        """Declare the two tolerances of shapes that ground plots are held to."""
        self.add_number(
            "SHIFT_TOLERANCE", tr("Shift tolerance (m)"), self.usual("shift_tolerance"),
            tr("How far a ground plot may reach from the map's plot, or a ground point lie outside it."),
        )  # fmt: skip
        self.add_number(
            "MIN_AGREEMENT", tr("Least agreement of shapes (0–1)"), self.usual("min_agreement"),
            tr("Area shared by the map's plot and the ground plot, divided by the area that either covers."), 1.0,
        )  # fmt: skip

    def add_verdict(self) -> None:
        """Declare what every check says in numbers and in one line."""
        for name, label in (
            ("ERROR_COUNT", tr("Number of errors")), ("WARNING_COUNT", tr("Number of warnings")),
            ("INFO_COUNT", tr("Number of remarks")), ("CHECKED_COUNT", tr("Number of plots checked")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(name, label))
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed: no error was found")))
        self.addOutput(QgsProcessingOutputString("SUMMARY", tr("Summary in one line")))

    def add_date(self, parameter: str, label: str, explained: str) -> None:
        """Declare a day that may be left empty."""
        day = QgsProcessingParameterDateTime(parameter, label, QgsProcessingParameterDateTime.Type.Date, None, True)
        day.setHelp(explained)
        self.addParameter(day)

    def date(self, parameters: dict[str, Any], parameter: str, context: QgsProcessingContext) -> datetime.date:
        """The day that was chosen, else today."""
        day = self.parameterAsDateTime(parameters, parameter, context).date()
        return datetime.date(day.year(), day.month(), day.day()) if day.isValid() else datetime.date.today()

    def canExecute(self) -> tuple[bool, str]:
        return can_execute()

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        parameters = self.openable(parameters)
        fine, reason = super().checkParameterValues(parameters, context)
        problem = self.problem(parameters, context) if fine else self.unopened(parameters)
        return (False, problem) if problem else (fine, reason)

    def openable(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters with the paths of layers as QGIS can open them (see `places.openable`)."""
        from redline.processing.places import openable_source

        result = dict(parameters)
        for one in self.parameterDefinitions():
            value = parameters.get(one.name())
            if not isinstance(one, QgsProcessingParameterFeatureSource):
                continue
            if isinstance(value, str):
                result[one.name()] = openable_source(value)
            elif isinstance(value, QgsProcessingFeatureSourceDefinition):
                result[one.name()] = changed = QgsProcessingFeatureSourceDefinition(value)
                if value.source.propertyType() == QgsProperty.Type.StaticProperty:
                    changed.source = QgsProperty.fromValue(openable_source(str(value.source.staticValue())))
        return result

    def unopened(self, parameters: dict[str, Any]) -> str:
        """Why a file that is given as a layer cannot be opened, where there is one; QGIS says that it is not found."""
        from redline.processing.files import not_opened

        for one in self.parameterDefinitions():
            value = parameters.get(one.name())
            if isinstance(one, QgsProcessingParameterFeatureSource) and isinstance(value, str) and value:
                said = not_opened(value, language())
                if said and not QgsVectorLayer(value, "", "ogr").isValid():
                    return said
        return ""

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Why a run with these parameters would do harm or end without a result, in a sentence; "" where it would not.

        Nothing has been read yet; whoever overrides this asks here first.
        """
        return (
            self._personal(parameters, context)
            or self._no_number(parameters, context)
            or self._overwritten(parameters, context)
            or self._unwritable(parameters, context)
        )

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        self._begun: list[str] = []
        failure: QgsProcessingException | None = None
        try:
            with kept_preferences():
                for line in told(language()):
                    feedback.pushWarning(line)
                return self.process(self.openable(parameters), context, QgisProgress(feedback))
        except Cancelled:
            pass
        except Exception as error:
            failure = self._told(error, feedback)
        # Here nothing of the run is left that holds an output open: what it wrote so far is no result.
        self._discard(context)
        if failure:
            raise failure
        return {}

    def parameterAsSink(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext, *layer: Any
    ) -> tuple[QgsFeatureSink | None, str]:
        sink, destination = super().parameterAsSink(parameters, name, context, *layer)
        if sink is not None and not _adds_to_layer(parameters.get(name)):
            self._begun.append(destination)
        return sink, destination

    def _discard(self, context: QgsProcessingContext) -> None:
        """Remove the layers that a run began to write before it was stopped, all of them: half a result looks whole.
        Layers that were there before, to which it added, are the user's."""
        from redline.processing.places import discard

        loaded = context.layersToLoadOnCompletion()
        context.setLayersToLoadOnCompletion({one: loaded[one] for one in loaded if one not in self._begun})
        for destination in self._begun:
            discard(destination)

    def input_layer(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> QgsVectorLayer | None:
        """The layer behind a source parameter, also where only its selection is asked for."""
        value = parameters[name]
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source.valueAsString(context.expressionContext(), "")[0]
        return self.parameterAsVectorLayer({name: value}, name, context)

    def _told(self, error: Exception, feedback: QgsProcessingFeedback) -> QgsProcessingException:
        """What a user is told of an error: a sentence. The way to it goes into the debug log only."""
        if isinstance(error, QgsProcessingException):
            return error
        if isinstance(error, InputError):
            return QgsProcessingException(str(error))
        if isinstance(error, ImportError) and missing_libraries():
            return QgsProcessingException(self.canExecute()[1])
        if isinstance(error, MemoryError):
            return QgsProcessingException(tr("There is not enough memory for these layers: select fewer features."))
        import traceback

        feedback.pushDebugInfo(traceback.format_exc())
        message = tr("Redline stopped at something it did not expect ({kind}: {message}). Please report it.")
        return QgsProcessingException(message.format(kind=type(error).__name__, message=error))

    def stop_where_problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Raise QgsProcessingException where there is a `problem`: not all ways of running look at the values first."""
        problem = self.problem(parameters, context)
        if problem:
            raise QgsProcessingException(problem)

    def input_places(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[tuple[str, str, str]]:
        """What is read: name for people, file, and the layer in it ("" for the only one)."""
        from redline.processing.places import layer_place

        found = []
        for parameter in self.parameterDefinitions():
            if isinstance(parameter, QgsProcessingParameterFeatureSource) and parameters.get(parameter.name()):
                layer = self.input_layer(parameters, parameter.name(), context)
                if layer is not None:
                    found.append((parameter.description(), *layer_place(layer)))
        return found

    def _personal(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Which parameter asks for personal data where the office has set that none is shown."""
        if preferences().masked:
            for name in _PERSONAL:
                asked = self.parameterDefinition(name)
                if asked is not None and self.parameterAsBoolean(parameters, name, context):
                    message = tr("“{parameter}”: Redline's settings say that personal data is never shown.")
                    return message.format(parameter=asked.description())
        return ""

    def _no_number(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        from redline.core.catalogue import text

        numbers = [one for one in self.parameterDefinitions() if isinstance(one, QgsProcessingParameterNumber)]
        for number in numbers:
            if not math.isfinite(self.parameterAsDouble(parameters, number.name(), context)):
                return text("error.no_number", language(), parameter=number.description())
        return ""

    def _destinations(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[tuple[Any, str]]:
        """The outputs that go to a place of the user's choice, and that place."""
        given = [(one, parameters.get(one.name())) for one in self.parameterDefinitions() if isinstance(one, _WRITTEN)]
        named = [(one, destination(value, context)) for one, value in given]
        return [(one, place) for one, place in named if place and place != TEMPORARY]

    def _overwritten(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Which output would overwrite an input or another output."""
        from redline.processing.places import data_set, destination_place

        destinations = self._destinations(parameters, context)
        if not destinations:
            return ""
        taken = [(name, data_set(file), table) for name, file, table in self.input_places(parameters, context) if file]
        for parameter, place in destinations:
            whole = isinstance(parameter, QgsProcessingParameterFileDestination)
            file, table = (place, "") if whole else destination_place(place)
            if not file:
                continue
            own = data_set(file)
            for name, other, inside in taken:
                if own == other and (not table or not inside or table.casefold() == inside.casefold()):
                    message = tr("“{output}” would overwrite the file of “{other}”: choose another file.")
                    return message.format(output=parameter.description(), other=name)
            taken.append((parameter.description(), own, table))
        return ""

    def _unwritable(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """Which file cannot be written, or is of another kind than the one that would take its place."""
        from redline.core.catalogue import text
        from redline.processing.places import no_place, sink_file

        for parameter, place in self._destinations(parameters, context):
            if not isinstance(parameter, QgsProcessingParameterFileDestination):
                file = sink_file(place)
                problem = no_place(file, language()) if file else ""
                if problem:
                    return problem
                continue
            path, kinds = Path(place), _kinds(parameter)
            problem = no_place(path, language())
            if not problem and path.exists() and path.suffix.lower() not in kinds:
                problem = text("error.other_kind", language(), path=path, output=parameter.description(),
                               kinds="、".join(kinds))  # fmt: skip
            if problem:
                return problem
        return ""


def _section(title: str, entries: list[tuple[str, str]]) -> list[str]:
    if not entries:
        return []
    return [f"<h3>{title}</h3>", *(f"<p><b>{name}</b>: {said}</p>" for name, said in entries)]


def _adds_to_layer(value: Any) -> bool:
    """Does what a parameter says of a sink mean a layer that is there already, which is added to?"""
    return isinstance(value, QgsProcessingOutputLayerDefinition) and bool(value.useRemapping())


def destination(value: Any, context: QgsProcessingContext) -> str:
    """The place that the value of an output's parameter names, "" for none."""
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink
    if isinstance(value, QgsProperty):
        value = value.valueAsString(context.expressionContext(), "")[0]
    return value if isinstance(value, str) else ""


def _kinds(parameter: QgsProcessingParameterFileDestination) -> tuple[str, ...]:
    """The suffixes of the files that an output may replace."""
    suffix = f".{parameter.defaultFileExtension().lower()}"
    return (suffix, ".htm") if suffix == ".html" else (suffix,)
