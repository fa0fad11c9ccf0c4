"""The official tables (现状登记表, 现状汇总表, 保护责任一览表): made from the map, levelled, laid out as forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import areas, joining
from redline.core.checks.ground import check_ground
from redline.core.checks.units import unit_names
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.geometry.crs import Crs
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.tables.duties import with_register
from redline.core.tables.forms import Form, Imprint, forms
from redline.core.tables.outputs import outputs
from redline.core.tables.records import collect
from redline.core.tables.tables import Tables, tabulate
from redline.core.units import format_area, unit_name

__all__ = ["Form", "Imprint", "Settings", "Tables", "check", "forms", "make"]

# A note names so many units; the tables show them all.
_NAMED = 6


@dataclass(frozen=True)
class Settings:
    """The unit of area that tables are printed in ("m2", "mu", "ha"), the CRS that the frames' shapes are in, and what
    the one county of the tables is called where the layers do not name it."""

    unit: str = "mu"
    crs: Crs | None = None
    county: str = ""


def check(
    frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress
) -> tuple[Tables, Result]:
    """The tables of "map" ("landuse", "units", "register" optional), and what spoils them.

    Result tables: see `outputs`. Rules R1003, R2005, R2009, R3001, R3002, R5003–R5005, R5007, R6026. Frames are brought
    to one reading in place. Source: DOMAIN §3.5, §4.4.
    """
    frame = frames["map"]
    joining.settle_keys(frame, None, findings)
    check_ground(frame, findings, progress.step(share=0.1))
    if "landuse" in frames:
        # What is invalid there covers nothing, and the plots on it would seem to have no land use.
        check_ground(frames["landuse"], findings, progress.step(share=0.1))
    joining.report_missing_keys(frame, findings)
    joining.report_duplicates(frame, unit_names(frames), findings)
    for column in ("plot_area", "farmland_area"):
        if column in frame.rows:
            areas.settle_unit(frame, column, frame.rows["geometry_area"].to_numpy(dtype=float), findings)
    areas.identities(frame, findings)
    if "register" in frames:
        joining.settle_keys(frames["register"], frame, findings)
    progress.update(0.3)
    tables, notes = make(frames, findings, settings, progress.step())
    notes = [*(note for read in frames.values() for note in read.notes), *notes]
    unchecked = [text("unchecked.landuse", findings.language)] if "landuse" not in frames else []
    return tables, Result(
        findings, outputs(tables, findings.language), checked=len(tables.plots), unchecked=unchecked, notes=notes
    )


def make(
    frames: Mapping[str, Frame], findings: Findings, settings: Settings, progress: Progress
) -> tuple[Tables, list[str]]:
    """The tables of frames whose numbers and units of area are settled, and what was levelled, in sentences."""
    records = collect(frames, settings.crs, findings, progress.step(share=0.6))
    tables = tabulate(records, settings.unit, unit_names(frames))
    tables.rows = _with_county(tables.rows, settings.county)
    tables.plots = with_register(tables.plots, frames.get("register"))
    progress.update(1.0)
    return tables, [*records.notes, *_nameless(tables, findings.language), _levelled(tables, findings.language)]


def _with_county(rows: pd.DataFrame, county: str) -> pd.DataFrame:
    """The rows with the county's name where it is the only one and has none."""
    counties = rows["level"] == "county"
    nameless = counties & (rows["unit_name"] == "") & (counties.sum() == 1)
    return rows.assign(unit_name=rows["unit_name"].mask(nameless, county))


def _nameless(tables: Tables, language: str) -> list[str]:
    """The units that are printed with their code for a name; the county's own name may be given beside."""
    rows = tables.rows[(tables.rows["unit_name"] == "") & tables.rows["level"].isin(("township", "village"))]
    codes = "、".join(rows["unit"].iloc[:_NAMED]) + ("…" if len(rows) > _NAMED else "")
    return [text("note.nameless", language, count=len(rows), codes=codes)] if len(rows) else []


def _levelled(tables: Tables, language: str) -> str:
    """What was rounded and spread, for the report."""
    top = tables.rows["level"] == tables.rows["level"].iloc[0]
    net = int(tables.exact_classes[top].to_numpy().sum())
    gross = net + int(tables.exact_deducted[top].sum())
    return text(
        "note.levelled", language, unit=unit_name(tables.unit, language), exact=format_area(net),
        net=f"{int(tables.farmland[top].sum()) / 100:,.2f}", total=format_area(gross, tables.unit),
        villages=tables.plots["leaf"].nunique(),
    )  # fmt: skip
