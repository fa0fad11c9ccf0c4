"""The audit of the demo county finds every planted mistake and nothing else, in whatever form the county comes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from qgis.core import QgsApplication, QgsVectorLayer

from redline import classFactory
from redline.core.findings import finding_id
from redline.tests.end_to_end import demo_sheets

if TYPE_CHECKING:
    from conftest import QgisProcess

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
DAY = "2026-06-30"

Finding = tuple[str, str, str, str]
Found = dict[Finding, str]

TRUTH: set[Finding] = {
    (told["rule"], told["role"], told["key"], told["related"])
    for told in json.loads((ROOT / "tests" / "demo_truth.json").read_text(encoding="utf-8"))
}
RULES = sorted({rule for rule, *_ in TRUTH})
_PLACE = re.compile(r"\(\d+(?:\.\d+)?,\d+(?:\.\d+)?\)")
# Forms in which coordinates are other numbers.
MOVED = ("zone36", "zone38", "noprefix", "degrees")


@pytest.fixture(scope="module")
def county_audit(qgis_processing: None) -> Iterator[Callable[..., Any]]:
    """`redline:countyaudit` in this process."""
    import processing

    plugin = classFactory(None)
    plugin.initProcessing()
    yield lambda **parameters: processing.run("redline:countyaudit", {"ON_DATE": DAY, **parameters})
    plugin.unload()


@pytest.fixture(scope="module")
def audit(county_audit: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Found]:
    """Audit a folder; gives the id of every finding by rule, role, key and related key."""

    def run(folder: Path) -> Found:
        results = tmp_path_factory.mktemp("audit") / "results.gpkg"
        county_audit(FOLDER=str(folder), RESULTS=str(results))
        return read(results)

    return run


@pytest.fixture(scope="module")
def base_results(county_audit: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the demo county as it comes."""
    results = tmp_path_factory.mktemp("audit") / "results.gpkg"
    county_audit(FOLDER=str(DEMO), RESULTS=str(results))
    return results


@pytest.fixture(scope="module")
def base(base_results: Path) -> Found:
    """What is found in the demo county as it comes."""
    return read(base_results)


def read(results: Path, column: str = "finding_id") -> Found:
    """A column of the findings of a results GeoPackage, by rule, role, key and related key."""
    with sqlite3.connect(f"file:{results}?mode=ro", uri=True) as database:
        rows = database.execute(f'SELECT rule, role, key, related, "{column}" FROM findings').fetchall()
    found = {tuple(text or "" for text in row[:4]): row[4] for row in rows}
    assert len(found) == len(rows)
    return found  # type: ignore[return-value]


def without_places(found: Iterable[Finding]) -> list[Finding]:
    """Findings without the coordinates that stand for what has no number: they are those of the layer's system."""
    return sorted(tuple(_PLACE.sub("(…)", part) for part in finding) for finding in found)  # type: ignore[misc]


def by_rule(found: set[Finding]) -> dict[str, set[Finding]]:
    return {rule: {finding for finding in found if finding[0] == rule} for rule in sorted({f[0] for f in found})}


def variant(out: Path, kind: str) -> Path:
    """The county in another form; another process writes it, because QGIS turns GDAL's recoding of Shapefiles off."""
    tool = ROOT / "tools" / "demo" / "variants.py"
    subprocess.run([sys.executable, str(tool), str(out), kind], check=True, capture_output=True, cwd=out.parent)
    return out


def changed(out: Path, **papers: demo_sheets.Rows) -> Path:
    """The county with its register or summary table as CSV in GBK instead of the workbook."""
    shutil.copytree(DEMO, out)
    for name, rows in papers.items():
        (out / f"{name}.xlsx").unlink()
        demo_sheets.write_csv(out / f"{name}.csv", rows)
    return out


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_finds_what_was_planted_and_nothing_else(base: Found, rule: str) -> None:
    assert {finding for finding in base if finding[0] == rule} == {finding for finding in TRUTH if finding[0] == rule}


def test_no_other_rule_finds_anything(base: Found) -> None:
    assert {rule for rule, *_ in base} == set(RULES)
    assert len(base) == len(TRUTH)


def test_figures_are_grouped_in_sentences_and_nowhere_else(base_results: Path) -> None:
    messages = read(base_results, "message").values()
    plain = re.compile(r"(?<![\d.,])\d{4,}\.\d\d(?:平方米|亩|元|×| (?:m²|mu|yuan|×))")
    assert [said for said in messages if plain.search(said)] == []
    assert sum(bool(re.search(r"\d,\d{3}\.\d\d(?:平方米| m²)", said)) for said in messages) > 50
    fields = [said or "" for column in ("expected", "actual") for said in read(base_results, column).values()]
    assert [said for said in fields if re.search(r"\d,\d{3}\.", said)] == []


def test_every_label_use_and_bar_is_shown_at_least_thrice(base_results: Path) -> None:
    from redline.core.checks.permit_judgement import BARS, LABELS
    from redline.core.checks.permit_use import IDLE, PARTLY_USED, UNUSED, USED

    with sqlite3.connect(f"file:{base_results}?mode=ro", uri=True) as database:
        told = database.execute("SELECT labels, bars FROM violations_out").fetchall()
        uses = database.execute('SELECT "use" FROM permits_out').fetchall()
    shown = Counter(";".join(one or "" for row in (*told, *uses) for one in row).split(";"))
    rare = {name: shown[name] for name in (*LABELS, *BARS, USED, PARTLY_USED, UNUSED, IDLE) if shown[name] < 3}
    assert rare == {}


def test_a_site_is_told_the_zone_of_the_plan(county_audit: Callable[..., Any], tmp_path: Path) -> None:
    """The land of a permit outside the plan, and of one where it lets build on condition."""
    import processing
    from redline.tools.demo.enforcement import FILE

    causes = json.loads((ROOT / "tests" / "demo_causes.json").read_text(encoding="utf-8"))["causes"]
    for cause, zone, told in (
        ("permit-outside-plan", "限制建设区", True), ("permit-on-condition", "有条件建设区", False),
    ):  # fmt: skip
        key, file = causes[cause]["keys"][0], DEMO / FILE
        found = processing.run("redline:siteprecheck", {
            "SITE": f"{file}|layername=ZZ_NYDZYFW|subset=DKBH = '{key}'", "PLAN": f"{file}|layername=JSYDGZQ",
            "PIECES": "memory:", "SUMMARY_TABLE": "memory:", "WAYS_OUT": "memory:", "FINDINGS": "memory:",
        })  # fmt: skip
        assert {row["plan"] for row in found["PIECES"].getFeatures()} == {zone}
        assert {row["rule"] for row in found["FINDINGS"].getFeatures()} == ({"R7102"} if told else set())


def test_a_site_takes_the_basic_farmland_of_the_change_on_the_same_land(county_audit: Callable[..., Any]) -> None:
    """Every change laid into both tools, some on plots with field ridges: one figure, to the cent."""
    import processing
    from redline.tools.demo.enforcement import FILE

    changes, permits = (f"{DEMO / FILE}|layername={name}" for name in ("JCTB", "ZZ_NYDZYFW"))
    shared = {"PERMITS": permits, "FARMLAND": f"{DEMO / '示范县.gpkg'}|layername=YJJBNTBHTB", "FINDINGS": "memory:"}
    judged = processing.run("redline:permitconflicts", {
        "VIOLATIONS": changes, **shared, "ON_DATE": "2026-06-30",
        **dict.fromkeys(("VIOLATIONS_OUT", "PIECES", "PERMITS_OUT", "UNIT_SUMMARY"), "memory:"),
    })  # fmt: skip
    checked = processing.run("redline:siteprecheck", {
        "SITE": changes, "SITE_KEY": "JCBH", **shared, "LANDUSE": f"{DEMO / '地类图斑.gpkg'}|layername=DLTB",
        "MAX_SHIFT": 1, **dict.fromkeys(("PIECES", "SUMMARY_TABLE", "WAYS_OUT"), "memory:"),
    })  # fmt: skip
    told = {row["key"]: row["difference"] for row in checked["FINDINGS"].getFeatures() if row["rule"] == "R7100"}
    taken = {row["key"]: row["farmland_area"] for row in judged["VIOLATIONS_OUT"].getFeatures()}
    assert told == {key: area for key, area in taken.items() if key in told}
    assert set(told) >= {row["key"] for row in judged["FINDINGS"].getFeatures() if row["rule"] == "R7010"}
    drawn: dict[str, float] = Counter()
    for row in checked["SUMMARY_TABLE"].getFeatures():
        if row["theme"] == "farmland" and row["name"]:
            drawn[row["site"]] += row["area"]
    assert any(drawn[key] > area + 1 for key, area in told.items())


def test_ids_are_those_of_the_definition(base: Found) -> None:
    assert base == {finding: finding_id(*finding) for finding in TRUTH}


@pytest.mark.parametrize("kind", ["shuffled", "shapefile", "zone38", "noprefix", "degrees"])
def test_in_another_form_the_same_is_found(
    audit: Callable[[Path], Found], base: Found, tmp_path: Path, kind: str
) -> None:
    found = audit(variant(tmp_path / kind, kind))
    if kind not in MOVED:
        assert by_rule(set(found)) == by_rule(TRUTH)
        assert found == base
        return
    assert without_places(found) == without_places(TRUTH)
    numbered = {finding for finding in TRUTH if not any(map(_PLACE.search, finding))}
    assert {finding: found.get(finding) for finding in numbered} == {finding: base[finding] for finding in numbered}


def test_in_a_zone_too_far_away_the_system_is_told_beside_the_same(
    audit: Callable[[Path], Found], tmp_path: Path
) -> None:
    found = audit(variant(tmp_path / "zone36", "zone36"))
    roles = {role for rule, role, *_ in found if rule == "R1003"}
    elsewhere = {"map", "plots", "units", "violation", "permit", "application", "landuse", "zone", "patrol", "sign"}
    assert roles == elsewhere
    assert without_places(one for one in found if one[0] != "R1003") == without_places(TRUTH)


def test_shapefiles_that_do_not_say_their_encoding_and_cut_their_texts(
    audit: Callable[[Path], Found], base: Found, tmp_path: Path
) -> None:
    """Neither .cpg nor the DBF tells that it is GBK, only the bytes do; some texts end within a character."""
    folder = variant(tmp_path / "silent", "shapefile")
    for encoding in folder.glob("*.cpg"):
        encoding.unlink()
    for table in folder.glob("*.dbf"):
        content = bytearray(table.read_bytes())
        content[29] = 0
        if table.stem == "YJJBNTBHTB":
            cut_texts(content, b"FWDGDHRLY", rows=5)
        table.write_bytes(content)
    found = audit(folder)
    cut = set(found) - set(base)
    assert {(rule, role, field) for rule, role, _, field in cut} == {("R2003", "map", "FWDGDHRLY")}
    assert len(cut) == 5
    assert {finding: found[finding] for finding in base} == base


def cut_texts(table: bytearray, field: bytes, rows: int) -> None:
    """Fill a text field of the first rows of a DBF with Chinese that ends in half a character."""
    start, width = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    place = 1
    for head in range(32, start - 1, 32):
        length = table[head + 16]
        if table[head : head + 11].rstrip(b"\0") == field:
            break
        place += length
    else:
        pytest.fail("the field is not there")
    for row in range(rows):
        at = start + row * width + place
        table[at : at + length] = ("原因" * 200).encode("gbk")[: length - 1] + b"\xd4"


@pytest.mark.parametrize("unit", ["公顷", "平方米"])
def test_papers_as_csv_in_gbk_and_in_any_unit(
    audit: Callable[[Path], Found], base: Found, tmp_path: Path, unit: str
) -> None:
    papers = {demo_sheets.REGISTER: demo_sheets.register(unit), demo_sheets.TABLE: demo_sheets.table(unit)}
    assert by_rule(set(audit(changed(tmp_path / "csv", **papers)))) == by_rule(set(base))


def test_papers_in_another_unit_than_they_say_are_told_once_each(
    audit: Callable[[Path], Found], base: Found, tmp_path: Path
) -> None:
    def mislabelled(rows: demo_sheets.Rows) -> demo_sheets.Rows:
        return [["单位：亩" if cell == "单位：公顷" else cell for cell in row] for row in rows]

    papers = {
        demo_sheets.REGISTER: mislabelled(demo_sheets.register("公顷")),
        demo_sheets.TABLE: mislabelled(demo_sheets.table("公顷")),
    }
    told = by_rule(set(audit(changed(tmp_path / "csv", **papers))))
    assert sorted(role for _, role, *_ in told.pop("R5005")) == ["register", "table"]
    assert told == by_rule(set(base))


def test_a_second_run_in_another_language_knows_the_first_and_changes_no_input(
    county_audit: Callable[..., Any], tmp_path: Path, base: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, results = tmp_path / "county", tmp_path / "results.gpkg"
    shutil.copytree(DEMO, folder)

    def content() -> dict[str, tuple[str, int]]:
        return {
            path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in folder.iterdir()
        }

    before = content()
    messages = {}
    for locale, change in (("zh_CN", "new"), ("en", "same")):
        monkeypatch.setattr(QgsApplication, "locale", lambda said=locale: said)
        county_audit(FOLDER=str(folder), RESULTS=str(results))
        assert read(results) == base
        assert set(read(results, "change").values()) == {change}
        messages[locale] = read(results, "message")
        assert content() == before
    assert all(text != messages["en"][finding] for finding, text in messages["zh_CN"].items())


def test_land_that_was_never_begun_lies_on_the_map_where_its_permit_does(base_results: Path) -> None:
    """The ledger of contracts is a table: those of idle land name their permits, whose outlines are the land."""
    from redline.tools.demo.enforcement import PARTS, SUPPLIED

    layer = QgsVectorLayer(f"{base_results}|layername=idle_land", "idle_land", "ogr")
    named = [feature for feature in layer.getFeatures() if feature["kind"] == "contract" and feature["permit"]]
    rows = [row for row in named if row["status"] in ("idle", "take_back", "exempt")]
    assert (len(rows), len(named)) == (SUPPLIED, SUPPLIED + len(PARTS))
    assert {row["status"] for row in rows} == {"idle", "take_back", "exempt"}
    for row in rows:
        assert row.geometry().area() == pytest.approx(row["area"], rel=0.001), row["key"]


def test_land_of_the_changes_by_class_is_that_of_the_survey(base_results: Path) -> None:
    """Every change on every parcel, pair by pair, areas by geodesics: cultivated land without ridges, and the three
    big classes, which leave nothing over."""
    from redline.tools.demo import areas, landuse
    from redline.tools.demo.enforcement import FILE
    from redline.tools.demo.layers import read_layer

    big = {"0404": "unused", "1101": "unused", "1003": "construction", "0701": "construction", "0702": "construction"}
    parcels = [row for row in read_layer(DEMO / landuse.FILE, "DLTB")[1] if row["geometry"].is_valid]
    with sqlite3.connect(f"file:{base_results}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        told = {row["key"]: row for row in database.execute("SELECT * FROM violations_out").fetchall()}
    changes = read_layer(DEMO / FILE, "JCTB")[1]
    assert len(changes) == len(told)
    seen = set()
    for change in changes:
        land = {"cultivated": 0.0, "agricultural": 0.0, "construction": 0.0, "unused": 0.0}
        for parcel in parcels:
            if not parcel["geometry"].intersects(change["geometry"]):
                continue
            share = parcel["geometry"].intersection(change["geometry"])
            area = areas.cents(share) / 100 if share.area > 1e-6 else 0.0
            land[big.get(parcel["DLBM"], "agricultural")] += area
            if parcel["DLBM"].startswith("01"):
                land["cultivated"] += area * (1 - (parcel["KCXS"] or 0.0))
            if area:
                seen.add(parcel["DLBM"])
        row = told[change["JCBH"]]
        for name, area in land.items():
            assert row[f"{name}_area"] == pytest.approx(area, abs=0.05), (change["JCBH"], name)
        assert row["unclassified_area"] == pytest.approx(0.0, abs=0.05)
        assert round(sum(row[f"{name}_area"] for name in land if name != "cultivated"), 2) == row["area"]
    assert {"0101", "0102", "0103"} & seen
    assert len(seen) >= 3


@pytest.mark.slow
def test_the_same_by_qgis_process(night: QgisProcess, tmp_path: Path, base: Found) -> None:
    results, report = tmp_path / "结果.gpkg", tmp_path / "报告.html"
    told = night.run("redline:countyaudit", FOLDER=DEMO, RESULTS=results, REPORT=report, ON_DATE=DAY)
    assert read(results) == base
    assert told["ERROR_COUNT"] + told["WARNING_COUNT"] + told["INFO_COUNT"] == len(base)
    assert report.stat().st_size > 100_000
