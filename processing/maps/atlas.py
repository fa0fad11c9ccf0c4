"""Map atlases on paper: farmland by township or village, a county's index map, dossiers of violations, map sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProject,
    QgsWkbTypes,
)

from redline.core.progress import Progress
from redline.processing.algorithm import QgisProgress, language, tr
from redline.processing.inputs import TABLES, InputAlgorithm

if TYPE_CHECKING:
    import pandas as pd
    from qgis.core import QgsPrintLayout

    from redline.core.atlas import Atlas as Contents
    from redline.core.atlas import Settings
    from redline.core.atlas.contents import Points
    from redline.core.frames import Frame
    from redline.core.geometry.crs import Crs
    from redline.processing.maps.press import Imprint, Press
    from redline.processing.maps.printing import Made

KINDS = ("township", "index", "violation", "sheet", "zone")
_USUAL_PAGES = {"violation": "A4", "sheet": "A1"}
LEVELS = ("auto", "county", "township", "village")
SIDES = ("landscape", "portrait")
PAGES = ("auto", "A4", "A3", "A1")
_USUAL_PAGE = "A3"
_MARK = "内部资料"


class Atlas(InputAlgorithm):
    """`redline:atlas`."""

    def name(self) -> str:
        return "atlas"

    def displayName(self) -> str:
        return tr("Map atlas")

    def groupId(self) -> str:
        return "maps"

    def flags(self) -> QgsProcessingAlgorithm.Flag:
        # Layouts belong to the main thread.
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def tags(self) -> list[str]:
        return [
            "图册", "地图集", "永久基本农田分布图", "乡镇", "村", "索引图", "违法图斑", "一斑一图", "卷宗",
            "标准分幅图", "图幅", "网格责任区图", "打印", "制图", "布局", "atlas",
            "map series", "layout", "print", "pdf", "farmland",
        ]  # fmt: skip

    def purpose(self) -> str:
        return tr(
            "Makes map atlases to print and to sign: a farmland map of every township or village, the index map of a "
            "county, a dossier of every violation, standard map sheets, or maps of the responsibility zones.\n\n"
            "Every page has title, number, scale, legend of what is on it, coordinate system, makers, mark of secrecy "
            "and a table that goes on to further pages. Lines and texts stay lines and texts. The layouts are added to "
            "the project, of native items only, and may be changed there."
        )

    def declare(self) -> None:
        kind = QgsProcessingParameterEnum("KIND", tr("Kind of map"), list(KINDS), False, KINDS[0], False, True)
        kind.setHelp(
            tr(
                "township: the farmland of every township or village; index: the county with the numbers of these "
                "maps; violation: a dossier of every change; sheet: the standard sheets (SCALE, else 1:10 000); zone: "
                "the responsibility zones of every township."
            )
        )
        self.addParameter(kind)
        self._declare_layers()
        self._declare_words()
        self._declare_paper()
        pdf = QgsProcessingParameterFileDestination("PDF", tr("Atlas"), tr("PDF files (*.pdf)"))
        self.addParameter(pdf)
        index = tr("Index of the pages")
        self.addParameter(QgsProcessingParameterFeatureSink("INDEX", index, QgsProcessing.SourceType.TypeVector))
        self.addOutput(QgsProcessingOutputNumber("PAGE_COUNT", tr("Number of pages")))
        self.addOutput(QgsProcessingOutputString("FONT", tr("Font that the maps are set in")))

    def _declare_layers(self) -> None:
        self.add_input("MAP", "map", tr("Map"), tr("The farmland plots (YJJBNTTB or an older layer)."), optional=True)
        self.add_input(
            "UNITS", "units", tr("Administrative units"),
            tr("Townships (or villages, of which townships are made) with codes and names."), optional=True,
        )  # fmt: skip
        self.add_input(
            "VILLAGES", "units", tr("Villages"), tr("Villages, where they are a layer of their own (CJDCQ)."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "LANDUSE", "landuse", tr("Land survey"), tr("The plots of the land survey (DLTB), drawn below."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "VIOLATIONS", "violation", tr("Changes"),
            tr("The changes, best as the permits and violations tool has judged them (VIOLATIONS_OUT)."), optional=True,
        )  # fmt: skip
        self.add_input("PERMITS", "permit", tr("Permits"), tr("Approved land, drawn in the dossiers."), optional=True)
        self.add_input(
            "ZONES", "zone", tr("Zones"), tr("The responsibility zones, as drawn by the tool or by anyone."),
            optional=True,
        )  # fmt: skip
        self.add_input(
            "ROSTER", "roster", tr("Roster"), tr("Who answers for which zone, and what for (五定)."), TABLES, True
        )
        self.inputs = [
            replace(one, called="villages") if one.parameter == "VILLAGES" else one for one in self.inputs
        ]

    def _declare_words(self) -> None:
        for name, label, default, explained in (
            ("TITLE", tr("Title"), "", tr("{name} is the unit's name, {code} its code; empty is the usual title.")),
            ("COUNTY", tr("Name of the county"), "", tr("Stands before the names of townships, for example 示范县.")),
            ("UNIT", tr("Made by"), "", tr("The office that makes the maps.")),
            ("REVIEWER", tr("Reviewed by"), "", tr("Who reviewed the maps.")),
            ("DATA_DATE", tr("Date of the data"), "", tr("For example 2023-12-31; empty is what the layer says.")),
            ("CLASSIFICATION", tr("Classification mark"), _MARK, tr("Printed at the head; empty for none.")),
            ("FEATURES", tr("Only these"), "", tr("Codes of the pages wanted, or their beginnings, parted by commas.")),
        ):  # fmt: skip
            given = QgsProcessingParameterString(name, label, default, optional=True)
            given.setHelp(explained)
            self.addParameter(given)
        self.add_date("DATE", tr("Date of the map"), tr("Empty is today."))

    def _declare_paper(self) -> None:
        level = QgsProcessingParameterEnum("LEVEL", tr("A page for each"), list(LEVELS), False, "auto", False, True)
        level.setHelp(tr("auto: townships where there are any."))
        page = QgsProcessingParameterEnum("PAGE", tr("Paper"), list(PAGES), False, "auto", False, True)
        page.setHelp(tr("auto: A3, a dossier A4, a sheet A1; lying or standing as the shape of the feature asks for."))
        scale = QgsProcessingParameterNumber(
            "SCALE", tr("Scale 1:"), QgsProcessingParameterNumber.Type.Integer, 0, False, 0, 5_000_000
        )
        scale.setHelp(tr("0: the largest standard scale at which each feature fits."))
        dpi = QgsProcessingParameterNumber(
            "DPI", tr("Resolution (dpi)"), QgsProcessingParameterNumber.Type.Integer, 300, False, 36, 1200
        )
        dpi.setHelp(tr("Of pictures; the PDF's lines and texts have none."))
        font = QgsProcessingParameterString("FONT", tr("Font"), "", optional=True)
        font.setHelp(tr("A font on this machine; empty is the best Chinese one that there is."))
        template = QgsProcessingParameterFile("TEMPLATE", tr("Own template"), extension="qpt", optional=True)
        template.setHelp(tr("A layout with the same item ids as the plugin's own: map, title, legend, table …"))
        one = QgsProcessingParameterBoolean("ONE_FILE", tr("All pages in one file"), True)
        one.setHelp(tr("Else a PDF for every feature, named by its code and name, in a folder named as the PDF."))
        png = QgsProcessingParameterBoolean("PNG", tr("Pictures too"), False)
        png.setHelp(tr("A PNG of every page, in a folder named as the PDF."))
        pattern = QgsProcessingParameterBoolean("PATTERN", tr("Cultivated land by pattern"), False)
        pattern.setHelp(tr("Paddy, irrigated and dry land are told apart in print without colour, too."))
        keep = QgsProcessingParameterBoolean("KEEP_LAYOUT", tr("Add the layouts to the project"), True)
        keep.setHelp(tr("With the layers that they draw, in a group of their own; turn it off in batches."))
        for parameter in (level, page, scale):
            self.addParameter(parameter)
        personal = QgsProcessingParameterBoolean("PERSONAL_DATA", tr("Telephones in full"), False)
        personal.setHelp(tr("Else they are masked."))
        for parameter in (one, png, dpi, font, template, pattern, personal, keep):
            parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
            self.addParameter(parameter)

    def outputs_help(self) -> dict[str, str]:
        return {
            "PDF": tr("One PDF, or the folder with one for every feature."),
            "INDEX": tr("Page, key, title and file of every page: the atlas index of the five duties (五落实)."),
        }

    def crs(self) -> QgsCoordinateReferenceSystem:
        """The CRS of the maps: that of the first layer given, or a plane one where that is in degrees."""
        from redline.processing.layers import plane_crs

        return plane_crs(self.source(self.given()[0].parameter))

    # Running

    def process(
        self, parameters: dict[str, Any], context: QgsProcessingContext, progress: QgisProgress
    ) -> dict[str, Any]:
        from redline.core import atlas
        from redline.core.catalogue import text
        from redline.core.errors import InputError
        from redline.core.findings import Findings

        speech = language()
        if not self.given():
            raise InputError("atlas_no_layers", speech)
        self._stop_where_nowhere()
        kind = self.parameterAsEnumString(parameters, "KIND", context)
        read = Findings(speech)
        frames = self.read_frames(parameters, context, read, progress.step(share=0.15))
        work = QgsProject()
        work.setCrs(self.crs())
        prints, factor = self._templates(work, kind, parameters, context)
        settings = self._settings(kind, prints, parameters, context)
        contents = atlas.make(frames, settings, progress.step(text("step.atlas_pages", speech), 0.1), read)
        for note in contents.notes:
            progress.tell(note)
        press = self._press(work, contents, prints, factor, frames, parameters, context, progress.step(share=0.1))
        if press.lacking:
            progress.tell(text("atlas.no_table", speech, ids="、".join(press.lacking)))
        made = self._print(press, parameters, context, progress.step(share=0.6))
        outputs = self.write("INDEX", _index(contents, made), parameters, context, progress.step())
        if self.parameterAsBool(parameters, "KEEP_LAYOUT", context) and context.project() is not None:
            from redline.processing.maps.keep import keep

            keep(press, work, context.project())
        return {**outputs, "PDF": made.place, "PAGE_COUNT": made.count, "FONT": press.font}

    def _stop_where_nowhere(self) -> None:
        """Raise InputError for a layer without a coordinate system: its land would lie anywhere, or on no page."""
        from redline.core.errors import InputError

        for one in self.given():
            source = self.source(one.parameter)
            if not one.spatial or source.wkbType() == QgsWkbTypes.Type.NoGeometry:
                continue
            if not source.sourceCrs().isValid():
                raise InputError("atlas_no_crs", language(), layer=self.layer_name(one.parameter))

    def _templates(
        self, project: QgsProject, kind: str, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[dict[str, QgsPrintLayout], float]:
        """The layouts by side of the page, brought to the paper, and how they were enlarged."""
        from redline.core.standards.paper import page_size
        from redline.processing.maps import layouts

        speech, chosen = language(), self.parameterAsEnumString(parameters, "PAGE", context)
        own = self.parameterAsFile(parameters, "TEMPLATE", context)
        found: dict[str, QgsPrintLayout] = {}
        for path in [Path(own)] if own else sorted({layouts.template(kind, side) for side in SIDES}):
            layout = layouts.load(project, path, speech)
            width, height = layouts.size(layout)
            found.setdefault("landscape" if width >= height else "portrait", layout)
        long = max(layouts.size(next(iter(found.values()))))
        page = chosen if chosen != "auto" else "" if own else _USUAL_PAGES.get(kind, _USUAL_PAGE)
        factor = page_size(page)[0] / long if page else 1.0
        for layout in found.values():
            layouts.scale(layout, factor)
        return found, factor

    def _settings(
        self, kind: str, prints: Mapping[str, QgsPrintLayout], parameters: dict[str, Any],
        context: QgsProcessingContext,
    ) -> Settings:  # fmt: skip
        from redline.core.atlas import Settings

        def said(name: str) -> str:
            return str(self.parameterAsString(parameters, name, context)).strip()

        level = self.parameterAsEnumString(parameters, "LEVEL", context)
        codes = re.split(r"[,，、;；\s]+", said("FEATURES"))
        rooms = {}
        for side, layout in prints.items():
            room = layout.itemById("map").rect()
            rooms[side] = (room.width(), room.height())
        return Settings(
            kind, language(), rooms, "" if level == "auto" else level,
            self.parameterAsInt(parameters, "SCALE", context),
            tuple(filter(None, codes)), said("TITLE"), said("COUNTY"),
            personal=self.parameterAsBool(parameters, "PERSONAL_DATA", context),
            on_date=self.date(parameters, "DATE", context),
            to_lonlat=self._mover(context, True), to_plane=self._mover(context, False),
        )  # fmt: skip

    def _mover(self, context: QgsProcessingContext, to_degrees: bool) -> Points:
        """Moves points of the maps' system to degrees on its ellipsoid, or back."""
        from redline.core.geometry.crs import LONLAT
        from redline.processing.crs import crs_of, moved_points, transform

        own = self.crs()
        system = crs_of(own, context)
        degrees = QgsCoordinateReferenceSystem(LONLAT[system.ellipsoid if system else "cgcs2000"])
        way = transform(own, degrees, context) if to_degrees else transform(degrees, own, context)
        return lambda points: moved_points(points, way) if way is not None else points

    def _press(
        self, work: QgsProject, contents: Contents, prints: Mapping[str, QgsPrintLayout], factor: float,
        frames: Mapping[str, Frame], parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress,
    ) -> Press:  # fmt: skip
        from redline.processing.maps import layouts
        from redline.processing.maps.press import Look, Press

        font = self._font(parameters, context, progress)
        for layout in prints.values():
            layouts.set_font(layout, font)
        pattern = self.parameterAsBool(parameters, "PATTERN", context)
        look = Look(font, factor, language(), pattern)
        imprint = self._imprint(frames, parameters, context)
        return Press(work, contents, self.crs(), prints, look, imprint, progress)

    def _font(self, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress) -> str:
        """The font of the maps: the one asked for, else the best Chinese one. Raises InputError for an absent one."""
        from redline.core.catalogue import text
        from redline.core.errors import InputError
        from redline.processing.paper import chinese_font, has_font

        asked = str(self.parameterAsString(parameters, "FONT", context)).strip()
        found = chinese_font()
        if asked and not has_font(asked):
            raise InputError("atlas_font", language(), font=asked, other=found or "–")
        if not asked and not found:
            progress.tell(text("atlas.no_font", language()))
            return "Sans Serif"
        progress.tell(text("atlas.font", language(), font=asked or found))
        return asked or found

    def _imprint(
        self, frames: Mapping[str, Frame], parameters: dict[str, Any], context: QgsProcessingContext
    ) -> Imprint:
        from redline.core.catalogue import text
        from redline.processing.crs import crs_of
        from redline.processing.maps.press import Imprint

        speech = language()

        def said(name: str) -> str:
            return str(self.parameterAsString(parameters, name, context)).strip()

        day = self.date(parameters, "DATE", context)
        dated = text("atlas.day", speech, year=day.year, month=day.month, day=day.day)
        makers = [
            text(f"atlas.{name}", speech, value=value)
            for name, value in (("made_by", said("UNIT")), ("reviewed_by", said("REVIEWER")), ("made_on", dated))
            if value
        ]
        system = crs_of(self.crs(), context)
        lines = [_system(system, self.crs(), speech), text("atlas.unit", speech)]
        data = said("DATA_DATE") or _data_year(frames, speech)
        if data:
            lines.append(text("atlas.data_date", speech, value=data))
        return Imprint("\n".join(lines), "\n".join(makers), said("CLASSIFICATION"))

    def _print(
        self, press: Press, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> Made:
        from redline.processing.maps.printing import Order, print_pages

        order = Order(
            Path(self.parameterAsFileOutput(parameters, "PDF", context)),
            self.parameterAsBool(parameters, "ONE_FILE", context), self.parameterAsBool(parameters, "PNG", context),
            self.parameterAsInt(parameters, "DPI", context), language(),
        )  # fmt: skip
        return print_pages(press, order, progress)


def _system(system: Crs | None, crs: QgsCoordinateReferenceSystem, speech: str) -> str:
    """The coordinate system in the words that maps have for it."""
    from redline.core.catalogue import text

    if system is None or system.kind != "gauss":
        return crs.description() or crs.authid()
    datum = text("atlas.cgcs2000" if system.is_cgcs2000 else "atlas.xian80", speech)
    if system.ellipsoid == "cgcs2000" and not system.is_cgcs2000:
        datum = crs.description()
    width = text("atlas.zone_width", speech, width=system.zone_width) if system.zone_width else ""
    return text("atlas.projection", speech, datum=datum, width=width, meridian=f"{system.central_meridian:g}")


def _data_year(frames: Mapping[str, Frame], speech: str) -> str:
    """The year that nearly every plot of the map is of."""
    from redline.core.catalogue import text

    frame = frames.get("map")
    if frame is None or frame.cells is None:
        return ""
    field = frame.profile.match_fields(map(str, frame.cells.columns)).fields.get("SJNF")
    years = frame.cells[field].dropna().astype(str) if field else None
    if years is None or years.empty or years.value_counts(normalize=True).iloc[0] < 0.9:
        return ""
    return text("atlas.year", speech, year=years.value_counts().index[0])


def _index(contents: Contents, made: Made) -> pd.DataFrame:
    """The index table: every page printed by its key, and the plots that a page shows beside it."""
    import pandas as pd

    pages = contents.pages.merge(made.places, on="page")
    rows = pd.DataFrame({
        "page": pages["first"].astype(str), "key": pages["key"], "title": pages["title"], "file": pages["file"],
        "unit": pages["unit"], "scale": pages["scale_text"],
    })  # fmt: skip
    if contents.keys.empty:
        return rows
    more = contents.keys.merge(pages[["page", "first", "title", "file", "unit", "scale_text"]], on="page")
    listed = pd.DataFrame({
        "page": more["first"].astype(str), "key": more["key"], "title": more["title"], "file": more["file"],
        "unit": "", "scale": more["scale_text"],
    })  # fmt: skip
    return pd.concat([rows, listed], ignore_index=True)
