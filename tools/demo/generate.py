"""Write the demo county: generate.py OUTDIR [--seed 990101] [--truth FILE] [--causes FILE]."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:] = [str(ROOT / ".cache" / "path"), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]

from redline.tools.demo import (  # noqa: E402
    building_zones,
    cases,
    contracts,
    enforcement,
    landuse,
    layers,
    limits,
    people,
    responsibility,
    workbooks,
)
from redline.tools.demo.county import County, Unit, build_county  # noqa: E402
from redline.tools.demo.mistakes import ON_DATE, spoil  # noqa: E402
from redline.tools.demo.papers import MAP_FIELDS, PLOT_FIELDS, Papers, Row, sorted_villages, write_papers  # noqa: E402
from redline.tools.demo.plan import Plan  # noqa: E402

SEED = 990101
GEOPACKAGE = "示范县.gpkg"
GROUND = "实地核查地块.shp"
REGISTER = "永久基本农田登记册.xlsx"
TABLE = "永久基本农田现状汇总表.xlsx"
ATLAS = "图册目录.xlsx"
TRUTH = ROOT / "tests" / "demo_truth.json"
CAUSES = ROOT / "tests" / "demo_causes.json"

_COMMON = (("BSM", "text", 18), ("YSDM", "text", 10))
_REST = (
    ("DCMJ", "real", 15), ("JSMJ", "real", 15), ("MSSM", "text", 2), ("HDMC", "text", 100), ("BZ", "text", 254),
)  # fmt: skip
VILLAGE_FIELDS = (*_COMMON, ("ZLDWDM", "text", 19), ("ZLDWMC", "text", 254), *_REST)
TOWNSHIP_FIELDS = (*_COMMON, ("XZQDM", "text", 9), ("XZQMC", "text", 100), *_REST)


def draw(seed: int = SEED) -> tuple[County, landuse.Survey]:
    """The county and its land survey as they should be."""
    county = build_county(seed)
    return county, landuse.draw_survey(county, seed)


def generate(out: Path, seed: int = SEED, drawn: tuple[County, landuse.Survey] | None = None) -> Plan:
    """Write all files of the demo county into a folder.

    Args:
        out: the folder; made if it is absent, files in it are replaced.
        seed: the county's seed.
        drawn: what `draw` drew with this seed, where it has been drawn already; the mistakes are planted in it.

    Returns:
        The plan of the planted mistakes, with the findings to expect.
    """
    out.mkdir(parents=True, exist_ok=True)
    county, survey = drawn or draw(seed)
    papers, plan = spoil(county, seed, lambda: write_papers(county, seed))
    _write_map(out / GEOPACKAGE, county, papers)
    for old in out.glob(Path(GROUND).stem + ".*"):
        old.unlink()
    layers.write_layer(layers.create_shapefile(out / GROUND), Path(GROUND).stem, "", PLOT_FIELDS, papers.ground)
    workbooks.write_register(out / REGISTER, papers, seed)
    workbooks.write_table(out / TABLE, papers)
    workbooks.write_atlas_index(out / ATLAS, papers)
    changes = enforcement.plant(county, survey, plan, seed, (limits.plant,))
    changes.zones = building_zones.draw(county, changes)
    enforcement.write(out / enforcement.FILE, changes)
    cases.write(out, county, survey, changes, plan, seed)
    landuse.write(out / landuse.FILE, survey, plan, seed)
    parts = list(zip(enforcement.supplied_in_part(changes), enforcement.PARTS))
    contracts.write_contracts(out / contracts.LEDGER, county, enforcement.supplied(changes), parts, seed, plan)
    responsibility.write(out, county, papers, plan, seed)
    return plan


def _write_map(path: Path, county: County, papers: Papers) -> None:
    path.unlink(missing_ok=True)
    source = layers.create_geopackage(path)
    layers.write_layer(source, "YJJBNTBHTB", "永久基本农田保护图斑", MAP_FIELDS, papers.map)
    villages = [
        {**_unit(number, village), "YSDM": "1000600300", "ZLDWDM": village.code + "0000000", "ZLDWMC": village.name}
        for number, village in enumerate(sorted_villages(county), start=1)
    ]
    layers.write_layer(source, "CJDCQ", "村级调查区", VILLAGE_FIELDS, villages)
    townships = [
        {**_unit(900 + number, township), "YSDM": "1000600100", "XZQDM": township.code, "XZQMC": township.name}
        for number, township in enumerate(county.townships, start=1)
    ]
    layers.write_layer(source, "XZQ", "行政区", TOWNSHIP_FIELDS, townships)


def _unit(number: int, unit: Unit) -> Row:
    area = unit.cents / 100
    row = {"BSM": f"{people.COUNTY}9{number:011d}", "DCMJ": area, "JSMJ": area, "MSSM": "00", "HDMC": "", "BZ": ""}
    return {**row, "geometry": unit.shape}


def write_truth(plan: Plan, truth: Path, causes: Path) -> None:
    """Write the findings to expect, and words and keys of each cause, as JSON with one entry a line.

    Args:
        plan: the planted mistakes.
        truth: list of findings: rule, role, key, related, cause.
        causes: the audit's day, and for each cause zh, en, keys and innocent (a harmless oddity, never reported).
    """
    words = json.loads((Path(__file__).parent / "causes.json").read_text(encoding="utf-8"))
    if set(words) != set(plan.keys):
        raise ValueError(f"causes.json and the planted causes differ: {sorted(set(words) ^ set(plan.keys))}")
    findings = [json.dumps(dataclasses.asdict(finding), ensure_ascii=False) for finding in sorted(plan.expected)]
    truth.write_text("[\n" + ",\n".join(findings) + "\n]\n", encoding="utf-8")
    entries = [
        f"  {json.dumps(name)}: {json.dumps({**entry, 'keys': plan.keys[name]}, ensure_ascii=False)}"
        for name, entry in words.items()
    ]
    day = f"{ON_DATE[:4]}-{ON_DATE[4:6]}-{ON_DATE[6:]}"
    text = f'{{\n "on_date": "{day}",\n "causes": {{\n' + ",\n".join(entries) + "\n }\n}\n"
    causes.write_text(text, encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--truth", type=Path, default=TRUTH)
    parser.add_argument("--causes", type=Path, default=CAUSES)
    options = parser.parse_args()
    plan = generate(options.out, options.seed)
    write_truth(plan, options.truth, options.causes)
    size = sum(file.stat().st_size for file in options.out.iterdir())
    print(f"{options.out}: {size / 1e6:.2f} MB, {len(plan.expected)} findings to expect of {len(plan.keys)} causes")


if __name__ == "__main__":
    main()
