"""What every section of a report writes with: words in one language, headings, cards, and figures as printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from redline.core import units
from redline.core.catalogue import rule, text
from redline.core.checks.figures import percent_beside
from redline.core.report.facts import ReportFacts
from redline.core.report.markup import Column, Content, Markup, html, image, tag
from redline.core.report.pen import Pen
from redline.core.report.summary import Summary
from redline.core.result import Rate

NONE = "—"
_DIGITS = " 一二三四五六七八九"
_ALONE = 2
"""Chapters of an audit that begin a page: the leader's, and what follows it."""
_SITE_PAGE = 1
"""Chapters of a site's report on its one page."""
_CARDS = 6
"""Cards side by side."""
INDENT = "\u00a0\u00a0\u00a0"
CHART_PIXELS = 650
"""Width of a chart on paper: 172 mm at 96 dots an inch."""
MOST_VILLAGES = 600
"""A table of units goes down to the villages up to this number; above it the report stays with the townships."""


class Writer:
    """The numbers, the facts and the language of one report, and the elements that it is made of."""

    def __init__(self, summary: Summary, facts: ReportFacts, language: str) -> None:
        self.summary, self.facts, self.language = summary, facts, language
        self._names = summary.unit_names()
        self._chapters = 0
        self.whole = len(summary.results) > 1
        """Is this the report of an audit, with a cover and a page for the leader, and not of one check?"""
        self.of_site = not self.whole and summary.has("SUMMARY_TABLE")
        """Is this the report of a proposed site, with one page to sign?"""

    def pen(self) -> Pen:
        """What the charts of this report are drawn with."""
        return Pen(self.language)

    def say(self, text_id: str, **words: object) -> str:
        """A sentence of the catalogue."""
        return text(f"report.{text_id}", self.language, **words)

    def called(self, family: str, name: str) -> str:
        """The word for a role, a status, …; the name itself where the catalogue has none."""
        try:
            return text(f"{family}.{name}", self.language)
        except KeyError:
            return name

    def rule(self, rule_id: str) -> str:
        """The title of a rule."""
        return rule(rule_id).title[self.language]

    def unit(self, code: str) -> str:
        """The name of a unit, its code where nobody names it."""
        return self._names.get(code, "") or code

    def chapter(self, title: str, *content: Content) -> Content:
        """A numbered chapter."""
        self._chapters += 1
        number = f"{_han(self._chapters)}、" if self.language == "zh" else f"{self._chapters}. "
        alone = self.whole and self._chapters <= _ALONE
        fresh = "fresh" if alone or (self.of_site and self._chapters == _SITE_PAGE + 1) else None
        return [tag("h2", number + self.say(title), class_=fresh), "\n", *content]

    def heading(self, title: str) -> Content:
        return [tag("h3", self.say(title)), "\n"]

    def note(self, text_id: str, **words: object) -> Content:
        """A small remark above or below a table."""
        return [tag("p", self.say(text_id, **words), class_="note"), "\n"]

    def omitted(self, villages: int) -> Content:
        """The remark that so many villages are left out, nothing for none."""
        return self.note("villages.omitted", count=count(villages)) if villages else ""

    def column(self, title: str, align: str = "left", width: str | None = None) -> Column:
        return Column(self.say(title), align, width)

    def numbers(self, titles: Iterable[str], width: str | None = None) -> list[Column]:
        """Columns of figures."""
        return [self.column(title, "right", width) for title in titles]

    def titled(self, family: str, names: Iterable[str]) -> list[Column]:
        """Columns of figures under words of a family of the catalogue ("rate")."""
        return [Column(self.called(family, name), "right", None) for name in names]

    def chart(self, title: str, how: Content, png: bytes) -> Content:
        """A picture under its heading, with how to read it."""
        return [self.heading(title), how, image(png, CHART_PIXELS, self.say(title))]

    def bullets(self, sentences: Iterable[str], kind: str | None = None) -> Content:
        # Qt sets the dot hard against the text.
        return [tag("ul", [tag("li", "\u00a0" + sentence) for sentence in sentences], class_=kind), "\n"]


@dataclass(frozen=True)
class Card:
    """A figure in a box: `kind` is a light's "red", "yellow", "green" or "grey", else "error", "warning" or "plain"."""

    label: str
    value: str
    kind: str = "plain"
    below: str = ""


def cards(found: Sequence[Card], kind: str) -> Content:
    """Cards side by side: "lights" or "figures"."""
    if not found:
        return ""
    across = math.ceil(len(found) / math.ceil(len(found) / _CARDS))
    width = f"{100 / across:.2f}%"
    lines = [found[at : at + across] for at in range(0, len(found), across)]
    rows = [[_card(card, width) for card in line] + [_NO_CARD] * (across - len(line)) for line in lines]
    cells = [tag("tr", row) for row in rows]
    return [tag("table", cells, class_=f"cards {kind}", width="100%", cellspacing="6", cellpadding="6"), "\n"]


_NO_CARD = Markup('<td class="none"></td>')


def _card(card: Card, width: str) -> Content:
    below = tag("p", card.below, class_="below") if card.below else ""
    words = [tag("p", card.label, class_="name"), tag("p", card.value, class_="value"), below]
    return tag("td", words, class_=card.kind, width=width, align="center", valign="middle")


def unit_cell(name: str, code: str) -> str:
    """A unit's name, a village's set in below its township's."""
    return INDENT + name if len(code) > 9 else name


def unit_kind(code: str) -> str | None:
    """The kind of table row of a unit: "total" for a county and above, "part" for a township."""
    return "total" if len(code) <= 6 else "part" if len(code) <= 9 else None


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts of column name to value."""
    return frame.to_dict("records")  # type: ignore[return-value]


def count(number: float) -> str:
    return f"{math.floor(number + 0.5):,}"


def known_count(number: object) -> str:
    return NONE if number is None or pd.isna(number) else count(int(number))  # type: ignore[call-overload]


def mu(cents: int | None) -> str:
    """Hundredths of a m² in 亩."""
    return NONE if cents is None else _true_minus(units.format_area(cents, "mu"))


def square_metres(cents: int | None) -> str:
    """Hundredths of a m² in m²."""
    return NONE if cents is None else _true_minus(units.format_area(cents))


def apart(cents: int | None, unit: str = "mu") -> str:
    """A difference (hundredths of a m²) with its sign; one that is printed as zero has none."""
    if cents is None:
        return NONE
    figure = units.format_area(abs(cents), unit)
    return figure if not figure.strip("0.,") else ("+" if cents > 0 else "−") + figure


def cents(square_metres: object) -> int | None:
    """An area in m² as hundredths, None where there is none."""
    return None if square_metres is None or pd.isna(square_metres) else units.total_cents([square_metres])  # type: ignore[call-overload]


def percent(share: float | None, decimals: int = 2) -> str:
    """A share in per cent; only what is whole is called 100 %."""
    if share is None or pd.isna(share):
        return NONE
    figure = float(units.round_half_away([share * 100], decimals)[0])
    if figure >= 100 > share * 100:
        figure = 100 - 10.0**-decimals
    return f"{figure:.{decimals}f}%"


def percent_near(share: float, line: float) -> str:
    """A share in per cent, with as many more decimals as show on which side of a line (NaN: there is none) it lies."""
    figure, beside = percent(share), percent_beside(share, line)
    return beside if len(beside) > len(figure) else figure


def rate_words(rate: Rate) -> Mapping[str, str]:
    """The rate and its two numbers for a sentence."""
    return {"rate": percent(rate.value), "numerator": count(rate.numerator), "denominator": count(rate.denominator)}


def fraction(rate: Rate) -> str:
    """The two numbers of a rate."""
    deduction = f" − {count(rate.deduction)}" if rate.deduction else ""
    return f"{count(rate.numerator)}{deduction} / {count(rate.denominator)}"


def _han(number: int) -> str:
    """A number from 1 to 99 as Chinese headings write it."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def line_break() -> Markup:
    return html(Markup("<br>"))


def _true_minus(figure: str) -> str:
    return figure.replace("-", "−")
