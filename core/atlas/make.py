"""Every kind of atlas by its name."""

from __future__ import annotations

from collections.abc import Mapping

from redline.core.atlas import remarks, sheet, township, violation, zone
from redline.core.atlas.contents import Atlas, Settings
from redline.core.catalogue import text
from redline.core.codes import LEVELS
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress

_MAKERS = {
    "township": township.make, "index": township.make_index, "violation": violation.make, "sheet": sheet.make,
    "zone": zone.make,
}  # fmt: skip
KINDS = tuple(_MAKERS)
# The roles that the tables of a page list.
_LISTED = ("map", "zone", "violation")
_NAMED = 10


def make(
    frames: Mapping[str, Frame], settings: Settings, progress: Progress, read: Findings | None = None
) -> Atlas:
    """The atlas of `settings.kind` over frames by role; its notes tell what `read` found while they were read, and
    what of them is not on its pages. Raises InputError where they do not do, Cancelled."""
    told = remarks.of_sources(frames, settings, read or Findings(settings.language), progress.step(share=0.1))
    made = _MAKERS[settings.kind](frames, settings, progress.step(share=0.9))
    made.notes += [*told, *remarks.of_pages(made, settings)]
    made.title = _title(made, settings)
    return made


def _title(made: Atlas, settings: Settings) -> str:
    """The title of the whole: that of a single page, else one for the county of all pages."""
    if len(made.pages) == 1:
        return str(made.pages["title"].iloc[0])
    counties = {unit[: LEVELS["county"]] for unit in made.pages["unit"] if unit}
    name = settings.county or (made.names.get(counties.pop(), "") if len(counties) == 1 else "")
    return text(f"atlas.book.{settings.kind}", settings.language, name=name).strip(" ,")
