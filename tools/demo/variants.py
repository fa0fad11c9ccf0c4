"""The same county in another form: variants.py OUTDIR KIND (shuffled, shapefile, zone36, zone38, noprefix, degrees)."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:] = [str(ROOT / ".cache" / "path"), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]

from redline.tools.demo import cases, contracts, enforcement, landuse, layers, responsibility  # noqa: E402
from redline.tools.demo.areas import EPSG  # noqa: E402
from redline.tools.demo.dice import Dice  # noqa: E402
from redline.tools.demo.generate import ATLAS, GEOPACKAGE, GROUND, REGISTER, SEED, TABLE  # noqa: E402

DEMO = ROOT / "resources" / "demo"
LAYERS = {"YJJBNTBHTB": "永久基本农田保护图斑", "CJDCQ": "村级调查区", "XZQ": "行政区"}
# Files of several layers beside the map's.
OTHERS = {one.FILE: one.LAYERS for one in (enforcement, landuse, responsibility)}
KINDS = {"shuffled": EPSG, "shapefile": EPSG, "zone36": 4524, "zone38": 4526, "noprefix": 4546, "degrees": 4490}


def write_variant(out: Path, kind: str, demo: Path = DEMO) -> dict[str, Path]:
    """Write the demo county in another form; only what the name says is changed.

    Args:
        out: folder to write into.
        kind: `shuffled` other order of features; `shapefile` all layers as shapefiles in GBK; `zone36` EPSG:4524,
            too far for the county; `zone38` EPSG:4526, near enough; `noprefix` EPSG:4546; `degrees` EPSG:4490,
            longitude first.
        demo: the demo county.

    Returns:
        Path of each source: map, units, townships, plots, register, table, atlas_index. The first three are layers
        `YJJBNTBHTB`, `CJDCQ`, `XZQ` of one GeoPackage, or shapefiles of these names.
    """
    epsg = KINDS[kind]
    out.mkdir(parents=True, exist_ok=True)
    for name in (REGISTER, TABLE, ATLAS, contracts.LEDGER, cases.LEDGER, cases.LAND, *responsibility.WORKBOOKS):
        shutil.copyfile(demo / name, out / name)
    paths = {"register": out / REGISTER, "table": out / TABLE, "atlas_index": out / ATLAS, "plots": out / GROUND}
    for file, titles in {GEOPACKAGE: LAYERS, **OTHERS}.items():
        _rewrite(demo / file, out, titles, kind)
    for role, name in zip(("map", "units", "townships"), LAYERS):
        paths[role] = out / (f"{name}.shp" if kind == "shapefile" else GEOPACKAGE)
    fields, rows = layers.read_layer(demo / GROUND)
    if kind == "shuffled":
        rows = Dice(SEED, "shuffle", "ground").shuffled(rows)
    layers.write_layer(layers.create_shapefile(paths["plots"]), paths["plots"].stem, "", fields, rows, epsg)
    return paths


def _rewrite(file: Path, out: Path, titles: dict[str, str], kind: str) -> None:
    """The layers of a GeoPackage (name → title) in another form: one file again, or a shapefile each."""
    (out / file.name).unlink(missing_ok=True)
    source = None if kind == "shapefile" else layers.create_geopackage(out / file.name)
    for name, title in titles.items():
        fields, rows = layers.read_layer(file, name)
        if kind == "shuffled":
            rows = Dice(SEED, "shuffle", name).shuffled(rows)
        target = layers.create_shapefile(out / f"{name}.shp") if source is None else source
        if source is None:  # widths of a DBF are bytes, two of GBK to a character
            fields = [(one, what, min(2 * size, 254) if what == "text" else size) for one, what, size in fields]
        layers.write_layer(target, name, title, fields, rows, KINDS[kind])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("kind", choices=sorted(KINDS))
    options = parser.parse_args()
    for role, path in write_variant(options.out, options.kind).items():
        print(f"{role}: {path}")


if __name__ == "__main__":
    main()
