"""The bookmarks of an atlas: pages below the units that they are of, townships before villages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redline.core.codes import LEVELS
from redline.core.pdf import Entry

_GROUPS = (LEVELS["county"], LEVELS["township"], LEVELS["village"])


def outline(pages: Iterable[tuple[str, str, str, int]], names: Mapping[str, str]) -> list[Entry]:
    """The tree of bookmarks of pages, in their order: (key, name, code of the unit, printed page).

    A page stands below the units around it, each called by its name, else its code; a single county is left out. A page
    whose key is a unit's code is that unit's own bookmark.
    """
    given = list(pages)
    counties = {unit[: _GROUPS[0]] for _, _, unit, _ in given if unit}
    found: list[Entry] = []
    known: dict[str, Entry] = {}
    for key, name, unit, page in given:
        level = found
        for digits in _GROUPS[len(counties) < 2 :]:
            code = unit[:digits]
            if len(unit) < digits or code == key:
                continue
            if code not in known:
                known[code] = Entry(names.get(code, "") or code, page)
                level.append(known[code])
            level = known[code].below
        own = Entry(name or key, page)
        level.append(own)
        known.setdefault(key, own)
    return found
