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
from redline.processing.check import versions

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.audit import Settings
    from redline.core.choices import Choices
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.memory import Input, Memory
    from redline.core.progress import Progress
    from redline.core.result import Result
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
        from redline.processing.places import data_set, layer_place

        for layer in context.project().mapLayers().values() if context.project() else ():
            if isinstance(layer, QgsVectorLayer) and layer.isEditable():
                file, _ = layer_place(layer)
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
        from redline.core.standards.changes import recorded
        from redline.processing.reports import audit_facts, write_reports
        from redline.processing.results import draft_of

        started, clock = datetime.datetime.now().astimezone(), time.monotonic()
        speech = language()
        target = Path(self.parameterAsFileOutput(parameters, "RESULTS", context))
        choices = self._choices(parameters, context, speech)
        chosen, unused = self._sources(parameters, context, choices, speech)
        crs = chosen[audit.place(chosen)][0].plane_crs
        findings = Findings(speech)
        scope = self._scope(parameters, context, chosen, crs, speech)
        frames, inputs, unread = self._read(chosen, choices, scope, crs, findings, progress.step(share=0.4))
        if choices.checks and not {check.id for check in audit.allowed(frames)} & set(choices.checks):
            raise InputError("error.no_check", speech, checks="、".join(choices.checks))
        settings = self._settings(parameters, context)
        results = audit.audit(frames, findings, settings, progress.step(share=0.4), choices.checks)
        first = next(iter(results.values()))
        first.unchecked.extend([*unread, *unused, *_left_out(choices, frames, scope, speech)])
        found = findings.frame()
        found = found[scope.holds(found)].reset_index(drop=True)
        writing = progress.step(text("step.write", speech), 0.5)
        with draft_of(target, speech, writing.step(share=0.05)) as draft:
            memory = draft.memory(writing.step(share=0.15))
            first.notes.extend(_forgotten(memory, target, speech))
            # What a run of some checks does not find may be there all the same.
            asked = (lambda gone: np.zeros(len(gone), dtype=bool)) if choices.checks else scope.holds
            kept = remember(found, memory.findings, set(frames), asked)
            summary = _summary(results, kept, speech)
            record = run_record(
                run=memory.next_run, started=started.isoformat(timespec="seconds"), seconds=time.monotonic() - clock,
                name=self.parameterAsString(parameters, "NAME", context), summary=summary, findings=kept,
                rates={name: rate for result in results.values() for name, rate in result.rates.items()},
                report=self._report(parameters, context, target),
                inputs=inputs, versions=versions(),
                settings={**asdict(settings), **self._asked_for(parameters, context), "changed": recorded()},
            )  # fmt: skip
            tables = {
                "findings": kept, **audit.layers(results), "runs": memory.runs_with(record),
                "history": continued(memory.history, memory.next_run, kept),
            }  # fmt: skip
            draft.write(tables, crs, writing.step())
        agreement = results["fourway"].rates["agreement"] if "fourway" in results else None
        facts = audit_facts(results, settings, inputs, target, frames, crs.authid() or crs.description())
        reports = write_reports(
            list(results.values()), facts, kept, page=self.parameterAsFileOutput(parameters, "REPORT", context),
            paper=self.parameterAsFileOutput(parameters, "REPORT_PDF", context),
        )  # fmt: skip
        workbook = self.parameterAsFileOutput(parameters, "WORKBOOK", context)
        if workbook and "fourway" in results:
            from redline.processing.crs import crs_of
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

    def _sources(
        self, parameters: dict[str, Any], context: QgsProcessingContext, choices: Choices, speech: str
    ) -> tuple[dict[str, list[Candidate]], list[str]]:
        """The sources by role, and sentences on what cannot be read or is not used."""
        from redline.core import audit
        from redline.core.catalogue import text
        from redline.processing.folder import choose, in_files, in_folder

        candidates = list(self._found.candidates) if self._found else []
        unused = list(self._found.unread) if self._found else []
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            if not Path(folder).is_dir():
                raise QgsProcessingException(text("error.no_folder", speech, folder=folder))
            found = in_folder(Path(folder), context, speech)
            candidates += found.candidates
            unused += found.unread
        files = self._files(parameters, context)
        if files:
            found = in_files(files, context, speech)
            candidates += found.candidates
            unused += found.unread
        chosen, left = choose(candidates, speech, choices.sources)
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
        choices: Choices,
        scope: Scope,
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
                    part = frames.read(
                        source, role, Findings(speech), profile_id=candidate.profile, progress=reading,
                        overrides=choices.fields.get(role),
                    )  # fmt: skip
                    if is_version(part, parts):
                        unread.append(text("unchecked.same_keys", speech, layer=candidate.name,
                                           file=candidate.where(speech), other=parts[0].name))  # fmt: skip
                        continue
                part = frames.read(
                    source, role, findings, profile_id=candidate.profile, progress=reading,
                    overrides=choices.fields.get(role),
                )  # fmt: skip
                parts.append(part)
                if not candidate.flat:
                    scope.look_at(part, source.cells.index.isin(sorted(candidate.selected)))
                unread += short(candidate.count, source, speech)
                described.append(describe(role, source, candidate.file_name))
            read[role] = put_together(parts)
        return read, described, unread

    def _report(self, parameters: dict[str, Any], context: QgsProcessingContext, target: Path) -> str:
        """The file of the report as the results know it: from their folder where it lies there."""
        asked = (self.parameterAsFileOutput(parameters, name, context) for name in ("REPORT", "REPORT_PDF"))
        file = next(filter(None, asked), "")
        return Path(file).name if file and Path(file).parent == target.parent else file

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


def _left_out(choices: Choices, frames: dict[str, Frame], scope: Scope, speech: str) -> list[str]:
    """What a run does not tell because it was not asked for, in sentences."""
    from redline.core import audit
    from redline.core.catalogue import text

    said = [] if scope.whole else [text("unchecked.scope", speech)]
    able = [check.id for check in audit.allowed(frames)]
    if choices.checks:
        left = [text(f"step.{one}", speech) for one in able if one not in choices.checks]
        said += [text("unchecked.checks", speech, checks="、".join(left))] if left else []
        unable = [text(f"step.{one}", speech) for one in choices.checks if one not in able]
        said += [text("unchecked.no_source", speech, checks="、".join(unable))] if unable else []
    return said


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
    from redline.core.result import leading

    most = leading(list(results.values()))
    return most.checked if most else 0
