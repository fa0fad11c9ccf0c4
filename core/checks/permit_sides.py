"""The layers of the check of permits: every row named, every shape that can be mended made valid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks import permit_states as states
from redline.core.checks.ground import check_ground, shapeless
from redline.core.frames import Frame, labels
from redline.core.geometry.coverage import mended
from redline.core.progress import Progress
from redline.core.result import Result

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Shapes = npt.NDArray[np.object_]


class Side:
    """A layer of this check: every row named, every shape that can be mended made valid.

    What has no shape is R3001, or only counted in a sentence where the layer stands `around` what is looked at.
    """

    def __init__(self, frame: Frame, result: Result, progress: Progress | None = None, around: bool = False) -> None:
        self.frame = frame
        self.plane = frame.plane
        result.notes.extend(note for note in frame.notes if note not in result.notes)
        valid = check_ground(frame, result.findings, progress, shapeless=not around)
        if "key" not in frame.rows:
            frame.rows["key"] = ""
        self.names: Texts = labels(frame)
        shapes: Shapes = frame.rows["geometry"].to_numpy(dtype=object).copy()
        areal = (shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)
        bad = np.flatnonzero(areal & ~valid)
        shapes[bad] = mended(shapes[bad])
        shapes[~areal] = None
        self.shapes = shapes
        self.usable: Mask = ~shapely.is_missing(shapes)
        # Of a shape that had to be mended no area was measured.
        self.measured: Mask = self.usable & valid
        language = result.findings.language
        if around and (lost := int(shapeless(frame).sum())):
            result.unchecked.append(text("unchecked.shapeless", language, layer=frame.title(language), count=lost))
        if len(bad):
            frame.rows["geometry"] = pd.Series(shapes, index=frame.rows.index, dtype=object)
        self.role_name = frame.title(language)
        self.unit: Texts = frame.column("unit").to_numpy(dtype=object).copy()

    def __len__(self) -> int:
        return len(self.frame)


class Permits(Side):
    """Permits or applications, with the state of each."""

    def __init__(self, frame: Frame, result: Result, around: bool = False) -> None:
        super().__init__(frame, result, around=around)
        self.state = states.states(frame)
        self.temporary = states.temporary(frame)

    def rows_of(self, wanted: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Rows whose state is one of `wanted`."""
        return np.flatnonzero(np.isin(self.state, wanted))


def in_order_of_names(
    side: Side, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The rows of pairs turned so that each stands under the lesser of its two names, whatever the order of rows."""
    turned = np.array(side.names[left] > side.names[right], dtype=bool)
    return np.where(turned, right, left), np.where(turned, left, right)
