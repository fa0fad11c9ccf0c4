"""A layer or table against its standard: the fields that it has, their types and lengths, their values, its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from redline.core import repairs
from redline.core.checks import areas
from redline.core.checks.schema_columns import Part, read_column
from redline.core.checks.schema_rows import check_dates, check_rows
from redline.core.checks.schema_values import check_values
from redline.core.findings import Findings
from redline.core.frames import Frame
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import Field, FieldMatch

# A Shapefile holds no more than this, whatever the standard asks for.
_DBF_LENGTH = 254


@dataclass(frozen=True)
class Settings:
    """`alone` is False in an audit, where reading and the other checks tell of plot numbers, unit codes, identities,
    the order of dates, and what could not be read in the columns that they use."""

    alone: bool = True


def check(frame: Frame, findings: Findings, settings: Settings, progress: Progress) -> Result:
    """Test a source against its profile, field by field and row by row.

    `frame.cells` must hold all fields as they came. Rules R2001–R2018 (R2012 and R2013 where nobody told yet), and
    alone R5002, R5003 and R5006 too. What is wrong in nearly all rows is one finding with their number. Conditions of
    confidence M or L are warnings. Source: 质检规则 3101–3106, 6101 (DOMAIN §1, §2.4, §4).
    """
    parts = frame.parts or (frame,)
    unchecked: list[str] = []
    for one in parts:
        if one.cells is not None:
            part = Part(one, one.cells, findings, settings.alone)
            unchecked += _check_part(part, progress.step(share=1 / len(parts)))
    progress.update(1.0)
    return Result(findings, checked=len(frame), unchecked=unchecked, notes=[] if not settings.alone else frame.notes)


def check_sources(frames: Mapping[str, Frame], findings: Findings, progress: Progress) -> Result:
    """`check` for every source of an audit, beside the other checks."""
    results = [
        check(frame, findings, Settings(alone=False), progress.step(share=1 / len(frames))) for frame in frames.values()
    ]
    unchecked = [sentence for result in results for sentence in result.unchecked]
    return Result(findings, checked=len(frames["map"]) if "map" in frames else 0, unchecked=unchecked)


def _check_part(part: Part, progress: Progress) -> list[str]:
    """Check a layer or table; sentences on what could not be tested."""
    profile = part.frame.profile
    match = profile.match_fields(part.cells.columns)
    _fields(part, match)
    compared = {name for condition in profile.conditions for name in condition.fields}
    compared |= {name for group in profile.unique for name in group}
    fields = [one for one in profile.fields if one.name in match.fields]
    for number, one in enumerate(fields):
        progress.update(0.8 * number / len(fields))
        name = match.fields[one.name]
        column = read_column(one, part.cells[name], name, spelled=one.name in compared)
        part.columns[one.name] = column
        check_values(part, column)
    check_rows(part)
    if part.alone:
        check_dates(part)
        areas.identities(part.frame, part.findings)
    return _unchecked(part)


def _fields(part: Part, match: FieldMatch) -> None:
    """R2001 and R2017: which fields are missing or ambiguous; of a standard's own layers names and types too."""
    profile = part.frame.profile
    for one in profile.fields:
        known = one.name in match.fields or (one.canonical or one.name) in match.ambiguous
        wanted = one.required == "M" or (one.required == "C" and profile.normative)
        if wanted and not known and not _replaced(part, one, match):
            grave = one.required == "M" and profile.normative and one.confidence == "H"
            severity = "error" if grave else "warning"
            part.tell_of_layer("R2001", one.name, severity=severity, field=part.titled(one))
    for column, several in match.ambiguous.items():
        one = next(f for f in profile.fields if column in (f.canonical, f.name))
        part.tell_of_layer("R2017", one.name, actual=part.listed(several), expected=part.titled(one))
    if profile.normative:
        _optional_and_extra(part, match)
        _names_and_types(part, match)


def _replaced(part: Part, one: Field, match: FieldMatch) -> bool:
    """Is another field there that does as well: the key's substitute, or one of the same essential group?"""
    found = set(match.found)
    groups = [group for group in part.frame.profile.essential if one.canonical in group]
    return bool(one.canonical) and (one.canonical in found or any(found & set(group) for group in groups))


def _optional_and_extra(part: Part, match: FieldMatch) -> None:
    """R2001 and R2018, once each: the fields that may be missing and are, and those that the standard does not know."""
    ours = _own_fields(part)
    optional = [one for name, one in ours.items() if one.required == "O" and name not in match.fields]
    if optional:
        said = part.listed([part.titled(one) for one in optional])
        part.tell_of_layer("R2001", "", severity="info", field=said, count=len(optional))
    extra = [name for standard, name in match.fields.items() if standard not in ours]
    extra += [*match.unknown, *match.undecided]
    if extra:
        extra = [str(name) for name in part.cells.columns if name in extra]
        part.tell_of_layer("R2018", "", actual=part.listed(extra), difference=float(len(extra)), measure="count",
                           count=len(extra))  # fmt: skip


def _names_and_types(part: Part, match: FieldMatch) -> None:
    """R2004: fields that are not called as the standard calls them; then how each is kept."""
    ours = _own_fields(part)
    for standard, name in match.fields.items():
        if standard in ours:
            if name != standard:
                part.tell_of_layer("R2004", standard, actual=name, expected=part.titled(ours[standard]))
            _stored(part, ours[standard], name)


def _own_fields(part: Part) -> dict[str, Field]:
    """The fields that the standard itself has, by name; the others (X) are only understood."""
    return {one.name: one for one in part.frame.profile.fields if one.required != "X"}


def _stored(part: Part, one: Field, name: str) -> None:
    """R2014 and R2003: how the source keeps the field."""
    storage = part.frame.storage
    kept = storage.get(name)
    if kept is None or not kept.type or all(each.type == "text" for each in storage.values()):
        # Nobody knows, or the file (a CSV) keeps everything as text.
        return
    fits = {
        "text": ("text",), "integer": ("integer", "real"), "real": ("real", "integer"),
        "date": ("date", "text", "integer"),
    }[one.type]  # fmt: skip
    if kept.type not in fits:
        part.tell_of_layer(
            "R2014", one.name, severity="error" if repairs.is_code(one) else "warning", field=part.titled(one, name),
            actual=part.text(f"kind.{kept.type}"), expected=part.text(f"kind.{one.type}"),
        )  # fmt: skip
    elif kept.type == one.type == "text" and 0 < kept.length < min(one.length, _DBF_LENGTH):
        part.tell_of_layer(
            "R2003", one.name, actual=str(kept.length), expected=str(one.length), measure="count",
            field=part.titled(one, name), difference=float(kept.length - one.length),
            problem=part.text("schema.short", actual=kept.length, expected=one.length),
        )  # fmt: skip


def _unchecked(part: Part) -> list[str]:
    """Sentences on what could not be tested: values without rows, conditions whose fields are not there."""
    profile = part.frame.profile
    if not len(part.frame):
        return [part.text("unchecked.schema.no_rows", layer=part.frame.name)]
    wanted = {name for condition in profile.conditions for name in condition.fields}
    wanted |= {name for naming in profile.namings for name in (naming.code, naming.name)}
    lacking = [one.name for one in profile.fields if one.name in wanted - set(part.columns)]
    if not lacking or not profile.normative:
        return []
    return [part.text("unchecked.schema", role=part.role, fields=part.listed(lacking))]
