"""选址预审: what a proposed site touches, at once, and how it could avoid that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessing, QgsProcessingContext, QgsProcessingParameterFeatureSink

from redline.core.progress import Progress
from redline.processing.algorithm import tr
from redline.processing.check import CheckAlgorithm

if TYPE_CHECKING:
    from redline.core.findings import Findings
    from redline.core.frames import Frame
    from redline.core.result import Result

_NEAR = ("site",)
# Metres around a site within which a place for it is looked for at the most: what is farther is not read.
_REACH = 500.0


class SitePrecheck(CheckAlgorithm):
    """`redline:siteprecheck`."""

    prints = True

    def name(self) -> str:
        return "siteprecheck"

    def displayName(self) -> str:
        return tr("Pre-check of a site")

    def groupId(self) -> str:
        return "enforcement"

    def tags(self) -> list[str]:
        return [
            "选址", "预审", "选址预审", "用地预审", "占用基本农田", "永久基本农田", "生态保护红线", "三区三线", "避让",
            "site", "pre-check", "farmland", "red line", "alternatives",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Says at once what a proposed site touches: permanent basic farmland, ecological red lines, land classes, "
            "plan zones and permits, each in m², 亩 and share. Basic farmland is by the recorded-area rule, as it is "
            "for changes and permits: a plot that is taken whole counts with its recorded area, a part with its own "
            "area less field ridges.\n\n"
            "It also says how far the site would have to move to take no basic farmland and no red line, and what is "
            "left of it where these are cut off."
        )

    def declare_check(self) -> None:
        self.add_input(
            "SITE", "site", tr("Proposed sites"), tr("One or several polygons, drawn by hand or given."),
            columns={"KEY": "key"},
        )  # fmt: skip
        optional = (
            ("FARMLAND", "map", tr("Permanent basic farmland"), tr("What the site should not take."), "farmland"),
            ("LANDUSE", "landuse", tr("Land use"), tr("The land survey (DLTB), for areas by class."), ""),
            ("PLAN", "plan", tr("Plan zones"), tr("Where the plan lets build (JSYDGZQ, CZKFBJ)."), ""),
            ("RED_LINES", "red_line", tr("Ecological red lines"), tr("Red lines (STBHHX) and nature reserves."), ""),
            ("PERMITS", "permit", tr("Permits"), tr("What is permitted already."), ""),
        )
        for parameter, role, label, explained, called in optional:
            margin = _REACH if role in ("map", "red_line") else 0.0
            self.add_input(
                parameter, role, label, explained, optional=True, called=called, near=_NEAR, margin=margin
            )
        self.add_number(
            "EDGE_TOLERANCE", tr("Edge tolerance (m)"), self.usual("edge_tolerance"),
            tr("What is nowhere wider than this comes from borders drawn twice, and raises no alarm."),
        )  # fmt: skip
        self.add_number(
            "MAX_SHIFT", tr("How far a place for the site is looked for (m)"), _REACH,
            tr("The least shift that clears basic farmland and red lines is looked for within this distance."), _REACH,
        )  # fmt: skip
        self.tables = ["PIECES", "SUMMARY_TABLE", "WAYS_OUT"]

    def table(self, name: str) -> QgsProcessingParameterFeatureSink:
        source = QgsProcessing.SourceType
        labels = {
            "PIECES": tr("Pieces of the site"), "SUMMARY_TABLE": tr("What the site touches"),
            "WAYS_OUT": tr("Ways out"),
        }  # fmt: skip
        kind = source.TypeVector if name == "SUMMARY_TABLE" else source.TypeVectorPolygon
        return QgsProcessingParameterFeatureSink(name, labels[name], kind, optional=True, createByDefault=True)

    def outputs_help(self) -> dict[str, str]:
        return {
            **super().outputs_help(),
            "PIECES": tr(
                "Disjoint pieces: farmland plot, red line, land class, plan zone and permit of each; its area as "
                "drawn, and the basic farmland in it by the recorded-area rule."
            ),
            "SUMMARY_TABLE": tr(
                "Area as drawn in m² and 亩, and share of the site, by theme and name; of farmland plots also the "
                "basic farmland by the recorded-area rule."
            ),
            "WAYS_OUT": tr("The least shift that clears, and the site without basic farmland and red lines."),
        }

    def style_of(self, table: str) -> str:
        return {"PIECES": "site_pieces", "WAYS_OUT": "ways_out"}.get(table, super().style_of(table))

    def run_check(
        self, frames: dict[str, Frame], findings: Findings, parameters: dict[str, Any], context: QgsProcessingContext,
        progress: Progress,
    ) -> Result:  # fmt: skip
        from redline.core.checks import site

        settings = site.Settings(
            edge_tolerance=self.parameterAsDouble(parameters, "EDGE_TOLERANCE", context),
            most=self.parameterAsDouble(parameters, "MAX_SHIFT", context),
        )
        return site.check(frames, findings, settings, progress)

    def report_title(self) -> str:
        return tr("Pre-check of a site: report")
