"""The wording of office sheets: which text is a total, a signature, a note, a unit line. The words are data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd

from redline.core.standards import plain_header
from redline.core.standards._files import load
from redline.core.text import fold, squeeze, tidy
from redline.core.units import parse_unit, suffix_units

_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_UNIT_SAID = re.compile(
    r"(?:(?:计量|面积|计算)\s*单\s*位|(?<![^(\[【\s,;。:])(?:单\s*位|units?))\s*(?:[:是]|均?为)\s*"
    r"(?P<said>[^\s;。填制编]+(?<![)\]】])[)\]】]?)",
    re.IGNORECASE,
)
_UNIT_BEHIND = re.compile(r"(?:[/,，_\-:]|单位:?)\s*([^/,，_\-:()]+)$")
_DECIMALS = re.compile(r"\(?\d*\.\d+\)?$|^\d*\.\d+")
_NUMBER = re.compile(r"[+\-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+\-]?\d+)?%?", re.IGNORECASE)
_DIGIT = r"[\d〇○零一二三四五六七八九十]"
_DATE = re.compile(rf"{_DIGIT}{{2,4}}[年./\-]{_DIGIT}{{1,3}}(?:[月./\-](?:{_DIGIT}{{1,3}}日?)?)?")
_STEM = "甲乙丙丁戊己庚辛壬癸"
_COUNTER = re.compile(r"\(?(\d{1,3})\)?|([①-⑳])")
_FORMULA = re.compile(r"\(?(\d{1,3})\)?=((?:\(?\d{1,3}\)?[+\-])*\(?\d{1,3}\)?)")


@cache
def words(name: str) -> Any:
    """A list or table of standards/sheet_words.json."""
    return load("sheet_words.json")[name]


@cache
def plain_words(name: str) -> frozenset[str]:
    """A list of words, squeezed and in lower case, for comparison with `plain`."""
    return frozenset(plain(word) for word in words(name))


def plain(text: str) -> str:
    """Text for comparison: folded, no blanks, lower case."""
    return squeeze(text).lower()


def shown(cell: object) -> str:
    """A cell as text for people: tidy, "" where empty, 3.0 as "3"."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return tidy(str(cell))


def is_number(text: str) -> bool:
    """Is this tidy text a number as printed, thousands separators and a unit behind it allowed?"""
    bare = text.replace(" ", "")
    match = _NUMBER.match(bare)
    return match is not None and (match.end() == len(bare) or is_area_unit(bare[match.end() :]))


@cache
def is_area_unit(text: str) -> bool:
    """Is this the bare name of a unit of area ("亩", "hm²"), nothing else?"""
    return bool(suffix_units(pd.Series(["1" + text]))[0])


def is_unit(text: str) -> bool:
    """Is this the bare name of a unit, of area or another?"""
    bare = plain(text).strip("()")
    return is_area_unit(bare) or bare in plain_words("count_units") or bare in plain_words("other_units")


def is_date(text: str) -> bool:
    """Does the text begin as a date does ("2024年5月", "二〇二四年五月")?"""
    return bool(_DATE.match(text))


def unit_in_header(text: str) -> str | None:
    """The unit of area that a header cell gives in brackets or behind a joint: "面积(亩)", "面积/亩", "Area_mu"."""
    folded = fold(text)
    behind = _UNIT_BEHIND.search(tidy(text))
    said = [*_BRACKETED.findall(folded), *([behind[1]] if behind else [])]
    units = {unit for part in said for unit in units_named(part)}
    return units.pop() if len(units) == 1 else None


def unit_line(text: str) -> str | None:
    """What a line says behind "单位：" ("亩(0.00)"), or a cell that is a unit and no more; None for others.

    "填报单位：三亩镇" names an office, not a unit.
    """
    line = _one_line(text)
    if is_area_unit(line.strip("() ")):
        return line.strip("() ")
    place = _unit_said(line)
    if place:
        return place[1]
    return next((part for part in _BRACKETED.findall(line) if is_area_unit(part)), None)


def units_named(said: str) -> list[str]:
    """The units of area in "亩(0.00)" or "公顷、亩"; other units ("个") are passed over, other words make it empty."""
    parts = [_unit_core(part) for part in re.split(r"[、,，和及与]", said)]
    known = [part for part in parts if part]
    if not all(is_unit(part) for part in known):
        return []
    return [unit for unit in (parse_unit(part) for part in known) if unit]


def without_unit_line(text: str) -> str:
    """A corner cell or title without its "单位：亩"."""
    line = _one_line(text)
    place = _unit_said(line)
    return tidy(place[0].strip(" (") + " " + place[2].strip(" )")) if place else line


def total_word(text: str) -> tuple[str, int] | None:
    """What stands before a total's word, and the word's rank (1 小计, 2 合计, 3 总计); None for other texts.

    "甲镇小计" is ("甲镇", 1), "合 计(亩)" is ("", 2). Totals of printed pages have rank 0.
    """
    bare = plain(_BRACKETED.sub("", fold(text))).strip(":.。、*#-_")
    if not bare or len(bare) > 30:
        return None
    if any(bare == word or bare.endswith(word) for word in plain_words("page_totals")):
        return "", 0
    for word, rank in _ranked_totals():
        if bare == word:
            return "", rank
        if bare.endswith(word) and (not word.isascii() or bare.isascii()):
            return tidy(bare[: -len(word)].strip(":-_、")), rank
        if bare.startswith(word) and word.isascii() and bare[len(word) : len(word) + 2] in ("of", "fo"):
            return "", rank
    return None


def starts_with(name: str, text: str) -> str | None:
    """The word of the list `name` that the text begins with, if a colon, a number mark or nothing follows it."""
    bare = plain(text).strip("*※#([ ")
    for word in _by_length(name):
        if bare.startswith(word):
            rest = bare[len(word) :].lstrip("1234567890一二三()")
            if not rest or rest[0] in ":;：、.．〕】])_":
                return word
    return None


def is_page_mark(text: str) -> bool:
    """Is this "第2页 共5页", "续表" and the like?"""
    bare = plain(text).strip("-—")
    return any(re.fullmatch(pattern, bare) for pattern in words("page"))


def counter(text: str) -> int | str | None:
    """A column number under a header: "(3)" is 3, "④" is 4, "甲" is "甲", "3=4+5" is 3; None for other texts."""
    bare = plain(text)
    if len(bare) == 1 and bare in _STEM:
        return bare
    if len(bare) == 1 and "a" <= bare <= "z":
        return bare
    match = _COUNTER.fullmatch(fold(text).strip()) or _COUNTER.fullmatch(bare)
    if match:
        return int(match[1]) if match[1] else ord(match[2]) - ord("①") + 1
    formula = _FORMULA.fullmatch(bare)
    return int(formula[1]) if formula else None


def formula_parts(text: str) -> list[int] | None:
    """The column numbers that a numbering cell adds up ("3=4+8" gives [4, 8]); None where it is no sum."""
    match = _FORMULA.fullmatch(plain(text))
    if not match or "-" in match[2]:
        return None
    return [int(part) for part in re.findall(r"\d+", match[2])]


def level_of_header(label: str) -> str:
    """The level of the units that a column names ("乡镇" is township), "" where its header says none."""
    bare = re.sub(r"^(?:所在|所属)|(?:名称|名)$", "", plain(label))
    return next((level for level, entry in words("levels").items() if bare in map(plain, entry["header"])), "")


def level_of_name(name: str) -> str:
    """The level that a unit's name shows ("甲镇" is township), "" where it shows none."""
    bare = plain(_BRACKETED.sub("", fold(name)))
    found = [level for level, entry in words("levels").items() if re.search(entry["name"], bare)]
    return found[-1] if found else ""


class Vocabulary:
    """The header words that a caller knows, and those that every office sheet may have."""

    def __init__(self, known: Iterable[str]) -> None:
        own = {plain_header(str(word)).lower() for word in known} - {""}
        # A class code such as 1006 is a header in one sheet and a figure in the next; no figure begins with 0.
        own = {word for word in own if not word.isdigit() or word.startswith("0")}
        self._exact = own | {plain(word) for word in words("headers")}
        long = sorted((word for word in own if len(word) >= 2 and not word.isdigit()), key=len, reverse=True)
        self._inside = re.compile("|".join(map(re.escape, long))) if long else None
        self._seen: dict[str, float] = {}

    def score(self, text: str) -> float:
        """1 for a known header, 0.5 for one that contains a known header, 0 for others."""
        if text not in self._seen:
            self._seen[text] = self._score(text)
        return self._seen[text]

    def is_label(self, text: str) -> bool:
        """Is this a known header and nothing more, no number?"""
        return not text[:1].isdigit() and plain_header(text).lower() in self._exact

    def _score(self, text: str) -> float:
        forms = {plain(text), plain_header(text).lower(), plain(without_unit_line(text))}
        if forms & self._exact or total_word(text) == ("", 1):
            return 1.0
        if len(text) <= 24 and self._inside and any(self._inside.search(form) for form in forms):
            return 0.5
        return 0.0


def _unit_core(text: str) -> str:
    """A bracket's content without "单位:" and the decimals that forms print behind a unit ("亩(0.00)", "0.00亩")."""
    bare = re.sub(r"^(?:计量|面积)?单位:?", "", plain(text))
    return _DECIMALS.sub("", bare).strip("()")


def _unit_said(line: str) -> tuple[str, str, str] | None:
    """What stands before "单位：", what it says (no more than units where it begins with them), and the rest."""
    match = _UNIT_SAID.search(line)
    if not match:
        return None
    said = match["said"]
    named = next((said[:k] for k in range(len(said), 0, -1) if units_named(said[:k])), "")
    told = (named or said).rstrip(")]】")
    rest = said[len(named) :] if named else ""
    return line[: match.start()], told + ")" * (told.count("(") > told.count(")")), rest + line[match.end() :]


def _one_line(text: str) -> str:
    return " ".join(fold(text).split())


@cache
def _ranked_totals() -> tuple[tuple[str, int], ...]:
    ranks = {plain(word): rank for word, rank in words("total_ranks").items()}
    return tuple(sorted(ranks.items(), key=lambda item: -len(item[0])))


@cache
def _by_length(name: str) -> tuple[str, ...]:
    return tuple(sorted(plain_words(name), key=len, reverse=True))
