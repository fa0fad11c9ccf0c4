"""`redline:idleland` as a user runs it: a ledger in a table, contracts and permits as polygons, buildings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer, QgsWkbTypes

from redline.tests.processing.test_enforcementrates import polygons, table

Run = Callable[..., dict[str, Any]]
HEAD = "合同编号,批准文号,行政区代码,出让面积(公顷),约定动工日期,实际动工日期,停工日期,已动工面积(公顷),出让价款(万元)"


@pytest.fixture
def ledger(qgis_app: Any, tmp_path: Path) -> QgsVectorLayer:
    lines = [
        HEAD,
        "H1,豫政土[2022]1号,990101001,0.02,2025.6.29,,,0,100",
        "H2,,990101001,0.04,2024年6月30日,,,0,100",
        "H3,,990101001,0.04,2024-01-01,2023-12-01,,0.02,100",
    ]
    return table(tmp_path, "出让合同", lines, "gb18030")


def permits() -> QgsVectorLayer:
    fields = "field=DKBH:string&field=PZWH:string&field=PZMJ:double&field=PZRQ:string&field=SPZT:string"
    rows = [["P1", "豫政土〔2022〕1号", 400.0, "2022-05-01", "批准"], ["P2", "2号", 400.0, "2022-05-01", "批准"]]
    return polygons(fields, rows, "农用地转用")


def test_a_ledger_alone(run: Run, ledger: QgsVectorLayer, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    found = run("idleland", {"CONTRACTS": ledger, "ON_DATE": "2026-06-30", "REPORT": str(report)})
    rows = {row["key"]: (row["status"], row["fee"], row["area"]) for row in found["OUTPUT"].getFeatures()}
    assert rows["H1"] == ("idle", 200_000.0, 200.0)
    assert {key: status for key, (status, *_) in rows.items()} == {"H1": "idle", "H2": "take_back", "H3": "developing"}
    assert (found["IDLE_COUNT"], found["TAKE_BACK_COUNT"], found["NOT_SUPPLIED_COUNT"]) == (1, 1, 0)
    assert found["OUTPUT"].wkbType() == QgsWkbTypes.Type.NoGeometry
    page = report.read_text(encoding="utf-8")
    assert "order 53" in page
    assert re.search(r'class="label">Date</td><td class="value">2026-06-30<', page)


def test_permits_contracts_and_buildings(run: Run, ledger: QgsVectorLayer) -> None:
    found = run("idleland", {"PERMITS": permits(), "CONTRACTS": ledger, "ON_DATE": "2026-06-30"})
    rows = {row["key"]: row for row in found["OUTPUT"].getFeatures()}
    assert {key: row["status"] for key, row in rows.items() if row["kind"] == "permit"} == {
        "P1": "partly_supplied", "P2": "not_supplied",
    }  # fmt: skip
    assert rows["P1"].hasGeometry()
    assert rows["H1"]["permit"] == "P1"
    assert found["NOT_SUPPLIED_COUNT"] == 1
    fields = "field=HTBH:string&field=YDDGRQ:string&field=SJDGRQ:string"
    land = polygons(fields, [["H9", "2024-01-01", None]], "供地")
    houses = polygons("field=JZLX:string", [["厂房"]], "建筑物")
    drawn = run("idleland", {"CONTRACTS": land, "BUILT": houses, "ON_DATE": "2026-06-30"})
    (row,) = drawn["OUTPUT"].getFeatures()
    assert (row["status"], row["developed_share"]) == ("developing", 1.0)
    assert {one["rule"] for one in drawn["FINDINGS"].getFeatures()} == {"R7090"}


def test_nothing_given_is_a_sentence(run: Run) -> None:
    with pytest.raises(QgsProcessingException, match="permits, contracts, or both"):
        run("idleland", {})
