"""Every kind of atlas by its name."""

from __future__ import annotations

from collections.abc import Mapping

from redline.core.atlas import sheet, township, violation, zone
from redline.core.atlas.contents import Atlas, Settings
from redline.core.frames import Frame
from redline.core.progress import Progress

_MAKERS = {
    "township": township.make, "index": township.make_index, "violation": violation.make, "sheet": sheet.make,
    "zone": zone.make,
}  # fmt: skip
KINDS = tuple(_MAKERS)


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """The atlas of `settings.kind` over frames by role. Raises InputError where they do not do, Cancelled."""
    return _MAKERS[settings.kind](frames, settings, progress)
