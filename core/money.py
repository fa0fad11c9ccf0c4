"""Amounts of money as offices write them, in 元."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from redline.core.text import squeeze
from redline.core.units import Numbers, parse_number, round_half_away

_YUAN = {"亿元": 100_000_000.0, "百万元": 1_000_000.0, "万元": 10_000.0, "千元": 1_000.0, "元": 1.0}
_UNIT = r"亿元|百万元|万元|千元|元"
_SUFFIX = re.compile(rf"[¥￥]?(?P<number>.*?)(?P<unit>(?:{_UNIT})?)整?")
_IN_HEADER = re.compile(rf"(?:{_UNIT})(?!/)")


def parse(values: pd.Series, header: str = "") -> Numbers:
    """Amounts in 元, to the 分: "12.5万元", "¥3,000.00", bare numbers in the unit that the header says (else 元)."""
    named = _IN_HEADER.search(squeeze(header))
    usual = _YUAN[named[0]] if named else 1.0
    if values.map(lambda cell: isinstance(cell, str)).any():
        found = [_SUFFIX.fullmatch(squeeze(cell)) if isinstance(cell, str) else None for cell in values]
        bare = [match["number"] if match else cell for match, cell in zip(found, values)]
        factor = np.array([_YUAN[match["unit"]] if match and match["unit"] else usual for match in found])
        numbers, bad = parse_number(pd.Series(bare, index=values.index, dtype=object))
    else:
        factor = np.full(len(values), usual)
        numbers, bad = parse_number(values)
    return Numbers(round_half_away(numbers * factor), bad)
