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
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsVectorLayer,
)

from redline.processing.algorithm import QgisProgress, RedlineAlgorithm, language, tr
from redline.processing.check import versions

if TYPE_CHECKING:
    import pandas as pd

    from redline.core.audit import Settings
    from redline.core.findings import Findings
    from redline.core.frames import Frame, Source
    from redline.core.memory import Input
    from redline.core.progress import Progress
    from redline.core.result import Result
    from redline.processing.folder import Candidate

_LAYERS = {"PLOT_STATUS": "plot_status", "UNIT_BALANCE": "unit_balance", "PLOT_DUTIES": "plot_duties",
           "UNIT_DUTIES": "unit_duties", "OVERLAPS": "overlaps"}  # fmt: skip


class CountyAudit(RedlineAlgorithm):
    """`redline:countyaudit`."""

    def __init__(self) -> None:
        super().__init__()
        self._candidates: list[Candidate] = []

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
        self.add_verdict()
        self.addOutput(QgsProcessingOutputNumber("AGREEMENT_RATE", tr("Share of plots that agree everywhere (0–1)")))
        self.addOutput(QgsProcessingOutputNumber("RUN", tr("Number of the run")))

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        # Layers of the project belong to the main thread, which this is.
        try:
            from redline.processing.folder import in_project

            layers = self.parameterAsLayerList(parameters, "LAYERS", context)
            folder = self.parameterAsString(parameters, "FOLDER", context)
            if not layers and not folder and context.project():
                layers = list(context.project().mapLayers().values())
            vectors = [layer for layer in layers if isinstance(layer, QgsVectorLayer)]
            self._candidates = list(in_project(vectors, context, language()))
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
        from redline.processing.results import read_memory, write_results

        started, clock = datetime.datetime.now().astimezone(), time.monotonic()
        speech = language()
        target = Path(self.parameterAsFileOutput(parameters, "RESULTS", context))
        chosen, notes = self._sources(parameters, context, target, speech)
        crs = chosen["map"][0].plane_crs
        findings = Findings(speech)
        frames, inputs = self._read(chosen, crs, findings, progress.step(share=0.4))
        for note in notes:
            progress.tell(note)
        settings = self._settings(parameters, context)
        results = audit.audit(frames, findings, settings, progress.step(share=0.4))
        results["fourway"].notes.extend(notes)
        before, runs = read_memory(target)
        kept = remember(findings.frame(), before, set(frames))
        summary = _summary(results, kept, speech)
        record = run_record(
            run=1 if runs is None or runs.empty else int(runs["run"].max()) + 1,
            started=started.isoformat(timespec="seconds"), seconds=time.monotonic() - clock,
            name=self.parameterAsString(parameters, "NAME", context), summary=summary, findings=kept,
            rates={name: rate for result in results.values() for name, rate in result.rates.items()},
            inputs=inputs, settings=asdict(settings), versions=versions(),
        )  # fmt: skip
        tables = {"findings": kept, **_tables(results), "runs": _with(runs, record)}
        write_results(target, tables, crs, speech, progress.step(text("step.write", speech), 0.5))
        facts = audit_facts(results, settings, inputs, target)
        reports = write_reports(
            list(results.values()), facts, kept, page=self.parameterAsFileOutput(parameters, "REPORT", context),
            paper=self.parameterAsFileOutput(parameters, "REPORT_PDF", context),
        )  # fmt: skip
        workbook = self.parameterAsFileOutput(parameters, "WORKBOOK", context)
        if workbook:
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
            "INFO_COUNT": record["infos"], "CHECKED_COUNT": results["fourway"].checked,
            "AGREEMENT_RATE": results["fourway"].rates["agreement"].value, "RUN": record["run"],
            "PASSED": record["errors"] == 0, "SUMMARY": summary,
        }  # fmt: skip

    def _sources(
        self, parameters: dict[str, Any], context: QgsProcessingContext, target: Path, speech: str
    ) -> tuple[dict[str, list[Candidate]], list[str]]:
        from redline.core.catalogue import text
        from redline.processing.folder import choose, in_folder

        candidates = list(self._candidates)
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            if not Path(folder).is_dir():
                raise QgsProcessingException(text("error.no_folder", speech, folder=folder))
            candidates += in_folder(Path(folder), context, speech)
        chosen, notes = choose(candidates, speech)
        if "map" not in chosen:
            has = "、".join(candidate.name for candidate in candidates) or text("value.nothing", speech)
            raise QgsProcessingException(text("error.no_map", speech, has=has))
        if str(target.resolve()) in {str(Path(c.file).resolve()) for c in candidates if c.file}:
            raise QgsProcessingException(text("error.results_is_source", speech, path=target))
        return chosen, notes

    def _read(
        self,
        chosen: dict[str, list[Candidate]],
        crs: QgsCoordinateReferenceSystem,
        findings: Findings,
        progress: Progress,
    ) -> tuple[dict[str, Frame], list[Input]]:
        """Every source once; the layers of one role become one frame."""
        from redline.core import frames
        from redline.core.catalogue import text
        from redline.core.memory import describe

        total = sum(len(several) for several in chosen.values())
        read: dict[str, Frame] = {}
        described: list[Input] = []
        for role, several in chosen.items():
            parts = []
            for candidate in several:
                step = progress.step(text("step.read", findings.language, layer=candidate.name), 1 / total)
                source: Source = candidate.read(crs, step.step(share=0.6))
                described.append(describe(role, source, Path(candidate.file).name))
                profile_id = candidate.guesses[0][1]
                parts.append(frames.read(source, role, findings, profile_id=profile_id, progress=step.step()))
            read[role] = frames.combine(parts)
        return read, described

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Settings:
        from redline.core import audit
        from redline.core.checks import duties, fourway

        numbers = {
            name.lower(): self.parameterAsDouble(parameters, name, context)
            for name in ("ABS_TOLERANCE", "REL_TOLERANCE", "SHIFT_TOLERANCE", "MIN_AGREEMENT")
        }
        return audit.Settings(fourway.Settings(**numbers), duties.Settings(self.date(parameters, "ON_DATE", context)))


def _county(results: dict[str, Result]) -> str:
    """The name of the county with most plots."""
    balance = results["fourway"].tables["UNIT_BALANCE"]
    counties = balance[(balance["level"] == "county") & (balance["class"] == "")]
    return "".join(counties.sort_values("map_count", ascending=False)["unit_name"].head(1))


def _tables(results: dict[str, Result]) -> dict[str, pd.DataFrame]:
    every = {name: table for result in results.values() for name, table in result.tables.items()}
    return {layer: every[name] for name, layer in _LAYERS.items() if name in every}


def _with(runs: pd.DataFrame | None, record: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    this = pd.DataFrame([record])
    return this if runs is None else pd.concat([runs[list(this.columns)], this], ignore_index=True)


def _summary(results: dict[str, Result], kept: pd.DataFrame, speech: str) -> str:
    from redline.core.catalogue import text
    from redline.core.findings import count_by_severity
    from redline.core.memory import count_changes

    agreement = results["fourway"].rates["agreement"]
    return text(
        "summary.audit", speech, checked=results["fourway"].checked, agreeing=int(agreement.numerator),
        share=f"{agreement.value or 0:.2%}", **count_by_severity(kept[kept["status"] != "fixed"]),
        **count_changes(kept),
    )  # fmt: skip
