"""Whether a permit stood when land was taken: states, days, temporary uses. What the dates do not tell is unknown."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.catalogue import text
from redline.core.checks.cases import where
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.standards import threshold
from redline.core.standards.permits import (
    ACCEPTED,
    APPROVED,
    LAPSED,
    REJECTED,
    REPORTED,
    UNDER_WAY,
    is_preliminary,
    is_temporary,
    may_serve,
    permit_state,
    purpose,
)

Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

COVERS, UNKNOWN, LATE, EXPIRED, NOTHING = "covers", "unknown", "late", "expired", "nothing"
"""What a permit is to a piece of changed land: it stood before; its dates do not tell; it came after; it had run out
(a temporary use); it was refused, had lapsed or is still under way."""

MAY_COVER = (APPROVED, "")
"""The states of permits that may cover land; of the last one nobody knows more."""

VOID = (REJECTED, LAPSED)
"""The states of permits that do not stand, and will not."""

@dataclass(frozen=True)
class Span:
    """Days that may be meant: `first` to `last`, NaT where nothing is said."""

    first: Days
    last: Days


def span(frame: Frame, column: str) -> Span:
    """The days of a column: a month alone may be any of its days."""
    first = frame.days(column)
    last = frame.days(f"{column}_last") if f"{column}_last" in frame.rows else first
    return Span(first, last)


def turned(frame: Frame) -> tuple[Mask, Mask]:
    """Masks of the permits that were accepted after their approval, and approved after their last day."""
    accepted, approved = span(frame, "accepted"), span(frame, "approved")
    with np.errstate(invalid="ignore"):
        return accepted.first > approved.last, approved.first > span(frame, "expires").first


def states(frame: Frame) -> Texts:
    """The state of every permit: as its status says; without one, approved where it has a day or number of approval,
    accepted where it has only a day of acceptance, else "". An approved preliminary review is on its way only."""
    said = frame.column("status").map(lambda word: permit_state(str(word))).to_numpy(dtype=object)
    approved = ~np.isnat(frame.days("approved")) | (frame.column("approval") != "").to_numpy()
    accepted = ~np.isnat(frame.days("accepted"))
    silent = (frame.column("status") == "").to_numpy()
    state = np.select([~silent, approved, accepted], [said, APPROVED, ACCEPTED], "").astype(object)
    # What is approved of a preliminary review is no more than that the way goes on.
    return np.where(preliminary(frame) & (state == APPROVED), REPORTED, state)


def yet_to_come(frame: Frame, on_date: datetime.date) -> Mask:
    """Mask of what is called approved on a day after `on_date`, whichever day of a month is meant: a fault of the data,
    so that no time can be counted from it."""
    return np.asarray((states(frame) == APPROVED) & (span(frame, "approved").first > np.datetime64(on_date, "D")))


def tell_yet_to_come(frame: Frame, findings: Findings, on_date: datetime.date) -> None:
    """R7021: approved after the day for which the check stands."""
    language, at = findings.language, np.flatnonzero(yet_to_come(frame, on_date))
    findings.add(
        "R7021", frame.role, labels(frame)[at], related="on_date", **where(frame, at), of=len(frame),
        role_name=frame.title(language), first=text("column.approved", language), second=text("day.check", language),
        expected=span(frame, "approved").first[at].astype(str), actual=on_date.isoformat(),
    )  # fmt: skip


def temporary(frame: Frame) -> Mask:
    """Mask of the permits of temporary use, by kind, purpose or project, or by what their layer is called."""
    words = [frame.column(name) for name in ("kind", "purpose", "project")]
    found = [is_temporary(*map(str, texts)) for texts in zip(*words)] if len(frame) else []
    return np.array(found, dtype=bool) | _of_layers(frame, is_temporary)


def preliminary(frame: Frame) -> Mask:
    """Mask of what lets nobody build yet (用地预审与选址), by kind, or by what its layer is called."""
    found = [is_preliminary(str(kind)) for kind in frame.column("kind")]
    return np.array(found, dtype=bool) | _of_layers(frame, is_preliminary)


def _of_layers(frame: Frame, says: Callable[[str], bool]) -> Mask:
    """Mask of the rows of layers whose name says so."""
    parts = frame.parts or (frame,)
    return np.repeat([says(part.name) for part in parts], [len(part) for part in parts]).astype(bool)


def standing(state: Texts, approved: Span, expires: Days, before: Days, changed: Span, temporary: Mask) -> Texts:
    """What each permit is to each change (row-wise): one of COVERS, UNKNOWN, LATE, EXPIRED, NOTHING.

    `changed` is the day of the later image, by which the land was taken: an approval up to that day covers the change
    (DOMAIN §5.3, approval ≤ t1), a temporary use that had run out by then does not. One without a last day has run out
    after the longest term that there is, and until then nobody knows. Any other permit had to be taken up by its last
    day: it had lapsed where that lies `before` the earlier image. UNKNOWN where a day is missing, months leave it open
    or nobody understands the status.
    """
    known = ~np.isnat(approved.first) & ~np.isnat(changed.last)
    with np.errstate(invalid="ignore"):
        stood = known & (approved.last <= changed.first) & (state == APPROVED)
        after = known & (approved.first > changed.last)
        endless = temporary & np.isnat(expires)
        expires = np.where(endless, later_by(approved.last, threshold("temporary_use_long_years").value), expires)
        run_out = ~np.isnat(expires) & ~np.isnat(changed.first) & (expires < changed.first)
        # Taken while it stood, and still in use when it had run out.
        maybe = ~np.isnat(expires) & ~np.isnat(changed.last) & ~run_out & ((expires < changed.last) | endless)
        lapsed = stood & run_out & ~temporary & (expires < before)
    return np.select(
        [~np.isin(state, MAY_COVER) | lapsed, after, stood & run_out & temporary, stood & ~run_out & ~maybe],
        [NOTHING, LATE, EXPIRED, COVERS],
        UNKNOWN,
    ).astype(object)


def standing_of(
    frame: Frame, state: Texts, temporary: Mask, permit: npt.NDArray[np.int64], before: Days, changed: Span,
    change: npt.NDArray[np.int64],
) -> Texts:  # fmt: skip
    """`standing` of pairs: rows of the permits in `frame`, and rows of the changes taken after `before`, by `changed`.

    Where days are turned round, one of them is wrong: the approval may have come at any later time.
    """
    approved, expires = span(frame, "approved"), span(frame, "expires").first
    approved = Span(approved.first, np.where(np.logical_or(*turned(frame)), np.datetime64("NaT"), approved.last))
    return standing(
        state[permit], Span(approved.first[permit], approved.last[permit]), expires[permit], before[change],
        Span(changed.first[change], changed.last[change]), temporary[permit],
    )  # fmt: skip


def pending(state: Texts, accepted: Span, changed: Span) -> tuple[Mask, Mask]:
    """Masks (row-wise): the application was accepted by the later image; nobody can tell whether it was.

    Refused and lapsed ones do not count.
    """
    counts = ~np.isin(state, VOID)
    known = ~np.isnat(accepted.first) & ~np.isnat(changed.last)
    with np.errstate(invalid="ignore"):
        by_then = counts & known & (accepted.last <= changed.first)
        later = known & (accepted.first > changed.last)
    return by_then, counts & ~by_then & ~later


def under_way(state: Texts) -> Mask:
    """Mask of what is an application still, among permits."""
    return np.isin(state, UNDER_WAY)


def later_by(days: Days, years: float) -> Days:
    """The day so many years later, by the calendar; the last of the month where that has no such day."""
    month = days.astype("datetime64[M]")
    target = month + round(years * 12)
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(target.astype("datetime64[D]") + (days - month.astype("datetime64[D]")), last)


def other_use(permits: pd.Series, changes: pd.Series) -> Mask:
    """Mask (row-wise): the change is of a kind (TBLX) that cannot serve the permitted purpose; False where either does
    not tell."""
    allowed = [may_serve(str(kind)) for kind in changes]
    purposes = [purpose(str(text)) for text in permits]
    return np.array([bool(a) and bool(p) and p not in a for a, p in zip(allowed, purposes)], dtype=bool)
