"""A source as its standard's fields: the columns as they are read, and how what is wrong with their rows is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import codes, repairs, units
from redline.core.catalogue import rule, text
from redline.core.checks import joining
from redline.core.findings import Findings, is_wide
from redline.core.frames import Frame, labels
from redline.core.privacy import conceal
from redline.core.standards import Field

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

# Stands for a number or a day that no rule wants written out.
_SOMETHING = "*"


@dataclass
class Column:
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


def read_column(one: Field, raw: pd.Series, name: str, spelled: bool) -> Column:
    """The column `raw` of a source, called `name` there, as the field it is; numbers written out where `spelled`."""
    nothing = np.zeros(len(raw), dtype=bool)
    if one.type in ("real", "integer"):
        numbers, bad = units.parse_number(raw)
        there = ~np.isnan(numbers)
        shown = np.where(there, _SOMETHING, "").astype(object)
        if spelled:
            shown[there] = list(map("{:.15g}".format, numbers[there]))
        return Column(one, name, raw, shown, np.asarray(bad), nothing, numbers)
    if one.type == "date":
        days, bad = units.parse_dates(raw, end=one.canonical == "end")
        shown = np.where(np.isnat(days), "", _SOMETHING).astype(object)
        return Column(one, name, raw, shown, np.asarray(bad), nothing)
    if repairs.is_code(one):
        clean = repairs.clean_codes(raw)
        lost = clean.lost.to_numpy(dtype=bool)
        return Column(one, name, raw, clean.values.to_numpy(dtype=object), nothing, lost, cleaned=clean)
    places, distinct = pd.factorize(raw.to_numpy(dtype=object))
    names = codes.clean_names(pd.Series([*distinct, None], dtype=object)).values.to_numpy(dtype=object)
    return Column(one, name, raw, names[places], nothing, nothing.copy())


@dataclass
class Part:
    """One of the layers or tables of a source, and its `columns` by the standard's field; `alone` as in `Settings`."""

    frame: Frame
    cells: pd.DataFrame
    findings: Findings
    alone: bool
    columns: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = labels(self.frame)

    def has(self, *names: str) -> bool:
        return set(names) <= set(self.columns)

    def tell_of_layer(self, rule_id: str, related: str, **said: Any) -> None:
        self.findings.add(
            rule_id, self.frame.role, "", related=related, where=f"{self.role} {self.frame.name}", **said
        )

    def tell(
        self, rule_id: str, bad: Mask, column: Column, *, severity: str | None = None, of: int | None = None,
        related: str = "", actual: Any = None, sentence: str = "", **said: Any,
    ) -> None:  # fmt: skip
        """One finding a row, or one for the field where nearly all of its rows (`of` them) are bad.

        `sentence` is the id of the text on a row where it is not the rule's own.
        """
        count, frame = int(bad.sum()), self.frame
        if not count:
            return
        related = related or column.field.name
        shown = presentable(column.field, column.raw[bad].map(_text)).to_numpy() if actual is None else actual
        field_said = self.called(column)
        total = len(bad) if of is None else of
        if is_wide(count, total):
            example = str(self.names[bad].min())
            values = sorted({str(value) for value in shown if value})[:1]
            message = self.text(
                "schema.wide", role=self.role, field=field_said, count=count, total=total,
                title=rule(rule_id).title[self.findings.language], example=self.listed([example, *values]),
            )  # fmt: skip
            wanted = said.get("expected", "")
            self.findings.add(
                rule_id, frame.role, "", related=related, actual=str(count), difference=float(count), measure="count",
                expected=wanted if isinstance(wanted, str) else "", severity=severity, message=message,
            )  # fmt: skip
            return
        if sentence:
            said["message"] = [
                self.text(sentence, role=self.role, key=name, row=row, field=field_said)
                for name, row in zip(self.names[bad], frame.rows["row"][bad])
            ]
        self.findings.add(
            rule_id, frame.role, self.names[bad], related=related, unit=frame.column("unit")[bad],
            unit_name=frame.column("unit_name")[bad], actual=shown, severity=severity,
            where=[self.text("schema.row", role=self.role, key=name) for name in self.names[bad]],
            role_name=self.role, field=field_said, row=frame.rows["row"][bad],
            geometry=self.shapes(np.flatnonzero(bad)), **said,
        )  # fmt: skip

    def shapes(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        return joining.as_areas(self.frame.column("geometry", None).iloc[rows])

    def text(self, text_id: str, **values: object) -> str:
        return text(text_id, self.findings.language, **values)

    @property
    def role(self) -> str:
        return self.text(f"role.{self.frame.role}")

    def titled(self, one: Field, name: str = "") -> str:
        """A field by the name that it has (the standard's, where none is given), with its title."""
        name, title = name or one.name, one.title[self.findings.language]
        if title == name:
            return name
        return f"{name}（{title}）" if self.findings.language == "zh" else f"{name} ({title})"

    def called(self, column: Column) -> str:
        return self.titled(column.field, column.name)

    def listed(self, names: Sequence[str]) -> str:
        return self.text("schema.comma").join(names)


def severity_at(*confidences: str) -> str:
    """An error only where all that the rule rests on is sure (DOMAIN: confidence H)."""
    return "error" if set(confidences) == {"H"} else "warning"


def presentable(one: Field, values: pd.Series) -> pd.Series:
    return values.map(lambda value: conceal(one.canonical, value))


def where(values: Texts, test: Callable[[str], bool]) -> Mask:
    """Where a text passes a test, False for what is no text; each distinct value is tested once."""
    places, distinct = pd.factorize(values)
    answers = [isinstance(value, str) and test(value) for value in distinct]
    return np.array([*answers, False], dtype=bool)[places]


def most_frequent(values: Any) -> str:
    """The most frequent text, the first of several in their order; "" for none."""
    found, counts = np.unique(np.asarray(values, dtype=str), return_counts=True)
    return str(found[counts.argmax()]) if len(found) else ""


def _text(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
