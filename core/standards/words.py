"""What the words of ledgers mean: looked up in a data file, whole cells first, then the longest word in a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from redline.core.standards._files import load
from redline.core.text import is_missing, squeeze

_NEGATED = re.compile(r"未|没有|尚未|不|无|非|疑似")


@cache
def meaning(file: str, family: str, said: str) -> str:
    """What a word means in a `family` of the `words` of a data file, "" where it means nothing.

    A cell that is one of the words is that; otherwise the longest word that stands in it decides ("2024年已结案"),
    unless a 未, 不 or 非 before it turns it round, or a 疑似 leaves it open.
    """
    text = squeeze(said).upper()
    words = _words(file, family)
    if text in words:
        return words[text]
    if is_missing(text):
        return ""
    for word in sorted(words, key=lambda word: (-len(word), word)):
        place = text.find(word) if len(word) > 1 else -1
        if place >= 0 and (_NEGATED.match(word) or not _NEGATED.search(text[max(0, place - 2) : place])):
            return words[word]
    return ""


@cache
def _words(file: str, family: str) -> Mapping[str, str]:
    entry = load(file)["words"][family]
    kinds = {kind: words for kind, words in entry.items() if isinstance(words, list)}
    return {squeeze(word).upper(): kind for kind, words in kinds.items() for word in words}
