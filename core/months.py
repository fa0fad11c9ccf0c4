"""Months as people name them: "2026-01..2026-06", "2026年1月至6月", "2026", "2026-01、2026-03"."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from redline.core.errors import InputError
from redline.core.text import fold

Months = npt.NDArray[np.datetime64]

MOST = 120
"""No more months than these ten years are looked at in one run."""

_MONTH = r"(?P<{0}year>(?:19|20|21)\d{{2}})(?:[-./年]?(?P<{0}month>0[1-9]|1[0-2]|[1-9])月?|年)?"
_ONE = re.compile(_MONTH.format(""))
_RANGE = re.compile(
    _MONTH.format("first_") + r"(?:\.{2,}|~|-+|至|到)"
    r"(?:" + _MONTH.format("last_") + r"|(?P<same_month>0?[1-9]|1[0-2])月?)"
)
_PARTS = re.compile(r"[,;、]+")


def months(said: str, language: str) -> Months:
    """The months that a text names, datetime64[M], each once and sorted; none for an empty text.

    Raises InputError where a part of it is no month, ends before it begins, or names more than `MOST`.
    """
    found: set[np.datetime64] = set()
    for part in filter(None, _PARTS.split(re.sub(r"\s", "", fold(said)))):
        first, last = _span(part, language)
        if last < first:
            raise InputError("months_reversed", language, months=part)
        if (last - first).astype(int) >= MOST:
            raise InputError("months_many", language, months=part, most=MOST)
        found.update(np.arange(first, last + np.timedelta64(1, "M")))
    if len(found) > MOST:
        raise InputError("months_many", language, months=said, most=MOST)
    return np.array(sorted(found), dtype="datetime64[M]")


def _span(part: str, language: str) -> tuple[np.datetime64, np.datetime64]:
    one, span = _ONE.fullmatch(part), _RANGE.fullmatch(part)
    if one:
        return _month(one["year"], one["month"] or "1"), _month(one["year"], one["month"] or "12")
    if not span or (span["same_month"] and not span["first_month"]):
        raise InputError("months_unreadable", language, months=part)
    year = span["last_year"] or span["first_year"]
    last = span["same_month"] or span["last_month"] or "12"
    return _month(span["first_year"], span["first_month"] or "1"), _month(year, last)


def _month(year: str, month: str) -> np.datetime64:
    return np.datetime64(f"{int(year):04d}-{int(month):02d}", "M")
