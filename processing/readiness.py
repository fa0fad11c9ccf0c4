"""How far a role of an audit is provided for: ready, ambiguous, missing or a problem, and why in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from redline.core.audit import CHECKS
from redline.core.catalogue import text
from redline.core.frames import READ
from redline.core.standards import Profile, profile
from redline.processing.folder import Candidate

STATES = ("ready", "ambiguous", "missing", "problem")
_SURE, _CLOSE = 0.4, 0.1


@dataclass(frozen=True)
class Readiness:
    """`state` is one of STATES, `why` a sentence for people."""

    state: str
    why: str


def judge(
    role: str, chosen: Sequence[Candidate], others: Sequence[Candidate], fields: Mapping[str, str], speech: str
) -> Readiness:
    """How far the sources `chosen` for a role will do. `others` are all that there are, `fields` the canonical columns
    for which a field was chosen by hand."""
    empty = next((one for one in others if one.role == role and one.count == 0), None)
    if not chosen and empty is not None:
        return Readiness("problem", text("unchecked.no_rows", speech, layer=empty.name, file=empty.where(speech)))
    if not chosen:
        needed = [text(f"step.{check.id}", speech) for check in CHECKS if role in (*check.needs, *check.one_of)]
        if not needed:
            return Readiness("missing", text("readiness.optional", speech))
        return Readiness("missing", text("readiness.missing", speech, checks="、".join(needed)))
    for candidate in chosen:
        problem = _problem(role, candidate, fields, speech)
        if problem:
            return Readiness("problem", problem)
    for candidate in chosen:
        doubt = _doubt(role, candidate, fields, speech)
        if doubt:
            return Readiness("ambiguous", doubt)
    rivals = [one.name for one in others if _rivals(one, role, chosen)]
    if rivals:
        return Readiness("ambiguous", text("readiness.rivals", speech, names="、".join(rivals)))
    rows = sum(max(candidate.count, 0) for candidate in chosen)
    kind = profile_of(role, chosen[0])
    return Readiness("ready", text("readiness.ready", speech, count=rows, profile=kind.title[speech]))


def profile_of(role: str, candidate: Candidate) -> Profile:
    """The profile by which a source is read in a role."""
    guessed = next((one for name, one, _ in candidate.guesses if name == role), "")
    return profile(guessed or candidate.as_role(role).profile)


def _problem(role: str, candidate: Candidate, fields: Mapping[str, str], speech: str) -> str:
    named = {"layer": candidate.name, "file": candidate.where(speech)}
    if candidate.count == 0:
        return text("unchecked.no_rows", speech, **named)
    if not candidate.flat and not candidate.crs.isValid():
        return text("readiness.no_crs", speech, **named)
    wrong = [name for name in fields.values() if name not in candidate.fields]
    if wrong:
        return text("readiness.no_field", speech, field="、".join(wrong), **named)
    # What has a shape can be found by its place; the map's plots and rows of tables are known by their numbers alone.
    return _nameless(role, candidate, fields, speech) if candidate.flat or role == "map" else ""


def _nameless(role: str, candidate: Candidate, fields: Mapping[str, str], speech: str) -> str:
    """A sentence where a source has nothing by which its rows are known; "" where it has."""
    kind = profile_of(role, candidate)
    match = kind.match_fields(sorted(candidate.fields))
    has = {*match.found, *match.ambiguous, *fields}
    known = kind.essential[0] if kind.essential else ()
    if role == "table" or not known or has & {*known} or (kind.fallback_key and has >= {*kind.fallback_key}):
        return ""
    return text(
        "readiness.essential", speech, layer=candidate.name, file=candidate.where(speech),
        fields=_title(kind, known[0], speech),
    )  # fmt: skip


def _doubt(role: str, candidate: Candidate, fields: Mapping[str, str], speech: str) -> str:
    if role == "table":
        return ""
    kind = profile_of(role, candidate)
    several = kind.match_fields(sorted(candidate.fields)).ambiguous
    for column, names in several.items():
        if column in READ and column not in fields:
            return text(
                "readiness.fields", speech, layer=candidate.name, field=_title(kind, column, speech),
                names="、".join(names),
            )  # fmt: skip
    return _nameless(role, candidate, fields, speech)


def _rivals(one: Candidate, role: str, chosen: Sequence[Candidate]) -> bool:
    """Is this a source that may as well be meant, and no part of those chosen?"""
    ids = {candidate.id for candidate in chosen}
    best = max(candidate.score for candidate in chosen)
    close = one.role == role and one.score >= _SURE and best - one.score < _CLOSE
    return close and one.id not in ids and role != "units" and one.count != 0


def _title(kind: Profile, column: str, speech: str) -> str:
    wanted = kind.field(column)
    return wanted.title[speech] if wanted else text("column.key", speech) if column == "key" else column
