"""What a check says where it needs a value and has none: nothing stands there, or what does is no day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from redline.core.catalogue import text
from redline.core.frames import Frame


def unread(frame: Frame, column: str) -> npt.NDArray[np.object_]:
    """What stands in a column of days and cannot be read as one, "" for the other rows."""
    return frame.column(f"{column}_unread").fillna("").to_numpy(dtype=object)


def absence(frame: Frame, column: str, at: npt.NDArray[np.int64], language: str, called: str = "") -> list[str]:
    """Half a sentence for each of the rows `at` that lack a value in `column`, which the texts may call otherwise."""
    field = text(f"column.{called or column}", language)
    nothing = text("absence.none", language, field=field)
    return [
        text("absence.unread", language, field=field, value=value) if value else nothing
        for value in unread(frame, column)[at]
    ]
