"""The fields of a row against one another: numbers given once, names of codes, conditions, the order of dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate

import numpy as np
import pandas as pd

from redline.core import codes
from redline.core.checks import joining
from redline.core.checks.schema_columns import Mask, Part, most_frequent, severity_at, where
from redline.core.findings import is_wide
from redline.core.standards import Clause, Condition, Naming, Prefix, class_code, land_classes, schemes


def check_rows(part: Part) -> None:
    """R2009, R2011, R2016, R2005 and R2015, of the fields that are there."""
    profile = part.frame.profile
    key = profile.field("key")
    for group in profile.unique:
        if key is not None and group == (key.name,):
            # A sheet's plot number may do for the key.
            if part.alone and part.frame.has("key"):
                joining.report_duplicates(part.frame, {}, part.findings)
        elif part.has(*group):
            _unique(part, group)
    for naming in profile.namings:
        if part.has(naming.code, naming.name):
            _named(part, naming)
    for prefix in profile.prefixes:
        if part.has(prefix.field, prefix.of):
            _within(part, prefix)
    for condition in profile.conditions:
        if part.has(*condition.fields):
            _condition(part, condition)


def check_dates(part: Part) -> None:
    """R2008: a period begins before it ends."""
    frame = part.frame
    if not frame.has("start", "end"):
        return
    start = frame.rows["start"].to_numpy(dtype="datetime64[D]")
    end = frame.rows["end"].to_numpy(dtype="datetime64[D]")
    bad = start > end
    days = (end[bad] - start[bad]).astype(float)
    part.findings.add(
        "R2008", frame.role, part.names[bad], unit=frame.column("unit")[bad],
        unit_name=frame.column("unit_name")[bad], expected=start[bad].astype(str), actual=end[bad].astype(str),
        difference=days, measure="days", geometry=part.shapes(np.flatnonzero(bad)),
    )  # fmt: skip


def _unique(part: Part, group: Sequence[str]) -> None:
    """R2009: one number, one row."""
    columns = [part.columns[name] for name in group]
    whole = np.flatnonzero(np.logical_and.reduce([(column.text != "") & ~column.lost for column in columns]))
    values = np.array(["/".join(row) for row in zip(*(column.text[whole] for column in columns))], dtype=object)
    counts = pd.Series(whole).groupby(values).agg(["size", "first"])
    counts = counts[counts["size"] > 1]
    names = "+".join(map(part.called, columns))
    said = [
        part.text("schema.twice", role=part.role, fields=names, key=value, count=count)
        for value, count in counts["size"].items()
    ]
    part.findings.add(
        "R2009", part.frame.role, counts.index, related="+".join(group), actual=counts["size"].astype(str),
        expected="1", difference=counts["size"] - 1.0, measure="count", message=said,
        geometry=part.shapes(counts["first"].to_numpy(dtype=np.int64)),
    )  # fmt: skip


def _named(part: Part, naming: Naming) -> None:
    """R2011: the name of the land class, or the name that most rows give to the same code."""
    code, name = part.columns[naming.code], part.columns[naming.name]
    both = code.sound & name.sound
    scheme = code.field.domain
    if scheme in schemes():
        pairs = pd.Series(list(zip(code.text, name.text)), dtype=object)
        answers = {pair: _right_name(pair[0], pair[1], scheme) for pair in pd.unique(pairs[both])}
        severity = severity_at(naming.confidence)
    else:
        pairs = pd.Series(code.text, dtype=object)
        usual = pd.Series(name.text[both], dtype=object).groupby(code.text[both]).agg(most_frequent)
        answers, severity = usual.to_dict(), "warning"
    expected = pairs.map(lambda pair: answers.get(pair, "")).to_numpy(dtype=object)
    bad = both & (expected != "") & (expected != name.text)
    part.tell(
        "R2011", bad, name, severity=severity, expected=expected[bad], code=code.text[bad], other=part.called(code)
    )


def _right_name(code: str, name: str, scheme: str) -> str:
    """The name of a code's class where `name` does not say it, else `name`; "" where the code has none."""
    classes = land_classes(scheme)
    if code not in classes:
        return ""
    return name if class_code(name, scheme) in (code, code.rstrip("K")) else classes[code].zh


def _within(part: Part, prefix: Prefix) -> None:
    """R2016: a code that begins with another one."""
    inner, outer = part.columns[prefix.field], part.columns[prefix.of]
    within = codes.is_within(pd.Series(inner.text), pd.Series(outer.text)).to_numpy()
    bad = inner.sound & outer.sound & ~within
    part.tell(
        "R2016", bad, inner, severity=severity_at(prefix.confidence), expected=outer.text[bad],
        other=part.called(outer),
    )  # fmt: skip


def _condition(part: Part, condition: Condition) -> None:
    """R2005 or R2015: what must hold where something else does. Rows that were reported already are passed over."""
    applies = np.logical_and.reduce([_holds(part, clause) & ~_unsure(part, clause) for clause in condition.when])
    bad = applies & ~_holds(part, condition.then) & ~_unsure(part, condition.then)
    column, sentence = part.columns[condition.then.field], condition.sentence[part.findings.language]
    total = int(applies.sum())
    rows = () if is_wide(int(bad.sum()), total) else np.flatnonzero(bad)
    part.tell(
        condition.rule, bad, column, severity=severity_at(condition.confidence), of=total,
        related="/".join([column.field.name, *(clause.field for clause in condition.when)]),
        actual=np.where(column.text[bad] == "", part.text("value.empty"), column.text[bad]),
        condition=sentence, expected=sentence,
        stated=[_stated(part, condition.then.field, row) for row in rows],
        others=[
            part.text("schema.and").join(_stated(part, clause.field, row) for clause in condition.when) for row in rows
        ],
        sentence="schema.missing" if condition.rule == "R2005" else "",
    )  # fmt: skip


def _stated(part: Part, name: str, row: int) -> str:
    """What a row has in a field, in words."""
    column = part.columns[name]
    value = column.text[row]
    return part.text("schema.is" if value else "schema.is_empty", field=part.called(column), value=value)


def _holds(part: Part, clause: Clause) -> Mask:
    """Where a value matches a clause; an empty value matches no negated clause unless that speaks of empty ones."""
    pattern = re.compile("|".join(translate(one) for one in clause.patterns))
    asked = "" in clause.patterns

    def holds(value: str) -> bool:
        matches = pattern.fullmatch(value) is not None
        return not matches and (asked or value != "") if clause.negated else matches

    return where(part.columns[clause.field].text, holds)


def _unsure(part: Part, clause: Clause) -> Mask:
    column = part.columns[clause.field]
    return np.asarray(column.wrong | column.lost, dtype=bool)
