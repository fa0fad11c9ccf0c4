"""Zones in the borders of real counties: winding, with islands, not always drawn from the same vertices."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from redline.tests.core import hand
from redline.tests.core.zones import (
    check_balanced,
    check_colours,
    check_connected,
    check_tiling,
    drawn,
    homes,
)

pytestmark = pytest.mark.shared

YUXI = ["530402", "530403", "530423", "530424", "530425", "530426", "530427", "530428", "530481"]
_SPACING = 1500.0


@pytest.fixture(scope="module")
def counties(shared_data: Path) -> dict[str, shapely.Geometry]:
    """Borders by code, in metres of a plane (good enough for form, not for measuring)."""
    features = json.loads((shared_data / "admin/cnmaps/counties.geojson").read_text(encoding="utf-8"))["features"]
    found = {}
    for feature in features:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        found[feature["properties"]["code"]] = shapely.transform(shape, _plane)
    return found


def _plane(lonlat: np.ndarray) -> np.ndarray:
    east = (lonlat[:, 0] - 111.0) * 111_320 * np.cos(np.radians(lonlat[:, 1])) + 500_000
    return np.round(np.stack([east + 37_000_000, lonlat[:, 1] * 110_574], axis=1), 4)


def scattered(regions: dict[str, shapely.Geometry], seed: int) -> list[hand.Row]:
    """Plots of chance that do not overlap: turned squares in a net, some of them across the border."""
    dice = np.random.default_rng(seed)
    rows = []
    for code, region in regions.items():
        low, high = np.array(region.bounds).reshape(2, 2)
        count = np.ceil((high - low) / _SPACING).astype(int)
        middle = low + (np.stack(np.meshgrid(*map(np.arange, count)), axis=-1).reshape(-1, 2) + 0.5) * _SPACING
        middle += dice.uniform(-300, 300, middle.shape)
        inside = shapely.contains_xy(region, middle[:, 0], middle[:, 1]) & (dice.random(len(middle)) < 0.6)
        for number, (x, y) in enumerate(middle[inside]):
            turn, size = dice.uniform(0, np.pi), dice.uniform(100, 420)
            corner = turn + np.pi / 4 + np.arange(4) * np.pi / 2
            shape = shapely.Polygon(np.stack([x + size * np.cos(corner), y + size * np.sin(corner)], axis=1))
            rows.append({"YJJBNTTBBH": f"{code}{number:06d}", "XZQDM": code, "YJJBNTMJ": 1e5, "geometry": shape})
    return rows


@pytest.mark.parametrize("codes", [YUXI, ["130609"], ["331082"]], ids=["yuxi", "xushui", "linhai"])
def test_counties_are_tiled(counties: dict[str, shapely.Geometry], codes: list[str]) -> None:
    regions = {code: counties[code] for code in codes}
    units = [{"XZQDM": code, "XZQMC": code, "geometry": region} for code, region in regions.items()]
    plots = scattered(regions, 1)
    result = drawn(units, plots, limit=60)
    zones, levels = result.tables["ZONES"], result.tables["LEVELS"]
    settled = levels[levels["level"] == "county"].set_index("zone_code")["geometry"].to_dict()
    check_tiling(zones, settled)
    for code, region in regions.items():
        # Where the counties' borders are not the same, no more than a strip of the tolerance changed hands.
        assert shapely.area(shapely.symmetric_difference(settled[code], region)) < 2e-4 * shapely.area(region)
    check_connected(zones, {code: len(shapely.get_parts(region)) for code, region in settled.items()})
    check_colours(zones)
    shapes = hand.shapes(*(row["geometry"] for row in plots))
    across = (homes(zones, shapes) != 1).nonzero()[0]
    told = result.findings.frame()
    crossing = {plots[row]["YJJBNTTBBH"] for row in across}
    assert crossing <= set(told.loc[told["rule"].isin(["R9008"]), "key"]) | outside(plots, across, settled)
    assert zones["plots"].sum() == len(plots)
    assert zones["load"].max() <= 60
    check_balanced(zones)


def outside(plots: list[hand.Row], rows: np.ndarray, regions: dict[str, shapely.Geometry]) -> set[str]:
    whole = shapely.union_all(list(regions.values()))
    return {plots[row]["YJJBNTTBBH"] for row in rows if not shapely.covers(whole, plots[row]["geometry"])}
