"""What every check has: sources in their roles, findings and tables out, numbers for models, a report."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.inputs import Input, InputAlgorithm

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.report import InputFact, SettingFact
    from redline.core.result import Result


class CheckAlgorithm(InputAlgorithm):
    """A check. A subclass gives names and texts, `declare_check`, `run_check`, and what its tables are called."""

    # Is its report one to hand in on paper?
    prints = False

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[str] = []

    def declare_check(self) -> None:
        """Add inputs, settings and tables, by the add_… methods."""
        raise NotImplementedError

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        """Check the frames, which are by role (or by what their input is called)."""
        raise NotImplementedError

    def numbers(self, result: Result) -> dict[str, Any]:
        """The outputs that this check has beside the common ones."""
        return {}

    # Declaring

    def declare(self) -> None:
        self.declare_check()
        for given in self.inputs:
            self.add_fields(given)
        sink = QgsProcessingParameterFeatureSink("FINDINGS", tr("Findings"), QgsProcessing.SourceType.TypeVectorPolygon)
        self.addParameter(sink)
        for name in self.tables:
            self.addParameter(self.table(name))
        self.addParameter(
            QgsProcessingParameterFileDestination(
                "REPORT", tr("Report"), tr("HTML files (*.html)"), optional=True, createByDefault=False
            )
        )
        if self.prints:
            self.addParameter(
                QgsProcessingParameterFileDestination(
                    "REPORT_PDF", tr("Report on paper"), tr("PDF files (*.pdf)"), optional=True, createByDefault=False
                )
            )
        self.add_verdict()

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        """The sink of the result table `name`."""
        raise NotImplementedError

    def outputs_help(self) -> dict[str, str]:
        return {
            "FINDINGS": tr(
                "One row for everything that is wrong: rule, severity, place, expected and actual value, what to do. "
                "What has no place on the map, such as a row of a table, has no geometry."
            ),
            "REPORT": tr("A page to read and to sign, with tables and charts; it opens without a network."),
            "PASSED": tr("True where there is no error; for models that go on only then."),
            **({"REPORT_PDF": tr("The same report on paper.")} if self.prints else {}),
        }

    # Running

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core.findings import Findings
        from redline.core.heap import give_back

        findings = Findings(language())
        frames = self.read_frames(parameters, context, findings, progress.step(share=0.4))
        give_back()
        result = self.run_check(frames, findings, parameters, context, progress.step(share=0.4))
        if not self._reports(parameters, context):
            # Only the report still looks at what was read; without it, memory is free for what is written.
            frames.clear()
            # Where texts were looked at by `.str`, pandas holds on to the whole frame by a cycle.
            gc.collect()
        return self.give(result, frames, parameters, context, progress.step())

    def give(
        self, result: Result, frames: Mapping[str, Frame], parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> dict[str, Any]:  # fmt: skip
        """Write what a check found and give all outputs."""
        from redline.core.catalogue import text
        from redline.core.findings import count_by_severity

        speech = result.findings.language
        result.unchecked.extend(self.unread)
        found = result.findings.frame()
        outputs: dict[str, Any] = {}
        spend = not self._reports(parameters, context)
        tables = {"FINDINGS": found, **{name: result.tables[name] for name in self.tables if name in result.tables}}
        for name, frame in tables.items():
            step = progress.step(share=0.9 / len(tables))
            outputs |= self.write(name, frame, parameters, context, step, spend)
        counts = count_by_severity(found)
        summary = text("summary.line", speech, checked=result.checked, **counts)
        report = self._write_report(result, frames, outputs, parameters, context)
        for note in (*result.notes, *result.unchecked, summary):
            progress.tell(note)
        progress.update(1.0)
        return {
            **outputs, **report, **self.numbers(result), "ERROR_COUNT": counts["error"],
            "WARNING_COUNT": counts["warning"], "INFO_COUNT": counts["info"], "CHECKED_COUNT": result.checked,
            "PASSED": counts["error"] == 0, "SUMMARY": summary,
        }  # fmt: skip

    # The report

    def _reports(self, parameters: dict[str, Any], context: QgsProcessingContext) -> bool:
        return any(self._report_files(parameters, context).values())

    def _report_files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, str]:
        """Where the report goes, by output; "" is not wanted."""
        names = ("REPORT", "REPORT_PDF") if self.prints else ("REPORT",)
        return {name: self.parameterAsFileOutput(parameters, name, context) for name in names}

    def _write_report(
        self, result: Result, frames: Mapping[str, Frame], outputs: Mapping[str, Any], parameters: dict[str, Any],
        context: QgsProcessingContext,
    ) -> dict[str, str]:  # fmt: skip
        files = self._report_files(parameters, context)
        if not any(files.values()):
            return {}
        from redline.core.report import ReportFacts, html
        from redline.processing.reports import versions, write_report

        destination = str(outputs["FINDINGS"])
        facts = ReportFacts(
            title=self.report_title(),
            date=self._day(parameters, context).isoformat(),
            inputs=[self._input_fact(given, frames) for given in self.inputs if given.frame in frames],
            settings=self.settings_shown(parameters, context),
            versions=versions(),
            findings_at=destination if Path(destination.split("|", 1)[0]).is_file() else "",
        )
        return write_report(html(result, facts, result.findings.language), self.report_title(), files)

    def _day(self, parameters: dict[str, Any], context: QgsProcessingContext) -> datetime.date:
        """The day for which the check stands."""
        dated = self.parameterDefinition("ON_DATE") is not None
        return self.date(parameters, "ON_DATE", context) if dated else datetime.date.today()

    def report_title(self) -> str:
        """The title of the report; "" leaves it to the report."""
        return ""

    def settings_shown(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[SettingFact]:
        """The numbers that were set, as the report shows them, beside what they are where nobody sets them."""
        from redline.core.catalogue import text
        from redline.core.report import SettingFact
        from redline.core.text import in_full

        found = []
        for number in self.parameterDefinitions():
            if isinstance(number, QgsProcessingParameterNumber):
                value, usual = self.parameterAsDouble(parameters, number.name(), context), number.defaultValue()
                apart = usual is not None and value != float(usual)
                said = text("report.usual_value", language(), value=in_full(float(usual))) if apart else ""
                found.append(SettingFact(number.description(), in_full(value), said))
        return found

    def _input_fact(self, given: Input, frames: Mapping[str, Frame]) -> InputFact:
        from redline.core.report import InputFact

        frame = frames[given.frame]
        crs = self.source(given.parameter).sourceCrs() if given.spatial else QgsCoordinateReferenceSystem()
        return InputFact(
            given.role, frame.name, len(frame), crs.userFriendlyIdentifier() if crs.isValid() else "",
            remark=self.remark(given.parameter),
        )  # fmt: skip
