"""Words of data files that may be the same in both languages."""

from __future__ import annotations

from collections.abc import Mapping


def spoken(words: str | Mapping[str, str]) -> dict[str, str]:
    """The words by language ("zh", "en"): given so already, or one text for both, as the title of a law is."""
    return {"zh": words, "en": words} if isinstance(words, str) else dict(words)
