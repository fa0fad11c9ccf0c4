"""Repairs of a layer or table that are certain: the value that was meant is the only one it can be.

Certain are: full-width letters and digits made half-width, hidden characters and blanks at the ends taken out; in codes
also blanks within, ".0" of a spreadsheet and small letters; the name of a land class where it is empty or written in
another way for the same class; the deducted area where it is empty or the only figure that breaks the identities,
and an empty net area that follows from the others. A code, class, gross area, coefficient or net area that is there
is never changed: which of two figures is right is for people to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core import codes, units
from redline.core.frames import CODES, Frame, labels
from redline.core.standards import Field, Identity, class_code, land_classes, schemes
from redline.core.text import is_missing, squeeze

COLUMNS = ("key", "field", "before", "after")

_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000e-\u001f\u007f]+")
_HALF_WIDTH = {
    wide: wide - 0xFEE0 for low, high in ("０９", "ＡＺ", "ａｚ") for wide in range(ord(low), ord(high) + 1)
}  # fmt: skip
_CENT = 0.005
# Up to here a double keeps every digit, so a code says by itself whether it is whole.
_SHORT = 15


@dataclass(frozen=True)
class Repairs:
    """`table` has one row a repaired value (see COLUMNS), `rows` the 0-based row of `Frame.cells` of each, `values` the
    new value itself, str or float."""

    table: pd.DataFrame
    rows: npt.NDArray[np.int64]
    values: list[str | float]


def is_code(field: Field) -> bool:
    """Is this a field of codes, in which no blank and no small letter means anything?"""
    named = field.canonical in CODES or field.canonical == "owner_code"
    return field.type == "text" and bool(named or field.domain or field.digits or field.constant)


def may_mend(frame: Frame, field: Field) -> bool:
    """Blanks in the names of a sheet are layout (an indented village, a spaced name): there, only codes are mended."""
    return frame.sheet is None or is_code(field)


def clean_codes(values: pd.Series) -> codes.Cleaned:
    """`codes.clean`, asked once for each distinct cell where no code is so long that others tell about its digits."""
    raw = values.to_numpy(dtype=object)
    places, distinct = pd.factorize(raw)
    if not len(distinct) or max(len(str(value)) for value in distinct) > _SHORT:
        return codes.clean(values)
    once = codes.clean(pd.Series([*distinct, None], dtype=object))
    parts = (once.values, once.mended, once.lost, once.numeric)
    return codes.Cleaned(*(pd.Series(part.to_numpy()[places], index=values.index) for part in parts))


def mended(field: Field, values: pd.Series, cleaned: codes.Cleaned | None = None) -> npt.NDArray[np.object_]:
    """What the text cells of a field say beyond doubt, None where a cell needs no mending or is no text.

    Text that stands for an empty cell ("/", 无) stays as it is; text of nothing but blanks becomes "". `cleaned` is
    what `clean_codes` gave for a field of codes.
    """
    raw = values.to_numpy(dtype=object)
    if is_code(field):
        # What lost its digits, or stands for an empty cell, is "" here: it is not ours to change.
        said = (cleaned or clean_codes(values)).values.to_numpy(dtype=object)
        changed = np.flatnonzero(said != raw)
        better = np.full(len(raw), None, dtype=object)
        for row in changed:
            if isinstance(raw[row], str) and (said[row] or not raw[row].strip()):
                better[row] = said[row]
        return better
    places, distinct = pd.factorize(raw)
    clean = _of_name if field.type == "text" else squeeze
    better = np.full(len(distinct) + 1, None, dtype=object)
    for number, text in enumerate(distinct):
        if isinstance(text, str):
            new = clean(text)
            better[number] = new if new != text and (not new or not is_missing(new)) else None
    return better[places]


def repairs(frame: Frame) -> Repairs:
    """All certain repairs of a frame that was read of one source."""
    if frame.cells is None:
        return Repairs(pd.DataFrame(columns=list(COLUMNS), dtype=object), np.empty(0, dtype=np.int64), [])
    cells, fields = frame.cells, frame.profile.match_fields(frame.cells.columns).fields
    found: list[tuple[str, npt.NDArray[np.object_]]] = []
    for field in frame.profile.fields:
        if field.name in fields and may_mend(frame, field):
            name = fields[field.name]
            found.append((name, mended(field, cells[name])))
    found += _class_names(frame, fields)
    found += _areas(frame)
    names = labels(frame)
    rows: dict[tuple[int, str], str | float] = {}
    for name, better in found:
        for row in np.flatnonzero(~pd.isna(better)):
            rows[int(row), name] = better[row]
    order = sorted(rows, key=lambda at: (str(names[at[0]]), at[0], at[1]))
    table = pd.DataFrame({
        "key": [str(names[row]) for row, _ in order],
        "field": [name for _, name in order],
        "before": [as_text(cells[name].iloc[row]) for row, name in order],
        "after": [as_text(rows[at]) for at in order],
    }, columns=list(COLUMNS), dtype=object)  # fmt: skip
    return Repairs(table, np.array([row for row, _ in order], dtype=np.int64), [rows[at] for at in order])


def _of_name(text: str) -> str:
    return _HIDDEN.sub("", text).translate(_HALF_WIDTH).strip()


def _class_names(frame: Frame, fields: dict[str, str]) -> list[tuple[str, npt.NDArray[np.object_]]]:
    result = []
    for naming in frame.profile.namings:
        scheme = next(field.domain for field in frame.profile.fields if field.name == naming.code)
        if scheme not in schemes() or not {naming.code, naming.name} <= set(fields) or frame.cells is None:
            continue
        both = pd.Series(list(zip(frame.cells[fields[naming.code]], frame.cells[fields[naming.name]])), dtype=object)
        places, distinct = pd.factorize(both.to_numpy(dtype=object))
        answers = np.array([*(_class_name(code, name, scheme) for code, name in distinct), None], dtype=object)
        result.append((fields[naming.name], answers[places]))
    return result


def _class_name(code: object, name: object, scheme: str) -> str | None:
    """The class's name where `name` is empty or says the same class in another way, None where nothing is to do."""
    right = land_classes(scheme).get(squeeze(as_text(code)).upper())
    said = as_text(name)
    if right is None or said == right.zh or (said.strip() and class_code(said, scheme) != right.code):
        return None
    return right.zh


def _areas(frame: Frame) -> list[tuple[str, npt.NDArray[np.object_]]]:
    """Deducted and net areas of rows whose gross area and coefficient are sound, in a source that is in m²."""
    product = _identity(frame, lambda identity: bool(identity.factors))
    rest = _identity(frame, lambda identity: bool(identity.minuend))
    if product is None or rest is None or rest.subtrahends != (product.result,):
        return []
    columns = (*product.factors, product.result, rest.result)
    if not frame.has(*columns) or any(frame.stated.get(name, "m2") != "m2" for name in columns):
        return []
    gross, factor, deduction, net = (frame.rows[name].to_numpy(dtype=float) for name in columns)
    limits = frame.profile.field(product.factors[1])
    largest = np.inf if limits is None or limits.maximum is None else limits.maximum
    with np.errstate(invalid="ignore"):
        sound = (gross > 0) & (factor >= 0) & (factor < largest)
        right = units.round_half_away(gross * factor, product.decimals)
        net_right = units.round_half_away(gross - right, rest.decimals)
        agreed = np.abs(net - net_right) < _CENT
        outvoted = sound & agreed & (np.abs(deduction - right) > _CENT)
        no_deduction = sound & np.isnan(deduction) & (agreed | np.isnan(net)) & (factor > 0)
        no_net = sound & np.isnan(net) & (np.isnan(deduction) | (np.abs(deduction - right) < _CENT))
    return [
        (frame.fields[product.result], _where(outvoted | no_deduction, right)),
        (frame.fields[rest.result], _where(no_net, net_right)),
    ]


def _identity(frame: Frame, wanted: Callable[[Identity], bool]) -> Identity | None:
    return next((identity for identity in frame.profile.identities if wanted(identity)), None)


def _where(mask: npt.NDArray[np.bool_], values: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    result = np.full(len(mask), None, dtype=object)
    result[mask] = values[mask]
    return result


def as_text(value: object) -> str:
    """A cell as the list of repairs shows it, "" where it is empty."""
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
