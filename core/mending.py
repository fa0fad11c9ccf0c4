"""What was changed in texts to make them comparable, in words for the people who wrote them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from string import ascii_lowercase

from redline.core.catalogue import text
from redline.core.text import count_blanks, fold


def changes(before: Sequence[object], after: Sequence[str], language: str) -> str:
    """The ways in which the cells `before` differ from the texts `after` that were read of them.

    Whatever cells have in common is looked at as one text, for there may be a million of them.
    """
    texts = [cell for cell in before if isinstance(cell, str)]
    written = "".join(texts)
    read = "".join(said for cell, said in zip(before, after) if isinstance(cell, str))
    folded = written if written.isascii() else unicodedata.normalize("NFKC", written)
    gone = [sign for sign in set(written) - set(read) if not sign.isascii() and not sign.isspace()]
    small, small_left = (sum(map(one.count, ascii_lowercase)) for one in (folded, read))
    found = {
        "number": len(texts) < len(before),
        "blanks": count_blanks(written) > count_blanks(read),
        "width": any(unicodedata.normalize("NFKC", sign) != sign for sign in gone),
        "dashes": any(fold(sign) == "-" != unicodedata.normalize("NFKC", sign) for sign in gone),
        "capitals": small > small_left,
        "small": small < small_left,
        "decimals": folded.count(".") > read.count("."),
        "marks": any(folded.count(sign) > read.count(sign) for sign in "'="),
    }
    said = [text(f"mended.{change}", language) for change, there in found.items() if there]
    return text("mended.and", language).join(said)
