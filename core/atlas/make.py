"""Every kind of atlas by its name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from redline.core.atlas import sheet, township, violation, zone
from redline.core.atlas.contents import Atlas, Settings
from redline.core.catalogue import text
from redline.core.frames import Frame, labels
from redline.core.progress import Progress

_MAKERS = {
    "township": township.make, "index": township.make_index, "violation": violation.make, "sheet": sheet.make,
    "zone": zone.make,
}  # fmt: skip
KINDS = tuple(_MAKERS)
# The roles that the tables of a page list.
_LISTED = ("map", "zone", "violation")
_NAMED = 10


def make(frames: Mapping[str, Frame], settings: Settings, progress: Progress) -> Atlas:
    """The atlas of `settings.kind` over frames by role. Raises InputError where they do not do, Cancelled."""
    atlas = _MAKERS[settings.kind](frames, settings, progress)
    atlas.notes += [note for role in _LISTED if role in frames for note in _not_drawn(frames[role], settings.language)]
    return atlas


def _not_drawn(frame: Frame, language: str) -> list[str]:
    """What of a listed layer has no place on a map: a sum on a page must not fall short of the layer's in silence."""
    shapes = frame.rows["geometry"].to_numpy(dtype=object)
    lost = np.flatnonzero((shapely.get_dimensions(shapes) != 2) | shapely.is_empty(shapes))
    if not len(lost):
        return []
    keys = "、".join(map(str, labels(frame)[lost[:_NAMED]])) + ("…" if len(lost) > _NAMED else "")
    return [text("atlas.not_drawn", language, layer=frame.name, count=len(lost), keys=keys)]
