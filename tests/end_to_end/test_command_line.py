"""Every check by qgis_process, as a night job runs it: from files to files, in a profile of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from osgeo import ogr

if TYPE_CHECKING:
    from conftest import QgisProcess

SINKS = {
    "fourwaycheck": ("FINDINGS", "PLOT_STATUS", "UNIT_BALANCE"),
    "fiveduties": ("FINDINGS", "PLOT_DUTIES", "UNIT_DUTIES"),
    "ellipsoidalarea": ("FINDINGS", "OUTPUT"),
    "coveragecheck": ("FINDINGS", "OVERLAPS", "GAPS"),
}


def rows(path: str) -> int:
    source = ogr.Open(path)
    count: int = source.GetLayer(0).GetFeatureCount()
    return count


@pytest.mark.parametrize("name", SINKS)
def test_runs_from_files_to_files(night: QgisProcess, root: Path, tmp_path: Path, name: str) -> None:
    demo = root / "resources" / "demo"
    plots = f"{demo / '示范县.gpkg'}|layername=YJJBNTBHTB"
    register = demo / "永久基本农田登记册.xlsx"
    sources = {
        "fourwaycheck": {
            "MAP": plots, "REGISTER": register, "TABLE": demo / "永久基本农田现状汇总表.xlsx",
            "PLOTS": demo / "实地核查地块.shp", "UNITS": f"{demo / '示范县.gpkg'}|layername=CJDCQ",
        },
        "fiveduties": {
            "MAP": plots, "REGISTER": register, "ATLAS_INDEX": demo / "图册目录.xlsx", "ON_DATE": "2026-06-01",
        },
        "ellipsoidalarea": {"INPUT": plots, "MODE": "fast", "AREA_UNIT": "m2"},
        "coveragecheck": {
            "INPUT": plots, "UNITS": f"{demo / '示范县.gpkg'}|layername=CJDCQ", "GAPS_ALLOWED": "false",
        },
    }[name]  # fmt: skip
    sinks = {sink: str(tmp_path / f"{sink}.gpkg") for sink in SINKS[name]}
    report = tmp_path / "报告.html"
    results = night.run(f"redline:{name}", **sources, **sinks, REPORT=report)
    assert results["CHECKED_COUNT"] > 2000
    assert results["ERROR_COUNT"] > 0
    assert results["PASSED"] in (False, "false")
    assert str(results["ERROR_COUNT"]) in results["SUMMARY"]
    assert rows(sinks["FINDINGS"]) == sum(results[f"{kind}_COUNT"] for kind in ("ERROR", "WARNING", "INFO"))
    assert all(rows(path) > 0 for path in sinks.values())
    assert report.stat().st_size > 10_000


def test_fails_with_a_sentence(night: QgisProcess, tmp_path: Path) -> None:
    table = tmp_path / "表.csv"
    table.write_text("图斑编号,面积\n1,2\n", encoding="utf-8")
    sinks = {sink: tmp_path / f"{sink}.gpkg" for sink in SINKS["fourwaycheck"]}
    done = night("run", "redline:fourwaycheck", *(f"--{k}={v}" for k, v in {"MAP": table, **sinks}.items()))
    assert done.returncode == 1
    assert "Layer 表" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_help_is_plain_text(night: QgisProcess) -> None:
    done = night("help", "redline:fourwaycheck")
    assert done.returncode == 0
    assert "<p>" not in done.stdout
    assert all(name in done.stdout for name in ("REGISTER_AREA_UNIT", "MIN_AGREEMENT", "AGREEMENT_RATE", "四统一"))


@pytest.mark.parametrize("with_project", [False, True])
def test_prints_an_atlas_with_a_project_and_without(
    night: QgisProcess, qgis_app: object, root: Path, tmp_path: Path, with_project: bool
) -> None:
    from qgis.core import QgsProject, QgsVectorLayer

    demo = root / "resources" / "demo" / "示范县.gpkg"
    layers = {"MAP": "YJJBNTBHTB", "UNITS": "XZQ", "VILLAGES": "CJDCQ"}
    given = {parameter: f"{demo}|layername={name}" for parameter, name in layers.items()}
    options = []
    if with_project:
        project = QgsProject()
        project.addMapLayers([QgsVectorLayer(given[one], name, "ogr") for one, name in layers.items()])
        assert project.write(str(tmp_path / "工程.qgz"))
        options = [f"--project_path={tmp_path / '工程.qgz'}"]
        given = dict(layers)
    given |= {"FEATURES": "990101001,990101002", "PDF": str(tmp_path / "图册.pdf"), "INDEX": str(tmp_path / "目录.csv")}
    done = night(
        "--json", "run", "redline:atlas", *options, "--", *(f"{name}={value}" for name, value in given.items())
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"]["PAGE_COUNT"] == 2
    assert (tmp_path / "图册.pdf").read_bytes().count(b"/Type /Page\n") == 2
    assert len((tmp_path / "目录.csv").read_text(encoding="utf-8").splitlines()) == 3
