"""What a report says about a run beside its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class InputFact:
    """One input: its role ("map", "register", …), name, number of rows, CRS in words, file, and a remark (selection,
    filter, area unit, date of the data)."""

    role: str
    name: str
    count: int
    crs: str = ""
    source: str = ""
    remark: str = ""


@dataclass(frozen=True)
class SettingFact:
    """A tolerance or threshold as it was applied, in words, with where it comes from."""

    name: str
    value: str
    source: str = ""


@dataclass(frozen=True)
class Ground:
    """Where things lie: `shapes` with the columns `key` and `geometry` in a plane of metres, which `crs` names."""

    shapes: pd.DataFrame
    crs: str


@dataclass(frozen=True)
class ReportFacts:
    """What the report's head, appendix and signatures say; everything is text and may be left out.

    `unit` is the land that was checked, `office` who checked it. `date` and `data_time` are days as they are to be
    printed. `findings_at` says where every finding is stored. `classification` is printed at the head ("" for none,
    None for the default mark of internal documents), `notice` as a banner above everything else. `shown` is the
    number of findings listed per rule, the rest is counted. `ground` holds the shapes for the small maps, None for no
    maps.
    """

    title: str = ""
    unit: str = ""
    office: str = ""
    date: str = ""
    data_time: str = ""
    inputs: Sequence[InputFact] = ()
    settings: Sequence[SettingFact] = ()
    methods: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    findings_at: str = ""
    classification: str | None = None
    notice: str = ""
    shown: int = 10
    ground: Ground | None = None
