"""Structure and values of one layer or table against the standard it should follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsVectorLayer,
    QgsWkbTypes,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.check import CheckAlgorithm
from redline.processing.inputs import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.frames import Frame, Source
    from redline.core.repairs import Repairs
    from redline.core.report import SettingFact
    from redline.core.standards import Profile

AUTO = "auto"
# Add behind the others, never in between: the order is public.
PROFILES = (
    AUTO, "pbf2021", "pbf2013", "sandiao2020", "erdiao2009", "yongtu2023", "enforcement2026", "register", "summary",
    "plots", "units", "atlas_index",
    "application", "built", "case", "contract", "letter", "lines", "new_construction", "patrol", "permit", "plan",
    "red_line", "roster", "sign", "site", "violations_out", "zone",
)  # fmt: skip

_SURE_ENOUGH = 0.35
_ANY_KIND = QgsWkbTypes.GeometryType.UnknownGeometry


class SchemaCheck(CheckAlgorithm):
    """`redline:schemacheck`."""

    needs_rows = False

    def __init__(self) -> None:
        super().__init__()
        self._standard = ""
        self._in_bytes = False

    def name(self) -> str:
        return "schemacheck"

    def displayName(self) -> str:
        return tr("Structure and values against the standard")

    def groupId(self) -> str:
        return "consistency"

    def tags(self) -> list[str]:
        return [
            "结构检查", "属性检查", "字段", "数据库标准", "质检", "代码表", "值域", "必填", "图斑", "地类图斑", "DLTB",
            "永久基本农田", "三调", "二调", "卫片", "入库", "汇交", "修复",
            "schema", "structure", "fields", "attributes", "domain", "standard", "quality check", "repair",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Tests a layer or table against the standard it should follow: fields that are missing, renamed, of "
            "another type or too short; values that are empty, cut off, out of range or in no code list; codes and "
            "names that do not fit together; areas that do not add up; characters that nobody sees.\n\n"
            "What is wrong in nearly all rows is reported once for the field, with the number of rows. A repaired copy "
            "holds only repairs that are certain, and every one is listed; your data stays as it is."
        )

    def declare_check(self) -> None:
        self.add_input(
            "INPUT", "map", tr("Layer or table"),
            tr("Farmland plots, land use, monitoring polygons, units, a register or a summary table."), TABLES,
        )  # fmt: skip
        # A layer's shapes are read for the places of findings; a table has none, which is no fault here.
        self.inputs = [replace(self.inputs[0], spatial=True, any_kind=True)]
        profile = QgsProcessingParameterEnum("PROFILE", tr("Standard"), list(PROFILES), False, AUTO, False, True)
        profile.setHelp(
            tr(
                "auto takes the standard that the fields fit best. pbf2021 and pbf2013: farmland plots; sandiao2020 "
                "and erdiao2009: land survey (DLTB); yongtu2023: land and sea use; enforcement2026: monitoring "
                "polygons; the others: tables and layers of usage."
            )
        )
        self.addParameter(profile)
        self.tables = ["REPAIRS"]

    def declare(self) -> None:
        super().declare()
        repaired = QgsProcessingParameterFeatureSink(
            "REPAIRED", tr("Repaired copy"), QgsProcessing.SourceType.TypeVector, optional=True, createByDefault=False
        )
        self.addParameter(repaired)

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        return QgsProcessingParameterFeatureSink(
            name, tr("List of repairs"), QgsProcessing.SourceType.TypeVector, optional=True, createByDefault=False
        )

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "REPAIRED": tr(
                "All features and fields of the input, personal data included, with certain repairs only: full-width "
                "letters and digits, hidden characters, blanks, “.0” in codes, names of land classes, deducted areas "
                "that all other figures contradict. Which of two figures is right is never decided."
            ),
            "REPAIRS": tr("Plot, field, value before and after of every repair."),
        }

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core import frames, repairs
        from redline.core.catalogue import text
        from redline.core.checks import schema
        from redline.core.findings import Findings

        speech = language()
        findings = Findings(speech)
        source = self.read(self.inputs[0], context, speech, progress.step(share=0.4), in_bytes=self._in_bytes)
        profile = self._profile(source, parameters, context)
        self._standard = profile.title[speech]
        # What reading finds wrong, the check tells too, and of every field.
        frame = frames.read(source, profile.role, Findings(speech), profile_id=profile.id, lenient=True)
        result = schema.check(frame, findings, schema.Settings(), progress.step(share=0.5))
        found = repairs.repairs(frame)
        copied, table = self._copy(frame, source, found, parameters, context, progress.step(share=0.5))
        result.tables["REPAIRS"] = table
        result.notes.append(text("note.repairs", speech, count=len(table)))
        self.inputs = [replace(self.inputs[0], role=profile.role)]
        return {**self.give(result, {profile.role: frame}, parameters, context, progress.step()), **copied}

    def _profile(self, source: Source, parameters: dict[str, Any], context: QgsProcessingContext) -> Profile:
        """The standard that was chosen, else the one that fits best. Raises InputError where none does."""
        from redline.core.errors import InputError
        from redline.core.standards import guess_role, profile, profiles
        from redline.core.workbooks import read_sheet

        chosen = str(self.parameterAsEnumString(parameters, "PROFILE", context)) or AUTO
        if chosen != AUTO:
            return profile(chosen)
        names = [str(name) for name in source.cells.columns]
        if source.geometry is None:
            words = frozenset().union(*(one.vocabulary() for one in profiles() if "none" in one.geometry))
            names = [str(name) for name in read_sheet(source.cells, words).rows.columns]
        best = guess_role(source.name, names, source.geometry_type or "none")[:1]
        if not best or best[0][2] < _SURE_ENOUGH:
            raise InputError("schema.no_profile", language(), layer=source.name, has="、".join(names))
        return profile(best[0][1])

    def _copy(
        self, frame: Frame, source: Source, found: Repairs, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> tuple[dict[str, str], pd.DataFrame]:  # fmt: skip
        """Write the repaired copy, if it is wanted; give its place, and the list of repairs."""
        from redline.core.catalogue import text
        from redline.processing.layers import chunks
        from redline.processing.sinks import add_features

        changes, kept = places(frame, source, found)
        opened = self.source("INPUT")
        sink, destination = self.parameterAsSink(
            parameters, "REPAIRED", context, opened.fields(), opened.wkbType(), opened.sourceCrs()
        )
        if sink is None:
            return {}, kept
        kind = QgsWkbTypes.geometryType(opened.wkbType())
        row = strays = 0
        for features in chunks(opened, QgsFeatureRequest(), progress):
            if row + len(features) > len(source.cells):
                raise QgsProcessingException(tr("The layer was changed while it was read. Run the tool again."))
            for feature in features:
                for column, value in changes.get(row, {}).items():
                    feature.setAttribute(column, value)
                row += 1
                if feature.hasGeometry() and feature.geometry().type() != kind != _ANY_KIND:
                    # Sinks take no shape of another kind than their layer's.
                    feature.clearGeometry()
                    strays += 1
            add_features(sink, features)
        del sink
        if strays:
            shown = QgsWkbTypes.displayString(opened.wkbType())
            progress.tell(text("note.shapeless", language(), layer=source.name, count=strays, kind=shown))
        return {"REPAIRED": destination}, kept

    def _open(self, given: Any, parameters: dict[str, Any], context: QgsProcessingContext, feedback: Any) -> None:
        super()._open(given, parameters, context, feedback)
        layer = self.parameterAsVectorLayer(parameters, given.parameter, context)
        storage = layer.dataProvider().storageType() if isinstance(layer, QgsVectorLayer) else ""
        self._in_bytes = storage == "ESRI Shapefile"

    def report_title(self) -> str:
        return tr("Structure and values: check report")

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        from redline.core.report import SettingFact

        return [SettingFact(tr("Standard"), self._standard)]


def places(frame: Frame, source: Source, found: Repairs) -> tuple[dict[int, dict[int, object]], pd.DataFrame]:
    """Row → column → new value in the source, and the repairs that have such a place.

    In a sheet, what was spread from a merged cell stands in no cell of its own.
    """
    import pandas as pd

    from redline.core.privacy import conceal
    from redline.core.repairs import as_text

    table = found.table
    columns = [str(name) for name in source.cells.columns]
    named = {column.name: column.source for column in frame.sheet.columns} if frame.sheet else {}
    at = [columns.index(named.get(name, name)) for name in table["field"]]
    cells = [source.cells.iloc[:, column].tolist() for column in range(len(columns))]
    numbers = frame.rows["row"].to_numpy()[found.rows]

    def fitting(first: int) -> list[bool]:
        return [
            0 <= row - first < len(source.cells) and as_text(cells[column][row - first]) == before
            for row, column, before in zip(numbers, at, table["before"])
        ]

    # The rows of a sheet count from 2 where its header became the names of the fields.
    first = max((1, 2), key=lambda first: sum(fitting(first))) if frame.sheet else 1
    fits = fitting(first)
    changes: dict[int, dict[int, object]] = {}
    for row, column, value, fit in zip(numbers, at, found.values, fits):
        if fit:
            changes.setdefault(int(row - first), {})[column] = value if value != "" else None
    shown = table[pd.Series(fits, dtype=bool)].reset_index(drop=True)
    meaning = {source_field: column for column, source_field in _meanings(frame).items()}
    for said in ("before", "after"):
        told = [conceal(meaning.get(name, ""), value) for name, value in zip(shown["field"], shown[said])]
        shown[said] = pd.Series(told, dtype=object)
    return changes, shown


def _meanings(frame: Frame) -> dict[str, str]:
    """Canonical column → field of the source, of all that the standard knows."""
    cells = frame.cells
    return dict(frame.profile.match_fields(cells.columns).found) if cells is not None else {}
