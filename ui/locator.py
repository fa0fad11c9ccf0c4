"""“fl” and a number or a name in QGIS's locator bar: goes to a plot or to a village.

QGIS keeps prefixes of fewer than three letters to itself and to what users choose: the filter's own is “fld”, and “fl”
is put where a user's choice would stand, unless one stands there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsFeatureRequest,
    QgsFeedback,
    QgsLocator,
    QgsLocatorContext,
    QgsLocatorFilter,
    QgsLocatorResult,
    QgsReferencedGeometry,
    QgsSettings,
)
from qgis.PyQt.QtGui import QIcon

from redline.processing.algorithm import RESOURCES, tr

if TYPE_CHECKING:
    from redline.processing.roles import Holder

_MOST = 40
# Before QGIS 3.30.
_PREFIX_KEY = "locator_filters/prefix_redline"
_WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})

NAME, PREFIX = "redline", "fl"

WANTED = {"map": ("key", "plot_number", "unit", "unit_name"), "units": ("unit", "unit_name")}
"""The columns that are looked through or shown, by role."""

Holders = Callable[[], "Sequence[Holder]"]


class PlotFilter(QgsLocatorFilter):
    """Finds plots by their number, villages by their name or code.

    `holders` is asked in the main thread for the layers to look through, `show` is given what the user chose. The clone
    that searches works in another thread on their features alone.
    """

    def __init__(
        self, holders: Holders, show: Callable[[QgsReferencedGeometry], None], found_in: Sequence[Holder] = ()
    ) -> None:
        super().__init__()
        self._holders, self._show, self._found_in = holders, show, found_in
        # Made here, where pictures may be made.
        icons = {"map": "fourwaycheck", "units": "drawgrid"}
        self._icons = {role: QIcon(str(RESOURCES / "icons" / f"{icon}.svg")) for role, icon in icons.items()}
        # Nobody who types something else shall wait for this.
        self.setUseWithoutPrefix(False)

    def clone(self) -> PlotFilter:
        return PlotFilter(self._holders, self._show, self._holders())

    def name(self) -> str:
        return NAME

    def displayName(self) -> str:
        return tr("Redline 耕地红线: plots and villages")

    def prefix(self) -> str:
        return "fld"

    def priority(self) -> QgsLocatorFilter.Priority:
        return QgsLocatorFilter.Priority.Medium

    def fetchResults(self, words: str, context: QgsLocatorContext, feedback: QgsFeedback) -> None:
        plain = unicodedata.normalize("NFKC", words).strip()
        # One character finds half a county where nobody asked for plots.
        if len(plain) < (1 if context.usingPrefix else 2):
            return
        given: set[tuple[str, str]] = set()
        for holder in self._found_in:
            try:
                self._look_in(holder, plain, given, feedback)
            except Exception as error:
                # QGIS calls this from C++ in another thread: nothing may get through.
                QgsApplication.messageLog().logMessage(f"{holder.name}: {error}", "Redline")
            if feedback.isCanceled():
                return

    def triggerResult(self, result: QgsLocatorResult) -> None:
        shape = result.userData
        if isinstance(shape, QgsReferencedGeometry):
            self._show(shape)

    def _look_in(self, holder: Holder, words: str, given: set[tuple[str, str]], feedback: QgsFeedback) -> None:
        from redline.processing.roles import said

        # Of plots, the names of units are those of villages.
        sought = ("key", "plot_number") if holder.role == "map" else ("unit_name", "unit")
        columns = [name for name in sought if name in holder.fields]
        request = QgsFeatureRequest().setFilterExpression(
            " OR ".join(_contains(holder.fields[column], words) for column in columns)
        )
        request.setLimit(_MOST)
        request.setFeedback(feedback)
        for feature in holder.features.getFeatures(request):
            if feedback.isCanceled():
                return
            named = {column: said(feature[field]) for column, field in holder.fields.items()}
            title = named["key"] if holder.role == "map" else " ".join(
                filter(None, (named.get("unit_name"), named.get("unit")))
            )
            # What stands in the sources and in the results too is told once.
            if not feature.hasGeometry() or (holder.role, title) in given or len(given) >= 2 * _MOST:
                continue
            given.add((holder.role, title))
            self._give(holder, title, named, QgsReferencedGeometry(feature.geometry(), holder.crs), words)

    def _give(
        self, holder: Holder, title: str, named: dict[str, str], shape: QgsReferencedGeometry, words: str
    ) -> None:
        result = QgsLocatorResult()
        result.filter = self
        result.displayString = title
        beside = " ".join(filter(None, (named.get("unit_name"), named.get("unit")))) if holder.role == "map" else ""
        result.description = " · ".join(filter(None, (beside, holder.name)))
        result.group = tr("Plots") if holder.role == "map" else tr("Villages and units")
        result.icon = self._icons[holder.role]
        exact = unicodedata.normalize("NFKC", title) == words or named.get("unit_name") == words
        result.score = 1.0 if exact else len(words) / max(len(title), 1) * 0.9
        result.userData = shape
        self.resultFetched.emit(result)


def _contains(field: str, words: str) -> str:
    """A condition that the provider can test itself: the words as they are, or in full width."""
    column = QgsExpression.quotedColumnRef(field)
    ways = dict.fromkeys((words, words.translate(_WIDE)))
    return " OR ".join(f"{column} ILIKE {QgsExpression.quotedString(f'%{_plain(way)}%')}" for way in ways)


def _plain(words: str) -> str:
    """Words in which nothing stands for anything else."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def choose_prefix() -> None:
    """Have the filter called by PREFIX, before it is registered; a user's own choice stays."""
    if not _chosen_prefix():
        _set_prefix(PREFIX)


def forget_prefix() -> None:
    """Leave nothing of it behind but what the user chose."""
    if _chosen_prefix() == PREFIX:
        _set_prefix("")


def _chosen_prefix() -> str:
    entry = getattr(QgsLocator, "settingsLocatorFilterPrefix", None)
    if entry is not None:
        return str(entry.value([NAME]) or "")
    return str(QgsSettings().value(_PREFIX_KEY, "", str, QgsSettings.Section.Gui))


def _set_prefix(prefix: str) -> None:
    entry = getattr(QgsLocator, "settingsLocatorFilterPrefix", None)
    if entry is not None:
        entry.setValue(prefix, [NAME])
    elif prefix:
        QgsSettings().setValue(_PREFIX_KEY, prefix, QgsSettings.Section.Gui)
    else:
        QgsSettings().remove(_PREFIX_KEY, QgsSettings.Section.Gui)
