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
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsVectorLayer,
)

from redline.processing.algorithm import TEMPORARY, QgisProgress, RedlineAlgorithm, destination, language, tr
from redline.processing.check import versions

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.audit import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.memory import Input, Memory
    from redline.core.progress import Progress
    from redline.core.result import Result
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
        self.add_date("ON_DATE", tr("On the day"), tr("Responsibility must be in force on this day; empty is today."))
        self.add_tolerances()
        self.add_shape_tolerances()
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

    def input_places(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[tuple[str, str, str]]:
        from redline.processing.folder import files_in
        from redline.processing.places import layer_place

        places = [(layer.name(), *layer_place(layer)) for layer in self._layers(parameters, context)]
        folder = self.parameterAsString(parameters, "FOLDER", context)
        return [*places, *((path.name, str(path), "") for path in files_in(Path(folder)))] if folder else places

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
        from redline.processing.places import data_set, layer_place

        for layer in context.project().mapLayers().values() if context.project() else ():
            if isinstance(layer, QgsVectorLayer) and layer.isEditable():
                file, _ = layer_place(layer)
                if file and data_set(file) == data_set(target):
                    return text("error.results_edited", language(), path=target, layer=layer.name())
        return ""

    def _layers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[QgsVectorLayer]:
        """The layers to look at: those named, or with neither layers nor folder those of the project."""
        layers = self.parameterAsLayerList(parameters, "LAYERS", context)
        if not layers and not self.parameterAsString(parameters, "FOLDER", context) and context.project():
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
        from redline.core import audit
        from redline.core.catalogue import text
        from redline.core.findings import Findings
        from redline.core.memory import remember, run_record
        from redline.processing.reports import audit_facts, write_reports
        from redline.processing.results import draft_of

        started, clock = datetime.datetime.now().astimezone(), time.monotonic()
        speech = language()
        target = Path(self.parameterAsFileOutput(parameters, "RESULTS", context))
        chosen, unused = self._sources(parameters, context, speech)
        crs = chosen[audit.place(chosen)][0].plane_crs
        findings = Findings(speech)
        frames, inputs, unread = self._read(chosen, crs, findings, progress.step(share=0.4))
        settings = self._settings(parameters, context)
        results = audit.audit(frames, findings, settings, progress.step(share=0.4))
        first = next(iter(results.values()))
        first.unchecked.extend([*unread, *unused])
        found = findings.frame()
        writing = progress.step(text("step.write", speech), 0.5)
        with draft_of(target, speech, writing.step(share=0.05)) as draft:
            memory = draft.memory(writing.step(share=0.15))
            first.notes.extend(_forgotten(memory, target, speech))
            kept = remember(found, memory.findings, set(frames))
            summary = _summary(results, kept, speech)
            record = run_record(
                run=memory.next_run, started=started.isoformat(timespec="seconds"), seconds=time.monotonic() - clock,
                name=self.parameterAsString(parameters, "NAME", context), summary=summary, findings=kept,
                rates={name: rate for result in results.values() for name, rate in result.rates.items()},
                inputs=inputs, settings=asdict(settings), versions=versions(),
            )  # fmt: skip
            tables = {"findings": kept, **audit.layers(results), "runs": memory.runs_with(record)}
            draft.write(tables, crs, writing.step())
        agreement = results["fourway"].rates["agreement"] if "fourway" in results else None
        facts = audit_facts(results, settings, inputs, target, frames, crs.authid() or crs.description())
        reports = write_reports(
            list(results.values()), facts, kept, page=self.parameterAsFileOutput(parameters, "REPORT", context),
            paper=self.parameterAsFileOutput(parameters, "REPORT_PDF", context),
        )  # fmt: skip
        workbook = self.parameterAsFileOutput(parameters, "WORKBOOK", context)
        if workbook and "map" in frames:
            from redline.processing.layers import crs_of
            from redline.processing.workbook import write_tables

            reports |= write_tables(
                Path(workbook), frames, crs_of(crs, context), _county(results), speech, progress.step(share=0.8)
            )
        said = (note for result in results.values() for note in (*result.notes, *result.unchecked))
        for line in (*dict.fromkeys(said), summary):
            progress.tell(line)
        progress.update(1.0)
        return {
            "RESULTS": str(target), **reports, "ERROR_COUNT": record["errors"], "WARNING_COUNT": record["warnings"],
            "INFO_COUNT": record["infos"], "CHECKED_COUNT": _checked(results),
            "AGREEMENT_RATE": agreement.value if agreement else None, "RUN": record["run"],
            "PASSED": record["errors"] == 0, "SUMMARY": summary,
        }  # fmt: skip

    def _sources(
        self, parameters: dict[str, Any], context: QgsProcessingContext, speech: str
    ) -> tuple[dict[str, list[Candidate]], list[str]]:
        """The sources by role, and sentences on what cannot be read or is not used."""
        from redline.core import audit
        from redline.core.catalogue import text
        from redline.processing.folder import choose, in_folder

        candidates = list(self._found.candidates) if self._found else []
        unused = list(self._found.unread) if self._found else []
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            if not Path(folder).is_dir():
                raise QgsProcessingException(text("error.no_folder", speech, folder=folder))
            found = in_folder(Path(folder), context, speech)
            candidates += found.candidates
            unused += found.unread
        chosen, left = choose(candidates, speech)
        if not audit.place(chosen):
            empty = next((candidate for candidate in candidates if candidate.role == "map"), None)
            if empty:
                raise QgsProcessingException(text("error.no_features", speech, layer=empty.name))
            has = "、".join(candidate.name for candidate in candidates) or text("value.nothing", speech)
            raise QgsProcessingException(" ".join([text("error.no_map", speech, has=has), *unused]))
        return chosen, unused + left

    def _read(
        self,
        chosen: dict[str, list[Candidate]],
        crs: QgsCoordinateReferenceSystem,
        findings: Findings,
        progress: Progress,
    ) -> tuple[dict[str, Frame], list[Input], list[str]]:
        """Every source once; those of one role become one frame. And sentences on what was not read or not used."""
        from redline.core import frames
        from redline.core.catalogue import text
        from redline.core.findings import Findings
        from redline.core.memory import describe
        from redline.processing.folder import is_version, put_together
        from redline.processing.layers import short

        speech = findings.language
        total = sum(len(several) for several in chosen.values())
        read: dict[str, Frame] = {}
        described: list[Input] = []
        unread: list[str] = []
        for role, several in chosen.items():
            parts: list[Frame] = []
            for candidate in several:
                step = progress.step(text("step.read", speech, layer=candidate.name), 1 / total)
                source = candidate.read(crs, step.step(share=0.6))
                reading = step.step()
                if parts and role != "units":
                    # What is told of a source that is then not used is not told at all.
                    part = frames.read(source, role, Findings(speech), profile_id=candidate.profile, progress=reading)
                    if is_version(part, parts):
                        unread.append(text("unchecked.same_keys", speech, layer=candidate.name,
                                           file=candidate.file_name, other=parts[0].name))  # fmt: skip
                        continue
                parts.append(frames.read(source, role, findings, profile_id=candidate.profile, progress=reading))
                unread += short(candidate.count, source, speech)
                described.append(describe(role, source, candidate.file_name))
            read[role] = put_together(parts)
        return read, described, unread

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


def _county(results: dict[str, Result]) -> str:
    """The name of the county with most plots."""
    balance = results["fourway"].tables["UNIT_BALANCE"]
    counties = balance[(balance["level"] == "county") & (balance["class"] == "")]
    return "".join(counties.sort_values("map_count", ascending=False)["unit_name"].head(1))


def _forgotten(memory: Memory, target: Path, speech: str) -> list[str]:
    """What is said where people deleted fields that an audit remembers by."""
    from redline.core.catalogue import text

    if "finding_id" in memory.lacking:
        return [text("note.memory_lost", speech, path=target)]
    fields = "、".join(memory.lacking)
    return [text("note.memory_columns", speech, path=target, fields=fields)] if fields else []


def _summary(results: dict[str, Result], kept: pd.DataFrame, speech: str) -> str:
    from redline.core.catalogue import text
    from redline.core.findings import count_by_severity
    from redline.core.memory import count_changes

    counts = {**count_by_severity(kept[kept["status"] != "fixed"]), **count_changes(kept)}
    if "fourway" not in results:
        return text("summary.audit_rest", speech, checked=_checked(results), **counts)
    agreement = results["fourway"].rates["agreement"]
    return text(
        "summary.audit", speech, checked=_checked(results), agreeing=int(agreement.numerator),
        share=f"{agreement.value or 0:.2%}", **counts,
    )  # fmt: skip


def _checked(results: dict[str, Result]) -> int:
    """The plots that were looked at, or without a map whatever the checks looked at most of."""
    whole = [results["fourway"]] if "fourway" in results else results.values()
    return max(result.checked for result in whole)
