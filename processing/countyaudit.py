"""Everything that the given sources allow, in one run, with a memory of the runs before."""

from __future__ import annotations

import datetime
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsVectorLayer,
)

from redline.processing.algorithm import TEMPORARY, QgisProgress, RedlineAlgorithm, destination, language, tr

if TYPE_CHECKING:
    from redline.core.audit import Settings
    from redline.core.choices import Choices
    from redline.core.scope import Scope
    from redline.processing.folder import Candidate, Found


class CountyAudit(RedlineAlgorithm):
    """`redline:countyaudit`."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Found | None = None

    def name(self) -> str:
        return "countyaudit"

    def displayName(self) -> str:
        return tr("County audit")

    def groupId(self) -> str:
        return ""

    def tags(self) -> list[str]:
        return [
            "县级核查", "全面核查", "四统一", "五落实", "永久基本农田", "基本农田", "一键核查", "报告",
            "audit", "county", "farmland", "report", "everything",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Runs every check that your data allows, in one go, and keeps the results.\n\n"
            "Give a folder (GeoPackage, Shapefile, FileGDB, Excel, CSV, however untidy) or layers of the project; the "
            "role of each is understood from its name and fields, and the log and the report say how. The results are "
            "one GeoPackage with styled layers, one report, and a record of the run.\n\n"
            "Run again on the same GeoPackage, the audit keeps the status and the notes that people gave to findings, "
            "and says what is new, what is fixed and what came back."
        )

    def outputs_help(self) -> dict[str, str]:
        return {
            "RESULTS": tr("Findings, status of every plot, balance by unit, five duties, and the record of all runs."),
            "REPORT": tr("A page to read and to sign, with tables and charts; it opens without a network."),
            "REPORT_PDF": tr("The same report on paper."),
            "WORKBOOK": tr("All tables as forms with titles, totals and a line to sign, set up for printing."),
            "AGREEMENT_RATE": tr("Plots that agree in all sources given, divided by all plot numbers."),
            "RUN": tr("The number of this run in the results GeoPackage."),
        }

    def declare(self) -> None:
        folder = QgsProcessingParameterFile(
            "FOLDER", tr("Folder of data"), QgsProcessingParameterFile.Behavior.Folder, optional=True
        )
        folder.setHelp(tr("Everything below it is looked at. Nothing in it is changed."))
        self.addParameter(folder)
        layers = QgsProcessingParameterMultipleLayers(
            "LAYERS", tr("Layers"), QgsProcessing.SourceType.TypeVector, optional=True
        )
        layers.setHelp(tr("Instead of a folder, or beside it. With neither, all layers of the project are looked at."))
        self.addParameter(layers)
        files = QgsProcessingParameterMultipleLayers(
            "FILES", tr("Files"), QgsProcessing.SourceType.TypeFile, optional=True
        )
        files.setHelp(tr("Single files (workbooks, GeoPackages, Shapefiles) beside the layers or the folder."))
        self.addParameter(files)
        self.add_date("ON_DATE", tr("On the day"), tr("Responsibility must be in force on this day; empty is today."))
        self.add_tolerances()
        self.add_shape_tolerances()
        self._declare_choices()
        name = QgsProcessingParameterString("NAME", tr("Name of this run"), "", optional=True)
        name.setHelp(tr("What you will know the run by, for example “before the May inspection”."))
        self.addParameter(name)
        self.addParameter(
            QgsProcessingParameterFileDestination("RESULTS", tr("Results"), tr("GeoPackage files (*.gpkg)"))
        )
        self.addParameter(
            QgsProcessingParameterFileDestination("REPORT", tr("Report"), tr("HTML files (*.html)"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterFileDestination(
                "REPORT_PDF", tr("Report on paper"), tr("PDF files (*.pdf)"), optional=True, createByDefault=False
            )
        )
        workbook = QgsProcessingParameterFileDestination(
            "WORKBOOK", tr("Workbook"), tr("Excel workbooks (*.xlsx)"), optional=True, createByDefault=False
        )
        workbook.setHelp(
            tr("The official tables of the map, levelled and ready to sign; see “Official tables from the map”.")
        )
        self.addParameter(workbook)
        for output, label in (
            ("ERROR_COUNT", tr("Number of errors")), ("WARNING_COUNT", tr("Number of warnings")),
            ("INFO_COUNT", tr("Number of remarks")), ("CHECKED_COUNT", tr("Number of plots checked")),
            ("AGREEMENT_RATE", tr("Share of plots that agree everywhere (0–1)")), ("RUN", tr("Number of the run")),
        ):  # fmt: skip
            self.addOutput(QgsProcessingOutputNumber(output, label))
        self.addOutput(QgsProcessingOutputBoolean("PASSED", tr("Passed: no error was found")))
        self.addOutput(QgsProcessingOutputString("SUMMARY", tr("Summary in one line")))

    def _declare_choices(self) -> None:
        """Declare what is asked for and how it is to be understood; all of it may be left to the audit."""
        for parameter, label, explained, lines in (
            (
                "ROLES", tr("Roles of sources"),
                tr("“role = source” a line, for what is not understood by itself, for example “map = 图斑.gpkg|TB”; "
                   "nothing behind the sign leaves the role out."), True,
            ),
            (
                "FIELDS", tr("Meanings of fields"),
                tr("“role.column = field” a line, for example “register.area = 面积2”."), True,
            ),
            ("CHECKS", tr("Checks"), tr("Ids of the checks to run, parted by commas; empty for all."), False),
            (
                "UNIT_CODES", tr("Only findings of these units"),
                tr("Codes of units, parted by commas; units below them are meant as well."), False,
            ),
        ):  # fmt: skip
            chosen = QgsProcessingParameterString(parameter, label, "", lines, True)
            chosen.setHelp(explained)
            self._add_advanced(chosen)
        extent = QgsProcessingParameterExtent("EXTENT", tr("Only findings within"), optional=True)
        extent.setHelp(tr("All plots are looked at, and only what is wrong there is told."))
        self._add_advanced(extent)
        selected = QgsProcessingParameterBoolean("SELECTED_ONLY", tr("Only findings of selected features"), False)
        selected.setHelp(tr("All plots are looked at, and only what is wrong with features selected in the project."))
        self._add_advanced(selected)

    def _add_advanced(self, parameter: QgsProcessingParameterDefinition) -> None:
        parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(parameter)

    def input_places(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[tuple[str, str, str]]:
        from redline.processing.folder import files_in
        from redline.processing.places import layer_place

        places = [(layer.name(), *layer_place(layer)) for layer in self._layers(parameters, context)]
        folder = self.parameterAsString(parameters, "FOLDER", context)
        paths = [*self._files(parameters, context), *(files_in(Path(folder)) if folder else ())]
        return [*places, *((path.name, str(path), "") for path in paths)]

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        from redline.processing.results import no_results

        problem = super().problem(parameters, context)
        place = destination(parameters.get("RESULTS"), context)
        if problem or not place or place == TEMPORARY:
            return problem
        return no_results(Path(place), language()) or self._edited(Path(place), context)

    def _edited(self, target: Path, context: QgsProcessingContext) -> str:
        """Edits of the results that are not saved yet would fall upon other findings than they were meant for."""
        from redline.core.catalogue import text
        from redline.processing.places import data_set, layer_file

        for layer in context.project().mapLayers().values() if context.project() else ():
            if isinstance(layer, QgsVectorLayer) and layer.isEditable():
                file = layer_file(layer)
                if file and data_set(file) == data_set(target):
                    return text("error.results_edited", language(), path=target, layer=layer.name())
        return ""

    def _files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[Path]:
        """The single files to look at."""
        return [Path(file) for file in self.parameterAsFileList(parameters, "FILES", context) if file]

    def _layers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[QgsVectorLayer]:
        """The layers to look at: those named, or where neither layers nor folder nor files are those of the project."""
        layers = self.parameterAsLayerList(parameters, "LAYERS", context)
        elsewhere = self.parameterAsString(parameters, "FOLDER", context) or self._files(parameters, context)
        if not layers and not elsewhere and context.project():
            layers = list(context.project().mapLayers().values())
        return [layer for layer in layers if isinstance(layer, QgsVectorLayer)]

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        # Layers of the project belong to the main thread, which this is.
        try:
            from redline.processing.folder import in_project

            self.stop_where_problem(parameters, context)
            self._found = in_project(self._layers(parameters, context), context, language())
        except Exception as error:
            raise self._told(error, feedback) from None
        return True

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        import numpy as np

        from redline.core import audit
        from redline.core.catalogue import text
        from redline.core.errors import InputError
        from redline.core.findings import Findings
        from redline.core.history import continued
        from redline.core.memory import remember, run_record
        from redline.core.report import html
        from redline.core.standards.changes import recorded
        from redline.processing import audit_facts
        from redline.processing.audit_sources import find_sources, read_sources
        from redline.processing.folder import Found
        from redline.processing.reports import versions, write_report
        from redline.processing.results import draft_of

        started, clock = datetime.datetime.now().astimezone(), time.monotonic()
        speech = language()
        reports = {name: self.parameterAsFileOutput(parameters, name, context) for name in ("REPORT", "REPORT_PDF")}
        target = Path(self.parameterAsFileOutput(parameters, "RESULTS", context))
        choices = self._choices(parameters, context, speech)
        folder, files = self.parameterAsString(parameters, "FOLDER", context), self._files(parameters, context)
        chosen, unused = find_sources(self._found or Found(), folder, files, choices, context, speech)
        crs = chosen[audit.place(chosen)][0].plane_crs
        findings = Findings(speech)
        scope = self._scope(parameters, context, chosen, crs, speech)
        frames, inputs, unread = read_sources(chosen, choices, scope, crs, findings, progress.step(share=0.4))
        if choices.checks and not {check.id for check in audit.allowed(frames)} & set(choices.checks):
            raise InputError("error.no_check", speech, checks="、".join(choices.checks))
        settings = self._settings(parameters, context)
        results = audit.audit(frames, findings, settings, progress.step(share=0.4), choices.checks)
        first = next(iter(results.values()))
        first.unchecked.extend([*unread, *unused, *audit_facts.left_out(choices, frames, scope, speech)])
        found = findings.frame()
        found = found[scope.holds(found)].reset_index(drop=True)
        writing = progress.step(text("step.write", speech), 0.5)
        with draft_of(target, speech, writing.step(share=0.05)) as draft:
            memory = draft.memory(writing.step(share=0.15))
            first.notes.extend(audit_facts.forgotten(memory, target, speech))
            # What a run of some checks does not find may be there all the same.
            asked = (lambda gone: np.zeros(len(gone), dtype=bool)) if choices.checks else scope.holds
            kept = remember(found, memory.findings, set(frames), asked)
            summary = audit_facts.summary(results, kept, speech)
            record = run_record(
                run=memory.next_run, started=started.isoformat(timespec="seconds"), seconds=time.monotonic() - clock,
                name=self.parameterAsString(parameters, "NAME", context), summary=summary, findings=kept,
                rates={name: rate for result in results.values() for name, rate in result.rates.items()},
                report=_as_known(next(filter(None, reports.values()), ""), target),
                inputs=inputs, versions=versions(),
                settings={**asdict(settings), **self._asked_for(parameters, context), "changed": recorded()},
            )  # fmt: skip
            tables = {
                "findings": kept, **audit.layers(results), "runs": memory.runs_with(record),
                "history": continued(memory.history, memory.next_run, kept),
            }  # fmt: skip
            draft.write(tables, crs, writing.step())
        agreement = results["fourway"].rates["agreement"] if "fourway" in results else None
        written: dict[str, str] = {}
        if any(reports.values()):
            plane = crs.authid() or crs.description()
            facts = audit_facts.report_facts(results, settings, inputs, target, frames, plane)
            page = html(list(results.values()), facts, speech, kept)
            written = write_report(page, tr("Redline report"), reports)
        workbook = self.parameterAsFileOutput(parameters, "WORKBOOK", context)
        if workbook and "fourway" in results:
            from redline.processing.crs import crs_of
            from redline.processing.workbook import write_tables

            county, _ = audit_facts.county(results)
            step = progress.step(share=0.8)
            written |= write_tables(Path(workbook), frames, crs_of(crs, context), county, speech, step)
        said = (note for result in results.values() for note in (*result.notes, *result.unchecked))
        for line in (*dict.fromkeys(said), summary):
            progress.tell(line)
        progress.update(1.0)
        return {
            "RESULTS": str(target), **written, "ERROR_COUNT": record["errors"], "WARNING_COUNT": record["warnings"],
            "INFO_COUNT": record["infos"], "CHECKED_COUNT": audit_facts.checked(results),
            "AGREEMENT_RATE": agreement.value if agreement else None, "RUN": record["run"],
            "PASSED": record["errors"] == 0, "SUMMARY": summary,
        }  # fmt: skip

    def _choices(self, parameters: dict[str, Any], context: QgsProcessingContext, speech: str) -> Choices:
        """What the user decided of sources, fields and checks."""
        from redline.core import audit
        from redline.core.choices import understand
        from redline.core.standards import profiles

        roles, fields, checks = (self.parameterAsString(parameters, n, context) for n in ("ROLES", "FIELDS", "CHECKS"))
        return understand(
            roles, fields, checks, known_roles={one.role for one in profiles()},
            known_checks=[check.id for check in audit.CHECKS], language=speech,
        )  # fmt: skip

    def _scope(
        self, parameters: dict[str, Any], context: QgsProcessingContext, chosen: dict[str, list[Candidate]],
        crs: QgsCoordinateReferenceSystem, speech: str,
    ) -> Scope:  # fmt: skip
        """The part of the county that is asked for."""
        import shapely

        from redline.core.catalogue import text
        from redline.core.scope import Scope

        selected = self.parameterAsBoolean(parameters, "SELECTED_ONLY", context)
        if selected and not any(one.selected for several in chosen.values() for one in several):
            names = "、".join(one.name for several in chosen.values() for one in several if not one.flat)
            raise QgsProcessingException(text("error.none_selected", speech, layer=names))
        shape = None
        # Without an extent QGIS gives a rectangle of nothing.
        if not self.parameterAsExtent(parameters, "EXTENT", context).isNull():
            area = self.parameterAsExtentGeometry(parameters, "EXTENT", context, crs)
            shape = shapely.from_wkb(area.asWkb().data())
        return Scope(self._units(parameters, context), shape, selected)

    def _units(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        given = self.parameterAsString(parameters, "UNIT_CODES", context).replace("，", ",")
        return [code.strip() for code in given.split(",") if code.strip()]

    def _asked_for(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, object]:
        """What of this the record of a run keeps, where it is not everything."""
        names = ("ROLES", "FIELDS", "CHECKS", "UNIT_CODES", "EXTENT")
        told = {name.lower(): str(parameters[name]) for name in names if parameters.get(name)}
        selected = self.parameterAsBoolean(parameters, "SELECTED_ONLY", context)
        return {"asked": {**told, **({"selected_only": True} if selected else {})}} if told or selected else {}

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core import audit
        from redline.core.checks import duties, fourway, grid, idle, patrols, permits, rates, signs

        day = self.date(parameters, "ON_DATE", context)
        numbers = {
            name.lower(): self.parameterAsDouble(parameters, name, context)
            for name in ("ABS_TOLERANCE", "REL_TOLERANCE", "SHIFT_TOLERANCE", "MIN_AGREEMENT")
        }
        return audit.Settings(
            fourway.Settings(**numbers), duties.Settings(day), permits=permits.Settings(day), rates=rates.Settings(day),
            idle=idle.Settings(day), grid=grid.Settings(day), patrols=patrols.Settings(day),
            signs=signs.Settings(day),
        )  # fmt: skip


def _as_known(report: str, results: Path) -> str:
    """The file of the report as the results know it: from their folder where it lies there."""
    return Path(report).name if report and Path(report).parent == results.parent else report
