"""Maps on paper as the standards have them: symbols and colours, scales, pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from redline.core.standards._files import load
from redline.core.standards.land_classes import translate_class

Colour = tuple[int, int, int]
_MAIN_SCHEME = "sandiao"


@dataclass(frozen=True)
class Symbol:
    """A map symbol. `kind` is fill, line, hatch, marker or text; `width` (mm) is that of the line, of a marker its
    size, of a text its height. `dash` are lengths of strokes and gaps (mm)."""

    id: str
    zh: str
    en: str
    kind: str
    line: Colour
    width: float
    source: str
    confidence: str
    fill: Colour | None = None
    dash: tuple[float, ...] = ()

    @property
    def title(self) -> dict[str, str]:
        """What the legend calls it: dict en, zh."""
        return {"en": self.en, "zh": self.zh}


@cache
def symbols() -> dict[str, Symbol]:
    """All symbols of printed maps by id."""
    return {name: _symbol(name, entry) for name, entry in load("symbols.json")["symbols"].items()}


def _symbol(name: str, entry: dict[str, Any]) -> Symbol:
    read: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Symbol(name, **read)


@cache
def zone_colours() -> tuple[Colour, ...]:
    """Pale tints for neighbouring zones."""
    return tuple(_colour(value) for value in load("symbols.json")["zone_colours"]["values"])


@cache
def class_colour(code: str, scheme: str) -> Colour:
    """The colour of a land class: its own, else that of its counterpart in the third survey, else of its parent, else
    a light grey."""
    palettes = load("symbols.json")["land_classes"]
    own = palettes["schemes"].get(scheme, {})
    if code in own:
        return _colour(own[code])
    counterpart = translate_class(code, scheme, _MAIN_SCHEME)
    if counterpart in palettes["schemes"][_MAIN_SCHEME]:
        return _colour(palettes["schemes"][_MAIN_SCHEME][counterpart])
    for digits in (4, 3, 2):
        for known in sorted(own):
            if len(code) > 1 and known.startswith(code[:digits]) and len(code[:digits]) == min(digits, len(code)):
                return _colour(own[known])
    return _colour(palettes["other"])


def cultivated_classes() -> tuple[str, ...]:
    """The classes of cultivated land that a map may show by pattern (TD/T 1057)."""
    return tuple(load("symbols.json")["land_classes"]["cultivated"])


def class_line() -> tuple[Colour, float]:
    """The outline of a plot of the land survey: colour, and width in mm."""
    entry = load("symbols.json")["land_classes"]
    return _colour(entry["line"]), float(entry["width"])


def scales() -> tuple[int, ...]:
    """The denominators that a map's scale may have, the largest scale first."""
    return tuple(load("paper.json")["scales"]["values"])


def page_size(name: str) -> tuple[float, float]:
    """Width and height (mm) of a page lying on its long side; KeyError for an unknown one."""
    width, height = load("paper.json")["pages"][name]
    return float(width), float(height)


def _colour(value: list[int]) -> Colour:
    red, green, blue = value
    return red, green, blue
