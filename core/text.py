"""Typed text made comparable: full-width folded, hidden characters out, one kind of dash, spreadsheet marks off."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000e-\u001f\u007f"
_HIDDEN = re.compile("[" + _INVISIBLE + "]+")
_BLANKS = re.compile(r"[\s" + _INVISIBLE + "]+")
_BLANKS_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
# A CSV that OGR reads loses the quotes of ="0101".
_TEXT_MARK = re.compile(r"'(.*)|=\"([^\"]*)\"|=(\d+)", re.DOTALL)

NUMBER = r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?"
"""A number in squeezed text of small letters: grouped by thousands or not at all, for "1,5" may be meant for 1.5."""

_UNGROUPED = re.compile(r"(?<![\d.,])\d{4,}(?!,)")

# Characters of the longest number with decimals that somebody wrote, and no division made.
_IN_FULL = 14

_MISSING = frozenset(["", "-", "--", "---", "/", "//", "\\", "无", "空"])
_MISSING_WORDS = frozenset(["null", "<null>", "(null)", "none", "nan", "nat", "<na>", "n/a", "na", "#n/a"])


def fold(text: str) -> str:
    """NFKC with one kind of dash, and without the marks by which a spreadsheet holds text ('0101, ="0101", =0101)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    if text[:1] in ("'", "="):
        match = _TEXT_MARK.fullmatch(text)
        text = (match[1] or match[2] or match[3] or "") if match else text
    return text


def squeeze(text: str) -> str:
    """Folded text without any blank or hidden character; squeezed text stays as it is."""
    return text if text.isascii() and text.isalnum() else _squeeze(text)


def tidy(text: str) -> str:
    """Folded text without hidden characters, no blank beside a Chinese character, one between Latin words."""
    return text if text.isascii() and text.isalnum() else _tidy(text)


# A layer repeats the same few names and classes in every row.
@lru_cache(maxsize=1 << 16)
def _squeeze(text: str) -> str:
    bare = _BLANKS.sub("", fold(text))
    # What a blank parted may fold again (accents, nested marks): go on until nothing changes.
    return bare if bare == text else _squeeze(bare)


@lru_cache(maxsize=1 << 16)
def _tidy(text: str) -> str:
    words = " ".join(_HIDDEN.sub("", fold(text)).split())
    words = words if words.isascii() else _BLANKS_BESIDE_CHINESE.sub("", words)
    return words if words == text else _tidy(words)


def in_full(number: float) -> str:
    """A number in full, without an exponent; one that has no end, such as a third, to six figures."""
    said = format(Decimal(repr(float(number))).normalize(), "f") if math.isfinite(number) else f"{number:g}"
    return f"{number:.6g}" if "." in said and len(said) > _IN_FULL else said


def grouped(figures: str) -> str:
    """A text with the whole part of every figure grouped by thousands: "≤ 12500.00" is "≤ 12,500.00"."""
    return _UNGROUPED.sub(lambda match: f"{int(match[0]):,}", figures)


def count_blanks(text: str) -> int:
    """How many blank and hidden characters a text has."""
    return len(text) - len(_BLANKS.sub("", text))


def is_missing(text: str) -> bool:
    """Does this squeezed or tidy text stand for an empty cell (dash, slash, 无, NULL, nan)?"""
    return text in _MISSING or text.lower() in _MISSING_WORDS
