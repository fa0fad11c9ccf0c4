"""Which findings are shown: conditions that all must hold, each looked at for all findings at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redline.core.catalogue import SEVERITIES
from redline.core.findings import STATUSES
from redline.core.memory import CHANGES
from redline.ui.table import Mask, Places, Table


@dataclass(frozen=True)
class Pick:
    """What was picked on a chart: the findings of a rule, or those of some finding ids. `title` says so to people."""

    title: str
    rule: str = ""
    ids: frozenset[str] | None = None


@dataclass(frozen=True)
class Filter:
    """What a finding must be to be shown. `unit` is a code, the units below it included; `words` stand in its texts;
    `places` are those within the visible part of the map, None for anywhere; `ids` those picked, None for any."""

    severities: frozenset[str] = frozenset(SEVERITIES)
    statuses: frozenset[str] = frozenset(STATUSES)
    changes: frozenset[str] = frozenset(CHANGES)
    rule: str = ""
    role: str = ""
    unit: str = ""
    words: str = ""
    places: Places | None = None
    ids: frozenset[str] | None = None

    def mask(self, table: Table) -> Mask:
        """Which findings of the table are shown, bool (n,)."""
        shown = np.ones(len(table), dtype=bool)
        for name, wanted, every in (
            ("severity", self.severities, SEVERITIES),
            ("status", self.statuses, STATUSES),
            ("change", self.changes, CHANGES),
        ):
            if len(wanted) < len(every):
                shown &= table.among(name, wanted)
        for name, value in (("rule", self.rule), ("role", self.role)):
            if value:
                shown &= table.among(name, (value,))
        if self.unit:
            shown &= table.below(self.unit)
        if self.places is not None:
            inside = np.zeros(len(table), dtype=bool)
            inside[self.places] = True
            shown &= inside
        if self.ids is not None:
            known = table.known_as(list(self.ids))
            picked = np.zeros(len(table), dtype=bool)
            picked[known[known >= 0]] = True
            shown &= picked
        if self.words.strip():
            shown &= table.containing(self.words)
        return shown
