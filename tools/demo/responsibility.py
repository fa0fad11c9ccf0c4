"""田长制: zones, people, letters, patrols and signs of the demo county, written as an office keeps them."""

from __future__ import annotations

from pathlib import Path

from redline.tools.demo import layers, letters, patrols, signs, staff, zone_mistakes, zone_plots, zones
from redline.tools.demo.county import County
from redline.tools.demo.papers import Papers
from redline.tools.demo.plan import Plan

FILE = "田长制.gpkg"
LAYERS = {"WG": "责任网格", "XCJL": "巡查记录", "BZP": "永久基本农田标志牌"}
WORKBOOKS = (staff.ROSTER, letters.LEDGER)


def write(out: Path, county: County, papers: Papers, plan: Plan, seed: int) -> None:
    """Write one GeoPackage and two workbooks, and note in the plan what a perfect audit says of them.

    Args:
        out: the folder.
        county: the county; its plots are as all papers have them.
        papers: the plots as they are on the map.
        plan: the mistakes so far.
        seed: the county's seed.
    """
    grid = zones.draw_zones(county, plan, seed)
    zone_mistakes.spoil_zones(grid, county)
    zone_plots.follow_plots(grid, papers.map)
    people = staff.appoint(grid, county, seed)
    log = patrols.walk(grid, people, seed)
    boards = signs.put_up(papers.map, plan, seed)
    (out / FILE).unlink(missing_ok=True)
    source = layers.create_geopackage(out / FILE)
    for (name, title), fields, rows in zip(
        LAYERS.items(), (zones.FIELDS, patrols.FIELDS, signs.FIELDS), (zones.rows_of(grid), log, boards)
    ):
        layers.write_layer(source, name, title, fields, rows)
    staff.write_roster(out / staff.ROSTER, people, seed)
    letters.write_letters(out / letters.LEDGER, county, plan, seed)
