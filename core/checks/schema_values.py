"""The values of one field against its standard: readable, filled in, of its length, list, digits and range."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from redline.core import repairs
from redline.core.checks.schema_columns import Column, Part, Texts, most_frequent, presentable, severity_at, where
from redline.core.findings import is_wide
from redline.core.frames import CODES
from redline.core.mending import changes
from redline.core.standards import class_code, domain, land_classes, scheme_title, schemes

# Share of a field's codes from which they are taken to be of another scheme.
_NEARLY_ALL = 0.9
# Lists of so many codes are written out, so that the right one is seen at once.
_SHORT_LIST = 12


def check_values(part: Part, column: Column) -> None:
    """R2002, R2003, R2005–R2007, R2010, R2012 and R2013; rows that break a rule are `wrong` for those after it."""
    one = column.field
    _unreadable(part, column)
    _mended(part, column)
    if one.required == "M" and (part.alone or (part.frame.profile.normative and one.canonical != "key")):
        _missing(part, column)
    if one.type == "text":
        _too_long(part, column)
        _cut_off(part, column)
    if one.domain:
        _unlisted(part, column)
    if one.constant:
        _unlike_the_others(part, column)
    if one.digits and (part.alone or one.canonical != "unit"):
        _digits(part, column)
    if one.canonical != "deduction_factor":
        _range(part, column)


def _unreadable(part: Part, column: Column) -> None:
    """R2002 and R2013, where reading has not told of them already."""
    if not _told_by_reading(part, column):
        expected = part.text("kind.date" if column.field.type == "date" else "kind.number")
        part.tell("R2002", column.wrong, column, related=column.field.canonical, expected=expected)
        part.tell("R2013", column.lost, column, related=column.field.canonical)


def _mended(part: Part, column: Column) -> None:
    """R2012: text with characters that nobody sees or means."""
    if _told_by_reading(part, column) and column.field.canonical in CODES:
        return
    if not repairs.may_mend(part.frame, column.field):
        return
    better = repairs.mended(column.field, column.raw, column.cleaned)
    bad = ~pd.isna(better)
    count = int(bad.sum())
    if count:
        examples = presentable(column.field, column.raw[bad].astype(str)).sort_values()
        part.findings.add(
            "R2012", part.frame.role, "", related=column.field.canonical or column.field.name, actual=str(count),
            difference=float(count), measure="count", role_name=part.role, field=column.name,
            example=examples.iloc[0],
            changes=changes(column.raw[bad].tolist(), better[bad].tolist(), part.findings.language),
        )  # fmt: skip


def _told_by_reading(part: Part, column: Column) -> bool:
    # The table check tells of every figure of a summary table, cell by cell.
    told = part.frame.role == "table" or column.name in part.frame.fields.values()
    return not part.alone and told


def _missing(part: Part, column: Column) -> None:
    """R2005: what the standard demands of every row."""
    severity = severity_at(column.field.confidence)
    part.tell("R2005", column.missing, column, severity=severity, sentence="schema.missing")


def _too_long(part: Part, column: Column) -> None:
    """R2003: values longer than the standard allows."""
    one = column.field
    if not one.length:
        return
    bad = column.sound & where(column.text, lambda value: len(value) > one.length)
    problem = [
        part.text("schema.long", actual=len(value), expected=one.length, value=said)
        for value, said in zip(column.text[bad], presentable(one, column.raw[bad].astype(str)))
    ]
    severity = severity_at(one.confidence)
    part.tell("R2003", bad, column, severity=severity, problem=problem, expected=str(one.length))
    column.wrong |= bad


def _cut_off(part: Part, column: Column) -> None:
    """R2003: values that look cut off by their field's width."""
    kept = part.frame.storage.get(column.name)
    if kept is None or not kept.length or repairs.is_code(column.field):
        return
    raw = column.raw.to_numpy(dtype=object)
    full = ~column.wrong & where(raw, lambda value: _fills(value, kept.length, kept.in_bytes))
    problem = [part.text("schema.full", value=said) for said in presentable(column.field, column.raw[full])]
    part.tell("R2003", full, column, problem=problem)


def _fills(value: str, length: int, in_bytes: bool) -> bool:
    """Does text that is no code fill its field to the end, in characters or in the bytes of GBK or UTF-8?"""
    if value.isascii():
        return False
    if value.endswith("\ufffd") or not in_bytes:
        return value.endswith("\ufffd") or len(value) >= length
    gbk, utf8 = len(value.encode("gb18030", "replace")), len(value.encode("utf-8", "replace"))
    return length - 1 <= gbk <= length or length - 2 <= utf8 <= length


def _unlisted(part: Part, column: Column) -> None:
    """R2006: values of a code list or of a scheme of land classes."""
    one, language = column.field, part.findings.language
    if one.domain in schemes():
        exactly = part.frame.profile.normative
        known = where(column.text, lambda value: _is_class(value, one.domain, exactly))
        title, confidence, listing = scheme_title(one.domain)[language], "H", ""
    else:
        listed = domain(one.domain)
        known, title = where(column.text, listed.__contains__), listed.title[language]
        confidence, short = listed.confidence, len(listed.values) <= _SHORT_LIST
        listing = part.listed(list(listed.values)) if short else ""
    bad = column.sound & ~known
    expected = part.text("schema.codes" if listing else "schema.list", list=title, codes=listing)
    if one.domain in schemes() and is_wide(int(bad.sum()), len(bad)):
        other = _scheme_of(pd.unique(column.text[bad]), one.domain)
        if other:
            expected = part.text("schema.other_scheme", list=title, other=scheme_title(other)[language])
    part.tell("R2006", bad, column, severity=severity_at(one.confidence, confidence), expected=expected)
    column.wrong |= bad


def _is_class(value: str, scheme: str, exactly: bool) -> bool:
    """Is this a code of the scheme without finer ones below it? Usage (not `exactly`) may say it in words."""
    if not exactly:
        return class_code(value, scheme) != ""
    classes = land_classes(scheme)
    finer = len(value) <= 2 and any(code != value and code.startswith(value) for code in classes)
    return value in classes and not finer


def _scheme_of(values: Texts, scheme: str) -> str:
    """The other scheme that has nearly all of these codes, "" where none has."""
    fit = {other: np.mean([value in land_classes(other) for value in values]) for other in schemes() if other != scheme}
    best = max(fit, key=lambda other: fit[other])
    return best if fit[best] >= _NEARLY_ALL else ""


def _unlike_the_others(part: Part, column: Column) -> None:
    """R2006: a field that has one value in the whole layer."""
    usual = most_frequent(column.text[column.sound])
    bad = column.sound & (column.text != usual)
    part.tell("R2006", bad, column, severity="warning", expected=part.text("schema.one_value", value=usual))


def _digits(part: Part, column: Column) -> None:
    """R2010: a code has the digits of its level."""
    digits = column.field.digits
    good = re.compile("|".join(rf"\d{{{count}}}" for count in digits), re.ASCII)
    bad = column.sound & where(column.text, lambda value: good.fullmatch(value) is None)
    said = part.text("schema.or").join(map(str, digits))
    problem = part.text("schema.not_digits", digits=said)
    severity = severity_at(column.field.confidence)
    part.tell("R2010", bad, column, severity=severity, problem=problem, expected=said)
    column.wrong |= bad


def _range(part: Part, column: Column) -> None:
    """R2007: the limits that the standard sets; coefficients are R5006."""
    one, numbers = column.field, column.numbers
    if numbers is None or (one.minimum is None and one.maximum is None):
        return
    bad, said = np.zeros(len(numbers), dtype=bool), []
    with np.errstate(invalid="ignore"):
        if one.minimum is not None:
            bad |= (numbers <= one.minimum) if one.minimum_open else (numbers < one.minimum)
            limit = "schema.range_over" if one.minimum_open else "schema.range_from"
            said.append(part.text(limit, minimum=f"{one.minimum:g}"))
        if one.maximum is not None:
            bad |= (numbers >= one.maximum) if one.maximum_open else (numbers > one.maximum)
            limit = "schema.range_below" if one.maximum_open else "schema.range_to"
            said.append(part.text(limit, maximum=f"{one.maximum:g}"))
    expected = part.text("schema.and").join(said)
    part.tell("R2007", bad, column, severity=severity_at(one.confidence), expected=expected)
    column.wrong |= bad
