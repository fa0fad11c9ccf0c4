"""The one shape of everything that is wrong."""

from __future__ import annotations

import hashlib
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
import shapely

from redline.core.catalogue import Rule, text
from redline.core.catalogue import rule as catalogue_rule
from redline.core.privacy import mask
from redline.core.text import grouped

COLUMNS = (
    "finding_id", "rule", "severity", "role", "key", "related", "unit", "unit_name", "title", "message",
    "expected", "actual", "difference", "measure", "how_to_fix", "status", "note", "geometry",
)  # fmt: skip
MEASURES = ("m2", "%", "count", "days", "m", "text")
STATUSES = ("open", "confirmed", "waived", "fixed")

# From here on a trouble is one of the source and no longer of its rows.
_WIDE_COUNT, _WIDE_SHARE = 20, 0.9
_EXAMPLES = 3
_SORT = ["rule", "role", "key", "related"]


def finding_id(rule: str, role: str, key: str, related: str = "") -> str:
    """16 hex digits that name a finding for ever: of the sha-256 over rule, role, key and related key."""
    return hashlib.sha256("\x1f".join((rule, role, key, related)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Findings:
    """Collects findings, many at a time, and gives them as one frame that does not depend on the order of adding."""

    def __init__(self, language: str = "zh") -> None:
        self.language = language
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        rule: str,
        role: str,
        key: Any,
        *,
        related: Any = "",
        unit: Any = "",
        unit_name: Any = "",
        expected: Any = "",
        actual: Any = "",
        difference: Any = np.nan,
        measure: Any = "text",
        geometry: Any = None,
        severity: Any = None,
        message: Any = None,
        of: int = 0,
        **words: Any,
    ) -> None:
        """Add one finding per entry of `key`; every other value is one for all or as long as `key`.

        `expected` and `actual` are texts, whose figures have no thousands separators, `difference` a number in the unit
        that `measure` names (m2, %, count, days, m; "text" where there is no number). `words` fill the named places of
        the rule's message, beside the columns themselves; `message` is a whole sentence in its place, for what is told
        of many rows at once. `of` is how many things were looked at: where nearly all of them break the rule, the
        source as a whole is wrong, and that is told once, under an empty key, with the number of them.
        """
        entry = catalogue_rule(rule)
        keys = [str(key)] if isinstance(key, str) else [str(k) for k in key]
        if not keys:
            return
        if is_wide(len(keys), of):
            self._add_once(entry, role, keys, of, related if isinstance(related, str) else "")
            return
        columns: dict[str, Any] = {
            "rule": rule, "role": role, "key": keys, "related": related, "unit": unit, "unit_name": unit_name,
            "expected": expected, "actual": actual, "difference": difference, "measure": measure,
            "severity": entry.severity if severity is None else severity,
        }  # fmt: skip
        part = pd.DataFrame({name: _column(value, len(keys)) for name, value in columns.items()})
        geometries = np.full(len(keys), None, dtype=object)
        geometries[:] = _column(geometry, len(keys))
        geometries[pd.isna(geometries)] = None
        part["geometry"] = geometries
        said = {name: _column(value, len(keys)) for name, value in words.items()}
        told = _render(entry.message[self.language], part, said) if message is None else message
        part["message"] = _column(told, len(keys))
        part["title"] = entry.title[self.language]
        part["how_to_fix"] = entry.how_to_fix[self.language]
        self._parts.append(part)

    def _add_once(self, entry: Rule, role: str, keys: list[str], of: int, related: str) -> None:
        count, first = len(keys), "、".join(sorted(keys)[:_EXAMPLES])
        message = text("finding.wide", self.language, title=entry.title[self.language], count=count, of=of, first=first)
        self.add(
            entry.id, role, "", related=related, actual=str(count), difference=float(count), measure="count",
            message=message,
        )  # fmt: skip

    def frame(self) -> pd.DataFrame:
        """All findings once, with the columns of COLUMNS, sorted by rule, role, key, related key.

        Where one thing breaks one rule twice (two invalid plots under one number), the second gets "#2" behind its
        related key, counted in an order that follows the content and not the input's order.
        """
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMNS})
        frame = pd.concat(self._parts, ignore_index=True)
        frame["_place"] = [wkb or b"" for wkb in shapely.to_wkb(frame["geometry"].to_numpy(dtype=object))]
        # The message stands last: it is in the user's language, and ids are not.
        frame = frame.sort_values([*_SORT, "_place", "difference", "message"], kind="stable", ignore_index=True)
        frame = frame.drop_duplicates([*_SORT, "message", "_place"], ignore_index=True)
        repeat = frame.groupby(_SORT, sort=False).cumcount()
        again = (repeat > 0).to_numpy()
        frame.loc[again, "related"] = frame.loc[again, "related"] + "#" + (repeat[again] + 1).astype(str)
        frame["finding_id"] = [finding_id(*names) for names in frame[_SORT].itertuples(index=False, name=None)]
        frame["status"] = "open"
        frame["note"] = ""
        frame["difference"] = frame["difference"].astype(float)
        _mask_personal(frame)
        # A column added last lies by itself, so that it can be let go of: pandas keeps those of one kind together.
        shapes = frame.pop("geometry").to_numpy(dtype=object).copy()
        return frame[[name for name in COLUMNS if name != "geometry"]].assign(geometry=shapes)


def is_wide(count: int, of: int) -> bool:
    """Do so many of the things looked at break a rule (20, and nine in ten) that the trouble is their source's?"""
    return count >= _WIDE_COUNT and count >= _WIDE_SHARE * of > 0


def _mask_personal(frame: pd.DataFrame) -> None:
    """Identity and telephone numbers stand in no finding, wherever they were typed (DESIGN: personal data)."""
    for column in ("unit_name", "message", "expected", "actual"):
        digits = frame[column].str.contains(r"\d{11}", na=False)
        if digits.any():
            frame.loc[digits, column] = [
                mask(said, key) for said, key in zip(frame[column][digits], frame["key"][digits])
            ]


def count_by_severity(frame: pd.DataFrame) -> dict[str, int]:
    """How many findings there are of each severity, zero included."""
    counts = frame["severity"].value_counts()
    return {severity: int(counts.get(severity, 0)) for severity in ("error", "warning", "info")}


def _dtype(name: str) -> str:
    return "float64" if name == "difference" else "object"


def _column(value: Any, length: int) -> Any:
    if isinstance(value, (str, bytes)) or value is None or not hasattr(value, "__len__"):
        return [value] * length
    values = value.to_numpy() if isinstance(value, (pd.Series, pd.Index)) else value
    if len(values) != length:
        raise ValueError(f"{len(values)} values for {length} findings")
    return values


def _render(template: str, part: pd.DataFrame, said: dict[str, Any]) -> list[str]:
    """The sentence of every row; what stands as {name:,} is a text, whose figures are grouped by thousands."""
    places = {name: spec for _, name, spec, _ in Formatter().parse(template) if name}
    if not places:
        return [template] * len(part)
    names = sorted(places)
    columns = [said[name] if name in said else part[name] for name in names]
    for at, name in enumerate(names):
        if places[name] == ",":
            template = template.replace(f"{{{name}:,}}", f"{{{name}}}")
            columns[at] = [grouped(str(figure)) for figure in columns[at]]
    return [template.format(**dict(zip(names, row))) for row in zip(*columns)]
