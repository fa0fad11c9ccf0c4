"""What every algorithm of sources has: they are declared in their roles, opened, read as frames; frames are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProperty,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.progress import Progress
from redline.processing.algorithm import RedlineAlgorithm, language, tr
from redline.processing.styles import style_when_loaded

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.findings import Findings
    from redline.core.frames import Frame, Source
    from redline.processing.stream import Stream

AREA_UNITS = ("auto", "m2", "mu", "ha")
POLYGONS = (QgsProcessing.SourceType.TypeVectorPolygon,)
POLYGONS_OR_POINTS = (QgsProcessing.SourceType.TypeVectorPolygon, QgsProcessing.SourceType.TypeVectorPoint)
TABLES = (QgsProcessing.SourceType.TypeVector,)
LAYERS_OR_TABLES = (QgsProcessing.SourceType.TypeVector, QgsProcessing.SourceType.TypeVectorAnyGeometry)
"""What comes as a table in one office and as a layer in the next: its shapes count where it has any."""


@dataclass(frozen=True)
class Input:
    """A source of an algorithm: its parameter, the role it has there, the canonical columns that its field parameters
    choose (by the end of the parameter's name), whether its shapes count, and what the algorithm calls it (else its
    role). Of a layer with `near`, only what may meet the shapes of these frames is read, which stand before it, grown
    by `margin` metres; of its fields `only` those of certain columns and the chosen ones, where that is given. Shapes
    of what may be of `any_kind` count where it has any."""

    parameter: str
    role: str
    columns: Mapping[str, str] = field(default_factory=dict)
    spatial: bool = True
    called: str = ""
    near: tuple[str, ...] = ()
    margin: float = 0.0
    only: tuple[str, ...] = ()
    any_kind: bool = False

    @property
    def frame(self) -> str:
        return self.called or self.role

    @property
    def unit_parameter(self) -> str:
        return f"{self.parameter}_AREA_UNIT"


@dataclass(frozen=True)
class Opened:
    """An input that was given: its source, its stream where it can be read by one, its file ("" for none), how people
    call its layer, and what narrows it down."""

    source: QgsProcessingFeatureSource
    stream: Stream | None
    file: str
    name: str
    remark: str


class InputAlgorithm(RedlineAlgorithm):
    """An algorithm of sources. A subclass declares them by `add_input` and reads them by `read_frames`."""

    # A check of fields has something to say of a layer without rows.
    needs_rows = True
    # Are shapes of one input likely to be copies of another's?
    holds_copies = False
    # Does it look at rows as they came, beside the canonical columns? They double the memory of large layers.
    keeps_cells = True

    def __init__(self) -> None:
        super().__init__()
        self.inputs: list[Input] = []
        self.unread: list[str] = []
        self._opened: dict[str, Opened] = {}
        self._empty = ""

    # Declaring

    def add_input(
        self, parameter: str, role: str, label: str, explained: str, types: Sequence[int] = POLYGONS,
        optional: bool = False, columns: Mapping[str, str] | None = None, called: str = "", near: Sequence[str] = (),
        margin: float = 0.0, only: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Declare a source; field parameters for its `columns` follow behind all the others."""
        source = QgsProcessingParameterFeatureSource(parameter, label, list(types), optional=optional)
        source.setHelp(explained)
        self.addParameter(source)
        self.inputs.append(
            Input(parameter, role, columns or {}, types != TABLES, called, tuple(near), margin, tuple(only),
                  any_kind=types == LAYERS_OR_TABLES)
        )  # fmt: skip

    def add_area_unit(self, parameter: str, label: str) -> None:
        """Declare the area unit of a source, or of the whole check."""
        unit = QgsProcessingParameterEnum(parameter, label, list(AREA_UNITS), False, "auto", False, True)
        unit.setHelp(
            tr("m2, mu (亩) or ha; auto takes the unit from heading, corner cell or standard and tells if it is wrong.")
        )
        self.addParameter(unit)

    def add_fields(self, given: Input) -> None:
        """Declare the field parameters of an input."""
        labels = {
            "KEY": tr("{source}: field of the number"),
            "CODE": tr("{source}: field of the zone code"),
            "PLOT": tr("{source}: field of the plot's number"),
            "ZONE": tr("{source}: field of the zone"),
            "DATE": tr("{source}: field of the day"),
            "PERSON": tr("{source}: field of the person"),
            "UNIT": tr("{source}: field of the unit code"),
            "CLASS": tr("{source}: field of the land class"),
            "AREA": tr("{source}: field of the area"),
            "CULTIVATED": tr("{source}: field of the cultivated area"),
            "JUDGEMENT": tr("{source}: field of the judgement"),
            "VIOLATION": tr("{source}: field of the violation's number"),
            "PERMIT": tr("{source}: field of the permit's number"),
            "BEFORE": tr("{source}: field of the earlier image's day"),
            "AFTER": tr("{source}: field of the later image's day"),
            "KIND": tr("{source}: field of the kind"),
            "ACCEPTED": tr("{source}: field of the day of acceptance"),
            "APPROVED": tr("{source}: field of the day of approval"),
            "EXPIRES": tr("{source}: field of the last day"),
            "STATUS": tr("{source}: field of the status"),
            "PURPOSE": tr("{source}: field of the purpose"),
        }
        label = self.parameterDefinition(given.parameter).description()
        for name in given.columns:
            chosen = QgsProcessingParameterField(
                f"{given.parameter}_{name}", labels[name].format(source=label), None, given.parameter, optional=True
            )
            chosen.setFlags(chosen.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
            self.addParameter(chosen)

    # Reading

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        # Layers belong to the main thread, which this is; what the run reads is opened here.
        self._opened, self.unread, self._empty = {}, [], ""
        parameters = self.openable(parameters)
        try:
            self.stop_where_problem(parameters, context)
            for given in list(self.inputs):
                self._open(given, parameters, context, feedback)
        except Exception as error:
            raise self._told(error, feedback) from None
        return True

    def _open(
        self, given: Input, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        from redline.core.catalogue import text
        from redline.processing.layers import rows_of
        from redline.processing.places import layer_file
        from redline.processing.stream import stream_of

        name = given.parameter
        if parameters.get(name) in (None, ""):
            return
        layer = self.input_layer(parameters, name, context)
        called, remark, readable = "", "", parameters
        if layer is not None:
            called, remark = _layer_name(layer), _remark(layer, parameters[name])
            readable = self._readable(layer, name, parameters, context, feedback)
        source = self.parameterAsSource(readable, name, context)
        if source is None:
            raise QgsProcessingException(self.unopened(parameters) or self.invalidSourceError(parameters, name))
        layer = self.input_layer(readable, name, context)
        stream, file = stream_of(layer, readable[name]), layer_file(layer) if layer else ""
        self._opened[name] = Opened(source, stream, file, called or str(source.sourceName()), remark)
        if source.wkbType() == QgsWkbTypes.Type.NoGeometry and given.any_kind:
            self.inputs[self.inputs.index(given)] = replace(given, spatial=False)
        if self.needs_rows and name == self.inputs[0].parameter and rows_of(source) == 0:
            chosen = isinstance(parameters[name], QgsProcessingFeatureSourceDefinition)
            selected = chosen and parameters[name].selectedFeaturesOnly
            said = "error.none_selected" if selected else "error.no_features"
            self._empty = text(said, language(), layer=self.layer_name(name))

    def _readable(
        self, layer: QgsVectorLayer, name: str, parameters: dict[str, Any], context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:  # fmt: skip
        """The parameters with a layer that QGIS misreads replaced by a copy that is read right."""
        from redline.core.catalogue import text
        from redline.processing.encodings import readable

        found = readable(layer, self.codes_as_text())
        if found is None:
            return parameters
        copy, encoding = found
        feedback.pushInfo(text("note.encoding", language(), layer=layer.name(), encoding=encoding.upper()))
        context.temporaryLayerStore().addMapLayer(copy)
        given_as = parameters[name]
        if isinstance(given_as, QgsProcessingFeatureSourceDefinition):
            definition = QgsProcessingFeatureSourceDefinition(given_as)
            definition.source = QgsProperty.fromValue(copy.id())
            return {**parameters, name: definition}
        return {**parameters, name: copy.id()}

    def codes_as_text(self) -> bool:
        """May columns of a text file that were taken for numbers be read as text?"""
        return True

    def source(self, parameter: str) -> QgsProcessingFeatureSource:
        """The opened source of an input that was given."""
        return self._opened[parameter].source

    def stream(self, parameter: str) -> Stream | None:
        """The stream of an input that was given, None where it can be read by QGIS only."""
        return self._opened[parameter].stream

    def given(self) -> list[Input]:
        """The inputs that were given."""
        return [one for one in self.inputs if one.parameter in self._opened]

    def layer_name(self, parameter: str) -> str:
        """How people call the layer of an input that was given."""
        return self._opened[parameter].name

    def remark(self, parameter: str) -> str:
        """What narrows down an input that was given: a selection or a filter."""
        return self._opened[parameter].remark

    def chosen_fields(self, given: Input, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, str]:
        """Canonical column → field name, for the fields that the user chose."""
        from redline.processing.layers import field_name

        chosen = {
            column: self.parameterAsString(parameters, f"{given.parameter}_{name}", context)
            for name, column in given.columns.items()
        }
        return {column: field_name(name) for column, name in chosen.items() if name}

    def area_unit(self, parameter: str, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """The value of an area-unit parameter, "auto" where there is no such parameter."""
        if self.parameterDefinition(parameter) is None:
            return "auto"
        return str(self.parameterAsEnumString(parameters, parameter, context)) or "auto"

    def crs(self) -> QgsCoordinateReferenceSystem:
        """The CRS of the run: the first layer's, or a plane one where that is in degrees; none where all are tables."""
        from redline.processing.layers import plane_crs

        layers = [self.source(one.parameter) for one in self.given() if one.spatial]
        return plane_crs(layers[0]) if layers else QgsCoordinateReferenceSystem()

    def read_frames(
        self, parameters: dict[str, Any], context: QgsProcessingContext, findings: Findings, progress: Progress
    ) -> dict[str, Frame]:
        """The frames of all sources given, by what the algorithm calls them; all shapes in the CRS of the run."""
        import numpy as np

        from redline.core import frames
        from redline.core.catalogue import titles
        from redline.core.geometry.nearby import Nearby
        from redline.processing.layers import known_fields

        opened = self.given()
        sizes = [max(self.source(given.parameter).featureCount(), 1) for given in opened]
        result: dict[str, Frame] = {}
        copies: dict[str, Any] = {"known": {}} if self.holds_copies else {}
        for number, given in enumerate(opened):
            step = progress.step(share=sizes[number] / sum(sizes))
            chosen = self.chosen_fields(given, parameters, context)
            wanted = None
            if given.spatial:
                name = self.layer_name(given.parameter)
                known = known_fields(self.source(given.parameter), given.role, name, given.only)
                wanted = known | set(chosen.values())
            around = [result[name].rows["geometry"].to_numpy(dtype=object) for name in given.near if name in result]
            near = Nearby(np.concatenate(around), given.margin) if around else None
            source = self.read(given, context, findings.language, step.step(share=0.6), fields=wanted, near=near,
                               **copies)
            result[given.frame] = frames.read(
                source, given.role, findings, overrides=chosen,
                area_unit=self.area_unit(given.unit_parameter, parameters, context), only=given.only,
                called=given.called if given.called in titles("role", findings.language) else "",
                progress=step.step(),
            )  # fmt: skip
            del source
            if not self.keeps_cells:
                result[given.frame].cells = None
        return result

    def read(
        self, given: Input, context: QgsProcessingContext, speech: str, progress: Progress, **options: Any
    ) -> Source:
        """One source, read with the further `options` of `read_source`. Raises InputError where it lacks shapes."""
        from redline.processing.layers import read_source, short

        self.begin_reading(given, speech, progress)
        opened = self.source(given.parameter)
        source = read_source(
            opened, self.layer_name(given.parameter), context=context, progress=progress, target_crs=self.crs(),
            geometry=given.spatial, language=speech, stream=self.stream(given.parameter), **options,
        )  # fmt: skip
        self.unread += short(source.name, opened.featureCount(), source.count, speech)
        return source

    def begin_reading(self, given: Input, speech: str, progress: Progress) -> None:
        """Name the step of reading a source. Raises InputError where it lacks shapes, or its file is cut off."""
        from redline.core.catalogue import text
        from redline.core.errors import InputError

        name = self.layer_name(given.parameter)
        if given.spatial and self.source(given.parameter).wkbType() == QgsWkbTypes.Type.NoGeometry:
            raise InputError("no_shapes", speech, layer=name)
        progress.announce(text("step.read", speech, layer=name))
        self.stop_where_cut(given, speech, progress)

    def stop_where_cut(self, given: Input, speech: str, progress: Progress) -> None:
        """Raise InputError where the file of a source is cut off, which reading it would not tell."""
        from redline.core.catalogue import text
        from redline.core.errors import InputError
        from redline.processing.files import is_cut

        file = Path(self._opened[given.parameter].file)
        if is_cut(file, progress):
            raise InputError("error.unread", speech, file=file.name, reason=text("unchecked.unread.cut", speech))

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        # Told here: of a preparation that fails, QGIS shows no more than that it failed.
        if self._empty:
            raise QgsProcessingException(self._empty)
        return super().processAlgorithm(parameters, context, feedback)

    # Writing

    def write(
        self, name: str, frame: pd.DataFrame, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress, spend: bool = False,
    ) -> dict[str, str]:  # fmt: skip
        """Write a frame into the sink `name`; nothing where the user wants none. `spend` as in `write_frame`."""
        from redline.processing.sinks import sink_fields, sink_type, write_frame

        crs = self.crs() if "geometry" in frame else QgsCoordinateReferenceSystem()
        sink, destination = self.parameterAsSink(parameters, name, context, sink_fields(frame), sink_type(frame), crs)
        if sink is None:
            definition = self.parameterDefinition(name)
            if definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
                return {}
            raise QgsProcessingException(self.invalidSinkError(parameters, name))
        write_frame(frame, sink, progress, spend=spend)
        del sink
        style_when_loaded(destination, self.style_of(name), context)
        return {name: destination}

    def style_of(self, table: str) -> str:
        """The style of a result table."""
        return table.lower()


def _layer_name(layer: QgsVectorLayer) -> str:
    """A layer's name; where QGIS took the file's for want of another, the name that the layer has in the file."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    inside = parts.get("layerName") or ""
    return str(inside if inside and layer.name() == Path(parts.get("path") or "").stem else layer.name())


def _remark(layer: QgsVectorLayer, given: Any) -> str:
    """What narrows a source down: a selection or a filter."""
    remarks = []
    if isinstance(given, QgsProcessingFeatureSourceDefinition) and given.selectedFeaturesOnly:
        remarks.append(tr("selected features only"))
    if layer.subsetString():
        remarks.append(layer.subsetString())
    return "; ".join(remarks)
