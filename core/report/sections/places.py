"""The worst places on small maps: what is wrong there, the plots that it is about, and what lies around."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely

from redline.core.privacy import mask
from redline.core.report import charts, maps
from redline.core.report.facts import Ground
from redline.core.report.markup import Content, Markup, image, tag
from redline.core.report.writer import Writer, count, records

_SHOWN = 8
_PIXELS = 312
"""Width of a map on paper: half of a chart's, less the cells' margins."""
_MOST_AROUND = 400
_AGAIN = re.compile(r"#\d+$")


def places(w: Writer) -> Content:
    """Maps of the findings with the greatest differences, one of a rule."""
    ground = w.facts.ground
    if ground is None or not charts.available():
        return ""
    found = records(w.summary.worst_places(_SHOWN))
    if not found:
        return ""
    land = _Land(ground)
    cells = [_cell(w, number, finding, land, ground.crs) for number, finding in enumerate(found, start=1)]
    cells += [Markup("<td></td>")] * (len(cells) % 2)
    body = [tag("tr", cells[at : at + 2]) for at in range(0, len(cells), 2)]
    how = w.note("places.how", count=count(len(found)), crs=ground.crs)
    return w.chapter("places", how, [tag("table", body, class_="maps", width="100%", cellpadding="4"), "\n"])


class _Land:
    """The shapes of the sources, to look up what a finding is about and what lies near."""

    def __init__(self, ground: Ground) -> None:
        there = ~shapely.is_missing(ground.shapes["geometry"].to_numpy(dtype=object))
        self._shapes = ground.shapes["geometry"].to_numpy(dtype=object)[there]
        self._keys = ground.shapes["key"].to_numpy(dtype=object)[there]
        self._tree = shapely.STRtree(self._shapes)

    def place(self, finding: dict[str, Any]) -> maps.Place:
        wrong = finding["geometry"]
        keys = {str(finding["key"]), _AGAIN.sub("", str(finding["related"]))} - {""}
        near = self._tree.query(wrong, predicate="intersects")
        own = near[np.isin(self._keys[near], list(keys))]
        seen = np.sort(self._tree.query(shapely.box(*maps.window(wrong, self._shapes[own]))))[:_MOST_AROUND]
        return maps.Place(wrong, self._shapes[np.sort(own)], self._shapes[np.setdiff1d(seen, own)])


def _cell(w: Writer, number: int, finding: dict[str, Any], land: _Land, crs: str) -> Content:
    picture = maps.place_map(land.place(finding), w.language)
    x, y = (round(float(value)) for value in shapely.get_coordinates(shapely.centroid(finding["geometry"]))[0])
    title = f"{number}. {w.rule(finding['rule'])} {finding['rule']}"
    unit = finding["unit_name"] or w.unit(finding["unit"] or "")
    where = w.say("places.where", x=x, y=y, unit=unit or crs)
    return tag(
        "td", image(picture, _PIXELS, title), tag("p", title, class_="place"),
        tag("p", mask(finding["message"], finding["key"]), class_="small"), tag("p", where, class_="note"),
        width="50%", valign="top",
    )  # fmt: skip
