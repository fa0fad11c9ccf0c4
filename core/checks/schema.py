"""A layer or table against its standard: fields, types, lengths, values, codes, and what fields of a row must keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import codes, repairs, units
from redline.core.catalogue import rule, text
from redline.core.checks import areas, joining
from redline.core.findings import Findings, is_wide
from redline.core.frames import CODES, Frame, labels
from redline.core.privacy import conceal
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import (
    Clause,
    Condition,
    Field,
    Naming,
    class_code,
    domain,
    land_classes,
    scheme_title,
    schemes,
)

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

# A Shapefile holds no more than this, whatever the standard asks for.
_DBF_LENGTH = 254
# Share of a field's codes from which they are taken to be of another scheme.
_NEARLY_ALL = 0.9
# Lists of so many codes are written out, so that the right one is seen at once.
_SHORT_LIST = 12
# Stands for a number or a day that no rule wants written out.
_SOMETHING = "*"


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
    for part in parts:
        if part.cells is not None:
            unchecked += _Check(part, findings, settings).run(progress.step(share=1 / len(parts)))
    progress.update(1.0)
    return Result(findings, checked=len(frame), unchecked=unchecked, notes=[] if not settings.alone else frame.notes)


def check_sources(frames: Mapping[str, Frame], findings: Findings, progress: Progress) -> Result:
    """`check` for every source of an audit, beside the other checks."""
    results = [
        check(frame, findings, Settings(alone=False), progress.step(share=1 / len(frames))) for frame in frames.values()
    ]
    unchecked = [sentence for result in results for sentence in result.unchecked]
    return Result(findings, checked=len(frames["map"]) if "map" in frames else 0, unchecked=unchecked)


@dataclass
class _Column:
    """A field of the standard as the source has it. `text` is its clean text ("" where there is none); `wrong` are the
    rows that were reported, which no later rule looks at again."""

    field: Field
    name: str
    raw: pd.Series
    text: Texts
    wrong: Mask
    lost: Mask
    numbers: npt.NDArray[np.float64] | None = None
    cleaned: codes.Cleaned | None = None

    @property
    def missing(self) -> Mask:
        return np.asarray((self.text == "") & ~self.wrong & ~self.lost, dtype=bool)

    @property
    def sound(self) -> Mask:
        return np.asarray((self.text != "") & ~self.wrong & ~self.lost, dtype=bool)


@dataclass
class _Check:
    frame: Frame
    findings: Findings
    settings: Settings
    columns: dict[str, _Column] = field(default_factory=dict)

    def run(self, progress: Progress) -> list[str]:
        profile = self.frame.profile
        self._names = labels(self.frame)
        clauses = [clause for one in profile.conditions for clause in (*one.when, one.then)]
        self._asked = {clause.field for clause in clauses} | {name for group in profile.unique for name in group}
        self._structure()
        fields = [one for one in profile.fields if one.name in self._match.fields]
        for number, one in enumerate(fields):
            progress.update(0.8 * number / len(fields))
            column = self._read(one, self._match.fields[one.name])
            self.columns[one.name] = column
            self._values(column)
        self._rows()
        if self.settings.alone:
            self._dates_in_order()
            areas.identities(self.frame, self.findings)
        return self._unchecked()

    # The fields

    def _structure(self) -> None:
        frame = self.frame
        profile, cells = frame.profile, self._cells
        self._match = profile.match_fields(cells.columns)
        for one in profile.fields:
            known = one.name in self._match.fields or (one.canonical or one.name) in self._match.ambiguous
            wanted = one.required == "M" or (one.required == "C" and profile.normative)
            if wanted and not known and not self._replaced(one):
                grave = one.required == "M" and profile.normative and one.confidence == "H"
                self._of_layer("R2001", one.name, severity="error" if grave else "warning", field=self._titled(one))
        for column, several in self._match.ambiguous.items():
            one = next(f for f in profile.fields if column in (f.canonical, f.name))
            self._of_layer("R2017", one.name, actual=self._listed(several), expected=self._titled(one))
        if profile.normative:
            self._names_and_types()

    def _replaced(self, one: Field) -> bool:
        """Is another field there that does as well: the key's substitute, or one of the same essential group?"""
        found = set(self._match.found)
        groups = [group for group in self.frame.profile.essential if one.canonical in group]
        return bool(one.canonical) and (one.canonical in found or any(found & set(group) for group in groups))

    def _names_and_types(self) -> None:
        profile, match = self.frame.profile, self._match
        ours = {one.name: one for one in profile.fields if one.required != "X"}
        optional = [one for name, one in ours.items() if one.required == "O" and name not in match.fields]
        if optional:
            said = self._listed([self._titled(one) for one in optional])
            self._of_layer("R2001", "", severity="info", field=said, count=len(optional))
        extra = [name for standard, name in match.fields.items() if standard not in ours]
        extra += [*match.unknown, *match.undecided]
        if extra:
            extra = [str(name) for name in self._cells.columns if name in extra]
            self._of_layer("R2018", "", actual=self._listed(extra), difference=float(len(extra)), measure="count",
                           count=len(extra))  # fmt: skip
        for standard, name in match.fields.items():
            if standard in ours:
                if name != standard:
                    self._of_layer("R2004", standard, actual=name, expected=self._titled(ours[standard]))
                self._stored(ours[standard], name)

    def _stored(self, one: Field, name: str) -> None:
        """R2014 and R2003: how the source keeps the field."""
        storage = self.frame.storage
        kept = storage.get(name)
        if kept is None or not kept.type or all(each.type == "text" for each in storage.values()):
            # Nobody knows, or the file (a CSV) keeps everything as text.
            return
        fits = {
            "text": ("text",), "integer": ("integer", "real"), "real": ("real", "integer"),
            "date": ("date", "text", "integer"),
        }[one.type]  # fmt: skip
        if kept.type not in fits:
            language = self.findings.language
            self._of_layer(
                "R2014", one.name, severity="error" if repairs.is_code(one) else "warning", field=self._said(one, name),
                actual=text(f"kind.{kept.type}", language), expected=text(f"kind.{one.type}", language),
            )  # fmt: skip
        elif kept.type == one.type == "text" and 0 < kept.length < min(one.length, _DBF_LENGTH):
            self._of_layer(
                "R2003", one.name, actual=str(kept.length), expected=str(one.length), measure="count",
                field=self._said(one, name), difference=float(kept.length - one.length),
                problem=text("schema.short", self.findings.language, actual=kept.length, expected=one.length),
            )  # fmt: skip

    # The values of a field

    def _read(self, one: Field, name: str) -> _Column:
        raw = self._cells[name]
        nothing = np.zeros(len(raw), dtype=bool)
        if one.type in ("real", "integer"):
            numbers, bad = units.parse_number(raw)
            there = ~np.isnan(numbers)
            shown = np.where(there, _SOMETHING, "").astype(object)
            if one.name in self._asked:
                shown[there] = list(map("{:.15g}".format, numbers[there]))
            return _Column(one, name, raw, shown, np.asarray(bad), nothing, numbers)
        if one.type == "date":
            days, bad = units.parse_dates(raw, end=one.canonical == "end")
            shown = np.where(np.isnat(days), "", _SOMETHING).astype(object)
            return _Column(one, name, raw, shown, np.asarray(bad), nothing)
        if repairs.is_code(one):
            clean = repairs.clean_codes(raw)
            lost = clean.lost.to_numpy(dtype=bool)
            return _Column(one, name, raw, clean.values.to_numpy(dtype=object), nothing, lost, cleaned=clean)
        places, distinct = pd.factorize(raw.to_numpy(dtype=object))
        names = codes.clean_names(pd.Series([*distinct, None], dtype=object)).values.to_numpy(dtype=object)
        return _Column(one, name, raw, names[places], nothing, nothing.copy())

    def _values(self, column: _Column) -> None:
        one = column.field
        self._unreadable(column)
        self._mended(column)
        if one.required == "M" and (self.settings.alone or (self.frame.profile.normative and one.canonical != "key")):
            self._missing(column)
        if one.type == "text":
            self._lengths(column)
        if one.domain:
            self._listed_values(column)
        if one.constant:
            self._one_value(column)
        if one.digits and (self.settings.alone or one.canonical != "unit"):
            self._digits(column)
        if column.numbers is not None and one.canonical != "deduction_factor":
            self._range(column)

    def _unreadable(self, column: _Column) -> None:
        """R2002 and R2013, where reading has not told of them already."""
        if not self._told_by_reading(column):
            kind = "date" if column.field.type == "date" else "number"
            expected = text(f"kind.{kind}", self.findings.language)
            self._tell("R2002", column.wrong, column, related=column.field.canonical, expected=expected)
            self._tell("R2013", column.lost, column, related=column.field.canonical)

    def _mended(self, column: _Column) -> None:
        """R2012: text with characters that nobody sees or means."""
        if self._told_by_reading(column) and column.field.canonical in CODES:
            return
        if not repairs.may_mend(self.frame, column.field):
            return
        better = repairs.mended(column.field, column.raw, column.cleaned)
        bad = ~pd.isna(better)
        count = int(bad.sum())
        if count:
            examples = self._shown(column.field, column.raw[bad].astype(str)).sort_values()
            self.findings.add(
                "R2012", self.frame.role, "", related=column.field.canonical or column.field.name, actual=str(count),
                difference=float(count), measure="count", role_name=self._role, field=column.name,
                example=examples.iloc[0],
            )  # fmt: skip

    def _told_by_reading(self, column: _Column) -> bool:
        # The table check tells of every figure of a summary table, cell by cell.
        told = self.frame.role == "table" or column.name in self.frame.fields.values()
        return not self.settings.alone and told

    def _lengths(self, column: _Column) -> None:
        """R2003: values longer than the standard allows, and values that look cut off by their field's width."""
        one, language = column.field, self.findings.language
        if one.length:
            long = column.sound & _where(column.text, lambda value: len(value) > one.length)
            shown = self._shown(one, column.raw[long].astype(str))
            problem = [
                text("schema.long", language, actual=len(value), expected=one.length, value=said)
                for value, said in zip(column.text[long], shown)
            ]
            self._tell(
                "R2003", long, column, severity=self._grave(one.confidence), problem=problem, expected=str(one.length)
            )
            column.wrong |= long
        kept = self.frame.storage.get(column.name)
        if kept is None or not kept.length or repairs.is_code(one):
            return
        raw = column.raw.to_numpy(dtype=object)
        full = ~column.wrong & _where(raw, lambda value: _fills(value, kept.length, kept.in_bytes))
        problem = [text("schema.full", language, value=said) for said in self._shown(one, column.raw[full])]
        self._tell("R2003", full, column, problem=problem)

    def _missing(self, column: _Column) -> None:
        """R2005: what the standard demands of every row."""
        severity = self._grave(column.field.confidence)
        self._tell("R2005", column.missing, column, severity=severity, **self._named_missing(column.missing, column))

    def _named_missing(self, bad: Mask, column: _Column, of: int | None = None) -> dict[str, Any]:
        """The sentences of R2005: they name the plot, as all others do; a row's number alone helps in sheets only."""
        if self._is_wide(bad, len(bad) if of is None else of):
            return {}
        language, field_said = self.findings.language, self._said(column.field, column.name)
        rows = zip(self._names[bad], self.frame.rows["row"][bad])
        return {
            "message": [
                text("schema.missing", language, role=self._role, key=name, row=row, field=field_said)
                for name, row in rows
            ]
        }

    def _listed_values(self, column: _Column) -> None:
        """R2006: values of a code list or of a scheme of land classes."""
        one, language = column.field, self.findings.language
        if one.domain in schemes():
            exactly = self.frame.profile.normative
            known = _where(column.text, lambda value: _is_class(value, one.domain, exactly))
            title, confidence, listing = scheme_title(one.domain)[language], "H", ""
        else:
            listed = domain(one.domain)
            known, title = _where(column.text, listed.__contains__), listed.title[language]
            confidence, short = listed.confidence, len(listed.values) <= _SHORT_LIST
            listing = self._listed(list(listed.values)) if short else ""
        bad = column.sound & ~known
        expected = text("schema.codes" if listing else "schema.list", language, list=title, codes=listing)
        if one.domain in schemes() and self._is_wide(bad, len(bad)):
            other = _scheme_of(pd.unique(column.text[bad]), one.domain)
            if other:
                expected = text("schema.other_scheme", language, list=title, other=scheme_title(other)[language])
        self._tell("R2006", bad, column, severity=self._grave(one.confidence, confidence), expected=expected)
        column.wrong |= bad

    def _one_value(self, column: _Column) -> None:
        usual = _usual(column.text[column.sound])
        bad = column.sound & (column.text != usual)
        expected = text("schema.one_value", self.findings.language, value=usual)
        self._tell("R2006", bad, column, severity="warning", expected=expected)

    def _digits(self, column: _Column) -> None:
        """R2010: a code has the digits of its level."""
        digits = column.field.digits
        good = re.compile("|".join(rf"\d{{{count}}}" for count in digits), re.ASCII)
        bad = column.sound & _where(column.text, lambda value: good.fullmatch(value) is None)
        said = text("schema.or", self.findings.language).join(map(str, digits))
        problem = text("schema.not_digits", self.findings.language, digits=said)
        self._tell("R2010", bad, column, severity=self._grave(column.field.confidence), problem=problem, expected=said)
        column.wrong |= bad

    def _range(self, column: _Column) -> None:
        """R2007: the limits that the standard sets; coefficients are R5006."""
        one, numbers = column.field, column.numbers
        if numbers is None or (one.minimum is None and one.maximum is None):
            return
        bad, said = np.zeros(len(numbers), dtype=bool), []
        language = self.findings.language
        with np.errstate(invalid="ignore"):
            if one.minimum is not None:
                bad |= (numbers <= one.minimum) if one.minimum_open else (numbers < one.minimum)
                limit = "schema.range_over" if one.minimum_open else "schema.range_from"
                said.append(text(limit, language, minimum=f"{one.minimum:g}"))
            if one.maximum is not None:
                bad |= (numbers >= one.maximum) if one.maximum_open else (numbers > one.maximum)
                limit = "schema.range_below" if one.maximum_open else "schema.range_to"
                said.append(text(limit, language, maximum=f"{one.maximum:g}"))
        expected = text("schema.and", language).join(said)
        self._tell("R2007", bad, column, severity=self._grave(one.confidence), expected=expected)
        column.wrong |= bad

    # The fields of a row

    def _rows(self) -> None:
        profile = self.frame.profile
        key = profile.field("key")
        for group in profile.unique:
            if key is not None and group == (key.name,):
                # A sheet's plot number may do for the key.
                if self.settings.alone and self.frame.has("key"):
                    joining.report_duplicates(self.frame, {}, self.findings)
            elif set(group) <= set(self.columns):
                self._unique(group)
        for naming in profile.namings:
            if {naming.code, naming.name} <= set(self.columns):
                self._named(naming)
        for prefix in profile.prefixes:
            if {prefix.field, prefix.of} <= set(self.columns):
                inner, outer = self.columns[prefix.field], self.columns[prefix.of]
                within = codes.is_within(pd.Series(inner.text), pd.Series(outer.text)).to_numpy()
                bad = inner.sound & outer.sound & ~within
                self._tell(
                    "R2016", bad, inner, severity=self._grave(prefix.confidence), expected=outer.text[bad],
                    other=self._said(outer.field, outer.name),
                )  # fmt: skip
        for condition in profile.conditions:
            self._condition(condition)

    def _unique(self, group: Sequence[str]) -> None:
        """R2009: one number, one row."""
        columns = [self.columns[name] for name in group]
        whole = np.flatnonzero(np.logical_and.reduce([(column.text != "") & ~column.lost for column in columns]))
        values = np.array(["/".join(row) for row in zip(*(column.text[whole] for column in columns))], dtype=object)
        counts = pd.Series(whole).groupby(values).agg(["size", "first"])
        counts = counts[counts["size"] > 1]
        names = "+".join(self._said(column.field, column.name) for column in columns)
        said = [
            text("schema.twice", self.findings.language, role=self._role, fields=names, key=value, count=count)
            for value, count in counts["size"].items()
        ]
        self.findings.add(
            "R2009", self.frame.role, counts.index, related="+".join(group), actual=counts["size"].astype(str),
            expected="1", difference=counts["size"] - 1.0, measure="count", message=said,
            geometry=self._shapes(counts["first"].to_numpy(dtype=np.int64)),
        )  # fmt: skip

    def _named(self, naming: Naming) -> None:
        """R2011: the name of the land class, or the name that most rows give to the same code."""
        code, name = self.columns[naming.code], self.columns[naming.name]
        both = code.sound & name.sound
        scheme = code.field.domain
        if scheme in schemes():
            pairs = pd.Series(list(zip(code.text, name.text)), dtype=object)
            answers = {pair: _right_name(pair[0], pair[1], scheme) for pair in pd.unique(pairs[both])}
            severity = self._grave(naming.confidence)
        else:
            pairs = pd.Series(code.text, dtype=object)
            usual = pd.Series(name.text[both], dtype=object).groupby(code.text[both]).agg(_usual)
            answers, severity = usual.to_dict(), "warning"
        expected = pairs.map(lambda pair: answers.get(pair, "")).to_numpy(dtype=object)
        bad = both & (expected != "") & (expected != name.text)
        self._tell(
            "R2011", bad, name, severity=severity, expected=expected[bad], code=code.text[bad],
            other=self._said(code.field, code.name),
        )  # fmt: skip

    def _condition(self, condition: Condition) -> None:
        """R2005 or R2015: what must hold where something else does. Rows that were reported already are passed over."""
        clauses = (*condition.when, condition.then)
        if not {clause.field for clause in clauses} <= set(self.columns):
            return
        applies = np.logical_and.reduce([self._holds(clause) & ~self._unsure(clause) for clause in condition.when])
        bad = applies & ~self._holds(condition.then) & ~self._unsure(condition.then)
        column, language = self.columns[condition.then.field], self.findings.language
        empty = text("value.empty", language)
        total = int(applies.sum())
        rows = () if self._is_wide(bad, total) else np.flatnonzero(bad)
        said: dict[str, Any] = {
            "stated": [self._is(condition.then.field, row) for row in rows],
            "others": [
                text("schema.and", language).join(self._is(clause.field, row) for clause in condition.when)
                for row in rows
            ],
        }
        if condition.rule == "R2005":
            said |= self._named_missing(bad, column, total)
        self._tell(
            condition.rule, bad, column, severity=self._grave(condition.confidence), of=total,
            related="/".join([column.field.name, *(clause.field for clause in condition.when)]),
            actual=np.where(column.text[bad] == "", empty, column.text[bad]), condition=condition.sentence[language],
            expected=condition.sentence[language], **said,
        )  # fmt: skip

    def _is(self, name: str, row: int) -> str:
        column, language = self.columns[name], self.findings.language
        value, field_said = column.text[row], self._said(column.field, column.name)
        return text("schema.is" if value else "schema.is_empty", language, field=field_said, value=value)

    def _holds(self, clause: Clause) -> Mask:
        """Where a value matches a clause; an empty value matches no negated clause unless that speaks of empty ones."""
        pattern = re.compile("|".join(translate(one) for one in clause.patterns))
        asked = "" in clause.patterns

        def holds(value: str) -> bool:
            matches = pattern.fullmatch(value) is not None
            return not matches and (asked or value != "") if clause.negated else matches

        return _where(self.columns[clause.field].text, holds)

    def _unsure(self, clause: Clause) -> Mask:
        column = self.columns[clause.field]
        return np.asarray(column.wrong | column.lost, dtype=bool)

    def _dates_in_order(self) -> None:
        """R2008: a period begins before it ends."""
        if not self.frame.has("start", "end"):
            return
        start = self.frame.rows["start"].to_numpy(dtype="datetime64[D]")
        end = self.frame.rows["end"].to_numpy(dtype="datetime64[D]")
        bad = start > end
        days = (end[bad] - start[bad]).astype(float)
        self.findings.add(
            "R2008", self.frame.role, self._names[bad], unit=self.frame.column("unit")[bad],
            unit_name=self.frame.column("unit_name")[bad], expected=start[bad].astype(str), actual=end[bad].astype(str),
            difference=days, measure="days", geometry=self._shapes(np.flatnonzero(bad)),
        )  # fmt: skip

    def _unchecked(self) -> list[str]:
        """Sentences on what could not be tested: values without rows, conditions whose fields are not there."""
        profile = self.frame.profile
        if not len(self.frame):
            return [text("unchecked.schema.no_rows", self.findings.language, layer=self.frame.name)]
        wanted = {clause.field for one in profile.conditions for clause in (*one.when, one.then)}
        wanted |= {name for one in profile.namings for name in (one.code, one.name)}
        lacking = [one.name for one in profile.fields if one.name in wanted - set(self.columns)]
        if not lacking or not profile.normative:
            return []
        return [text("unchecked.schema", self.findings.language, role=self._role, fields=self._listed(lacking))]

    # Telling

    @property
    def _cells(self) -> pd.DataFrame:
        return self.frame.cells if self.frame.cells is not None else pd.DataFrame()

    @property
    def _role(self) -> str:
        return text(f"role.{self.frame.role}", self.findings.language)

    def _of_layer(self, rule_id: str, related: str, **said: Any) -> None:
        where = f"{self._role} {self.frame.name}"
        self.findings.add(rule_id, self.frame.role, "", related=related, where=where, **said)

    def _tell(
        self, rule_id: str, bad: Mask, column: _Column, *, severity: str | None = None, of: int | None = None,
        related: str = "", actual: Any = None, **said: Any,
    ) -> None:  # fmt: skip
        """One finding a row, or one for the field where nearly all of its rows (`of` them) are bad."""
        count, frame, language = int(bad.sum()), self.frame, self.findings.language
        if not count:
            return
        related = related or column.field.name
        shown = self._shown(column.field, column.raw[bad].map(_text)).to_numpy() if actual is None else actual
        field_said = self._said(column.field, column.name)
        total = len(bad) if of is None else of
        if self._is_wide(bad, total):
            example = str(self._names[bad].min())
            values = sorted({str(value) for value in shown if value})[:1]
            message = text(
                "schema.wide", language, role=self._role, field=field_said, count=count, total=total,
                title=rule(rule_id).title[language], example=self._listed([example, *values]),
            )  # fmt: skip
            wanted = said.get("expected", "")
            self.findings.add(
                rule_id, frame.role, "", related=related, actual=str(count), difference=float(count), measure="count",
                expected=wanted if isinstance(wanted, str) else "", severity=severity, message=message,
            )  # fmt: skip
            return
        where = [text("schema.row", language, role=self._role, key=name) for name in self._names[bad]]
        self.findings.add(
            rule_id, frame.role, self._names[bad], related=related, unit=frame.column("unit")[bad],
            unit_name=frame.column("unit_name")[bad], actual=shown, severity=severity, where=where,
            role_name=self._role, field=field_said, row=frame.rows["row"][bad],
            geometry=self._shapes(np.flatnonzero(bad)), **said,
        )  # fmt: skip

    @staticmethod
    def _is_wide(bad: Mask, total: int) -> bool:
        return is_wide(int(bad.sum()), total)

    def _shapes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        return joining.as_areas(self.frame.column("geometry", None).iloc[rows])

    @staticmethod
    def _shown(one: Field, values: pd.Series) -> pd.Series:
        return values.map(lambda value: conceal(one.canonical, value))

    def _titled(self, one: Field) -> str:
        return self._said(one, one.name)

    def _said(self, one: Field, name: str) -> str:
        title = one.title[self.findings.language]
        if title == name:
            return name
        return f"{name}（{title}）" if self.findings.language == "zh" else f"{name} ({title})"

    def _listed(self, names: Sequence[str]) -> str:
        return text("schema.comma", self.findings.language).join(names)

    @staticmethod
    def _grave(*confidences: str) -> str:
        return "error" if set(confidences) == {"H"} else "warning"


def _where(values: Texts, test: Callable[[str], bool]) -> Mask:
    """Where a text passes a test, False for what is no text; each distinct value is tested once."""
    places, distinct = pd.factorize(values)
    answers = [isinstance(value, str) and test(value) for value in distinct]
    return np.array([*answers, False], dtype=bool)[places]


def _text(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _usual(values: Any) -> str:
    """The most frequent text, the first of several in their order; "" for none."""
    found, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    return str(found[counts.argmax()]) if len(found) else ""


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


def _right_name(code: str, name: str, scheme: str) -> str:
    """The name of a code's class where `name` does not say it, else `name`; "" where the code has none."""
    classes = land_classes(scheme)
    if code not in classes:
        return ""
    return name if class_code(name, scheme) in (code, code.rstrip("K")) else classes[code].zh


def _fills(value: str, length: int, in_bytes: bool) -> bool:
    """Does text that is no code fill its field to the end, in characters or in the bytes of GBK or UTF-8?"""
    if value.isascii():
        return False
    if value.endswith("\ufffd") or not in_bytes:
        return value.endswith("\ufffd") or len(value) >= length
    gbk, utf8 = len(value.encode("gb18030", "replace")), len(value.encode("utf-8", "replace"))
    return length - 1 <= gbk <= length or length - 2 <= utf8 <= length
