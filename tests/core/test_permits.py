"""Permits × violations × farmland: labels, areas and findings of cases worked out by hand, and against a reference."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from redline.core.checks import permit_areas, permits
from redline.core.findings import Findings
from redline.core.progress import Cancelled, Progress
from redline.core.report import ReportFacts, html
from redline.core.result import Result
from redline.tests.core.hand import NAMES, VILLAGES, Row, box, layer, told, villages

ON = datetime.date(2026, 6, 30)


def change(key: str, shape: Any, **words: Any) -> Row:
    return {
        "JCBH": key, "XZQDM": "990101", "XMC": "示范县", "TBLX": "20", "QSX": "20250301", "HSX": "20251001",
        "MJ": 1.0, "geometry": shape, **words,
    }  # fmt: skip


def permit(key: str, shape: Any, **words: Any) -> Row:
    return {
        "DKBH": key, "XMMC": f"{key}项目", "XZQDM": VILLAGES[0], "DKYTMC": "工业用地", "DKZT": "已批准",
        "SLRQ": "20240105", "PZRQ": "20240601", "DKMJ": round(shape.area, 2), "geometry": shape, **words,
    }  # fmt: skip


def plot(key: str, shape: Any, **words: Any) -> Row:
    return {
        "YJJBNTTBBH": key, "XZQDM": VILLAGES[0], "XZQMC": "东关村", "DLBM": "0101", "DLMC": "水田",
        "YJJBNTTBMJ": round(shape.area, 2), "KCXS": 0.0, "KCMJ": 0.0, "YJJBNTMJ": round(shape.area, 2),
        "geometry": shape, **words,
    }  # fmt: skip


def parcel(key: str, shape: Any, code: str, factor: float = 0.0) -> Row:
    return {"BSM": key, "TBBH": key, "DLBM": code, "KCXS": factor, "TBMJ": shape.area, "geometry": shape}


def judge(settings: permits.Settings | None = None, **sources: list[Row]) -> Result:
    findings = Findings("zh")
    roles = {"farmland": "map"}
    frames = {name: layer(roles.get(name, name), rows, findings) for name, rows in sources.items()}
    return permits.check(frames, findings, settings or permits.Settings(ON), Progress())


def out(result: Result, table: str = "VIOLATIONS_OUT", by: str = "key") -> dict[str, dict[str, Any]]:
    return {row[by]: row for row in result.tables[table].to_dict("records")}


def rules(result: Result, *wanted: str) -> set[tuple[str, str, str, str]]:
    return {found for found in told(result) if found[0] in (wanted or tuple(f"R70{n:02d}" for n in range(30)))}


class TestLabels:
    def test_nothing_covers_it(self) -> None:
        result = judge(violation=[change("V1", box(0, 0))], permit=[permit("P9", box(5000, 0))])
        row = out(result)["V1"]
        assert row["labels"] == "no_permit"
        assert (row["area"], row["uncovered_area"], row["permitted_area"]) == (10000, 10000, 0)
        assert ("R7001", "violation", "V1", "") in told(result)

    def test_all_of_it_is_permitted(self) -> None:
        row = out(judge(violation=[change("V1", box(10, 10, 50, 50))], permit=[permit("P1", box(0, 0))]))["V1"]
        assert (row["labels"], row["legal_share"], row["permits"]) == ("permitted", 1.0, "P1")

    def test_beyond_the_permit(self) -> None:
        result = judge(violation=[change("V1", box(0, 0, 150))], permit=[permit("P1", box(0, 0))])
        row = out(result)["V1"]
        assert (row["labels"], row["exceeds_permit_area"], row["permitted_area"]) == ("exceeds_permit", 5000, 10000)
        assert rules(result, "R7003") == {("R7003", "violation", "V1", "")}

    def test_while_the_application_was_under_way(self) -> None:
        asked = {"SQBH": "A1", "DKZT": "受理", "SLRQ": "20250501", "geometry": box(0, 0)}
        row = out(judge(violation=[change("V1", box(0, 0))], application=[asked]))["V1"]
        assert (row["labels"], row["applications"], row["under_application_area"]) == ("under_application", "A1", 10000)
        later = {**asked, "SLRQ": "20260101"}
        assert out(judge(violation=[change("V1", box(0, 0))], application=[later]))["V1"]["labels"] == "no_permit"
        refused = {**asked, "DKZT": "驳回"}
        assert out(judge(violation=[change("V1", box(0, 0))], application=[refused]))["V1"]["labels"] == "no_permit"

    def test_a_permit_that_came_too_late_had_been_applied_for(self) -> None:
        late = permit("P1", box(0, 0), SLRQ="20250501", PZRQ="20260101")
        row = out(judge(violation=[change("V1", box(0, 0))], permit=[late]))["V1"]
        assert (row["labels"], row["permitted_area"]) == ("under_application", 0)

    def test_a_permit_under_way_is_an_application(self) -> None:
        pending = permit("P1", box(0, 0), DKZT="上报", PZRQ=None)
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[pending]))["V1"]["labels"] == "under_application"

    def test_temporary_use_that_had_run_out(self) -> None:
        temporary = permit("L1", box(0, 0), YWLX="临时用地", YXQ="20250601")
        result = judge(violation=[change("V1", box(0, 0))], permit=[temporary])
        row = out(result)["V1"]
        assert (row["labels"], row["temporary_expired_area"]) == ("temporary_expired", 10000)
        good = permit("L1", box(0, 0), YWLX="临时用地", YXQ="20260601")
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[good]))["V1"]["labels"] == "permitted"

    def test_a_use_that_had_run_out_was_no_application(self) -> None:
        """Half of the change under a temporary use that had been granted and had run out, half beside it."""
        temporary = permit("L1", box(0, 0), YWLX="临时用地", YXQ="20250601")
        row = out(judge(violation=[change("V1", box(0, 0, 200))], permit=[temporary]))["V1"]
        assert (row["labels"], row["applications"]) == ("exceeds_permit;temporary_expired", "")
        assert (row["exceeds_permit_area"], row["temporary_expired_area"]) == (10000, 10000)
        unaccepted = permit("L1", box(0, 0), YWLX="临时用地", YXQ="20250601", SLRQ=None)
        row = out(judge(violation=[change("V1", box(0, 0, 200))], permit=[unaccepted]))["V1"]
        assert row["labels"] == "exceeds_permit;temporary_expired"

    @pytest.mark.parametrize(
        ("expires", "before", "labels"),
        [
            ("20250228", "20250301", "no_permit"), ("20250301", "20250301", "unknown"),
            ("20250930", "20250301", "unknown"), ("20251001", "20250301", "permitted"),
            ("20250228", None, "unknown"),
        ],
    )  # fmt: skip
    def test_a_permit_that_is_no_temporary_use_lapses(self, expires: str, before: str | None, labels: str) -> None:
        """Nobody may begin after its last day; what began between the images may have begun in time."""
        row = out(judge(
            violation=[change("V1", box(0, 0), QSX=before)], permit=[permit("P1", box(0, 0), YXQ=expires)],
        ))["V1"]  # fmt: skip
        assert (row["labels"], row["applications"], row["temporary_expired_area"]) == (labels, "", 0)

    @pytest.mark.parametrize("kind", ["建设用地", "临时用地"])
    def test_a_last_day_before_the_approval_accuses_nobody(self, kind: str) -> None:
        """One of the two is wrong, which is told; nobody knows whether the permit stood."""
        turned = permit("P1", box(0, 0), YWLX=kind, PZRQ="20250115", YXQ="20230101")
        result = judge(violation=[change("V1", box(0, 0))], permit=[turned])
        assert out(result)["V1"]["labels"] == "unknown"
        assert rules(result, "R7021") == {("R7021", "permit", "P1", "")}

    def test_a_finding_names_the_permits_that_it_is_about(self) -> None:
        """Half of the change under one that stands, half under one that had run out."""
        both = [permit("P1", box(0, 0, 50)), permit("L1", box(50, 0, 50), YWLX="临时用地", YXQ="20250601")]
        (said,) = [
            one.message for one in judge(violation=[change("V1", box(0, 0))], permit=both).findings.frame().itertuples()
            if one.rule == "R7006"
        ]  # fmt: skip
        assert "L1" in said
        assert "P1" not in said

    def test_what_is_less_than_counts_is_called_so(self) -> None:
        """9 m² without a permit are no case, and not legal; on basic farmland that is what is told."""
        result = judge(
            violation=[change("V1", box(0, 0, 3, 3)), change("V2", box(200, 0, 3, 3))],
            farmland=[plot("F1", box(200, 0))],
        )
        assert {key: row["labels"] for key, row in out(result).items()} == {"V1": "too_small", "V2": "on_farmland"}
        assert rules(result) == {("R7010", "violation", "V2", "")}

    def test_a_temporary_use_without_a_last_day(self) -> None:
        """Nobody knows whether it had run out, until the longest term that there is (4 years) has gone by."""
        for approved, label in (("20240601", "unknown"), ("20210930", "temporary_expired")):
            temporary = {**permit("L1", box(0, 0), YWLX="临时用地", PZRQ=approved), "SLRQ": None}
            result = judge(violation=[change("V1", box(0, 0))], permit=[temporary])
            assert out(result)["V1"]["labels"] == label
            assert rules(result, "R7020") == {("R7020", "permit", "L1", "expires")}

    def test_a_layer_of_temporary_use_or_of_preliminary_review_says_so_by_its_name(self) -> None:
        findings = Findings("zh")
        for name, label in (("LSYD_XMZDFW", "temporary_expired"), ("XS_XMKJFW", "under_application")):
            rows = [permit("P1", box(0, 0), PZRQ="20200101", SLRQ="20190101")]
            frames = {
                "violation": layer("violation", [change("V1", box(0, 0))], findings),
                "permit": layer("permit", rows, findings, name=name),
            }
            result = permits.check(frames, findings, permits.Settings(ON), Progress())
            assert out(result)["V1"]["labels"] == label

    def test_what_is_no_construction_needs_no_permit(self) -> None:
        fields = [plot("F1", box(0, 0)), plot("F2", box(200, 0))]
        changes = [
            change("V1", box(0, 0, 50), TBLX="01"), change("V2", box(200, 0, 50), TBLX="2"),
            change("V3", box(400, 0), TBLX="SM"), change("V4", box(600, 0), TBLX="DT"),
        ]  # fmt: skip
        result = judge(violation=changes, farmland=fields, permit=[permit("P1", box(400, 0), PZRQ="20200101")])
        assert {key: row["labels"] for key, row in out(result).items()} == {
            "V1": "no_construction", "V2": "on_farmland;no_construction", "V3": "no_construction", "V4": "no_permit",
        }  # fmt: skip
        assert out(result)["V2"]["label_names"] == "占用永久基本农田；其他(非建设)"
        assert out(result, "PERMITS_OUT")["P1"]["use"] == "idle"

    def test_used_for_something_else(self) -> None:
        road = change("V1", box(0, 0), TBLX="DL1")
        row = out(judge(violation=[road], permit=[permit("P1", box(0, 0))]))["V1"]
        assert (row["labels"], row["use_changed_area"]) == ("use_changed", 10000)
        stable = permit("P1", box(0, 0), DKYTMC="设施农用地")
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[stable]))["V1"]["labels"] == "use_changed"
        unsaid = permit("P1", box(0, 0), DKYTMC="")
        assert out(judge(violation=[road], permit=[unsaid]))["V1"]["labels"] == "permitted"

    def test_on_basic_farmland_beside_what_else_it_is(self) -> None:
        result = judge(violation=[change("V1", box(0, 0))], farmland=[plot("F1", box(50, 0, 100))])
        row = out(result)["V1"]
        assert (row["labels"], row["farmland_area"]) == ("no_permit;on_farmland", 5000)
        assert rules(result, "R7010") == {("R7010", "violation", "V1", "")}

    def test_missing_days_leave_it_open(self) -> None:
        undated = permit("P1", box(0, 0), PZRQ=None)
        result = judge(violation=[change("V1", box(0, 0))], permit=[undated])
        row = out(result)["V1"]
        assert (row["labels"], row["unknown_area"], row["uncovered_area"]) == ("unknown", 10000, 0)
        assert rules(result, "R7007", "R7020") == {("R7007", "violation", "V1", ""), ("R7020", "permit", "P1", "")}
        no_image = judge(violation=[change("V1", box(0, 0), HSX=None)], permit=[permit("P1", box(0, 0))])
        assert out(no_image)["V1"]["labels"] == "unknown"

    def test_a_change_is_called_by_the_village_in_which_it_lies(self) -> None:
        """The changes of a county all have its code and its name."""
        result = judge(violation=[change("V1", box(0, 0)), change("V2", box(0, 200))], units=villages())
        found = result.findings.frame()
        at = dict(zip(found["key"], zip(found["unit"], found["unit_name"])))
        assert at == {f"V{n + 1}": (VILLAGES[n], NAMES[VILLAGES[n]]) for n in range(2)}

    def test_a_day_that_cannot_be_read_is_not_called_missing(self) -> None:
        for words, sentence in (
            ({"HSX": "去年秋天"}, "监测图斑V1：后时相“去年秋天”无法识别，无法判断先后。"),
            ({"HSX": None}, "监测图斑V1：没有后时相，无法判断先后。"),
        ):
            result = judge(violation=[change("V1", box(0, 0), **words)], permit=[permit("P1", box(0, 0))])
            found = result.findings.frame()
            (row,) = found[found["rule"] == "R7020"].to_dict("records")
            assert (row["message"], row["actual"]) == (sentence, words["HSX"] or "")
        unread = permit("P1", box(0, 0), PZRQ="已批，日期待查", YWLX="临时用地", YXQ="三年内")
        found = judge(violation=[change("V1", box(0, 0))], permit=[unread]).findings.frame()
        assert set(found["message"][found["rule"] == "R7020"]) == {
            "审批P1：批准日期“已批，日期待查”无法识别，无法判断先后。",
            "审批P1：有效期至“三年内”无法识别，无法判断先后。",
        }  # fmt: skip

    def test_an_application_without_a_day_leaves_open_only_what_it_is_called(self) -> None:
        """Nothing permits the land, so it passes the bars (8000 m² of basic farmland are 12 mu)."""
        asked = {"SQBH": "A1", "DKZT": "受理", "SLRQ": None, "geometry": box(0, 0)}
        late = permit("P1", box(0, 0), SLRQ=None, PZRQ="20260101")
        for sources, name in (({"application": [asked]}, "A1"), ({"permit": [late]}, "P1")):
            result = judge(violation=[change("V1", box(0, 0))], farmland=[plot("F1", box(0, 0, 80))], **sources)
            row = out(result)["V1"]
            assert (row["labels"], row["uncovered_area"], row["unknown_area"]) == ("on_farmland;unknown", 10000, 0)
            assert (row["bars"], row["illegal_farmland_area"]) == ("report_farmland;crime_farmland", 8000)
            (said,) = [one.message for one in result.findings.frame().itertuples() if one.rule == "R7007"]
            assert said.startswith("图斑V1：10,000.00平方米没有有效批准")
            assert name in said

    def test_each_of_two_things_left_open_is_told_with_its_land(self) -> None:
        """Half of the change under a permit without a day, half under an application without one."""
        asked = {"SQBH": "A1", "DKZT": "受理", "SLRQ": None, "geometry": box(50, 0, 50)}
        result = judge(
            violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0, 40), PZRQ=None)], application=[asked]
        )
        ((said, land, shape),) = [
            (one.message, one.difference, one.geometry)
            for one in result.findings.frame().itertuples()
            if one.rule == "R7007"
        ]
        assert (land, shape.area) == (10000, pytest.approx(10000))
        assert "4,000.00平方米因日期缺失" in said
        assert "6,000.00平方米没有有效批准" in said

    def test_a_permit_of_which_nothing_is_said_lacks_a_day(self) -> None:
        bare = permit("P1", box(0, 0), DKZT="", SLRQ=None, PZRQ=None)
        result = judge(violation=[change("V1", box(0, 0))], permit=[bare])
        assert out(result)["V1"]["labels"] == "unknown"
        assert rules(result, "R7020") == {("R7020", "permit", "P1", "")}

    @pytest.mark.parametrize(
        ("status", "labels"),
        [("见附件", "unknown"), ("同意", "permitted"), ("不同意", "no_permit"), ("已收回", "no_permit"),
         ("终止", "no_permit"), ("省厅暂未批准", "unknown"), ("拟批准", "unknown"), ("批准(已作废)", "unknown"),
         ("同意撤销", "unknown"), ("待批准", "under_application"), ("审批准备中", "under_application"),
         ("有效期届满", "no_permit"), ("批准，未失效", "permitted"), ("申请已批准", "permitted"),
         ("已批准未供地", "permitted")],
    )  # fmt: skip
    def test_a_status_that_nobody_understands_is_told_and_proves_nothing(self, status: str, labels: str) -> None:
        result = judge(violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0), DKZT=status)])
        assert out(result)["V1"]["labels"] == labels
        strange = {("R7060", "permit", status, "status")} if labels == "unknown" else set()
        assert {one for one in told(result) if one[0] == "R7060"} == strange

    def test_the_same_month_leaves_it_open(self) -> None:
        month = permit("P1", box(0, 0), PZRQ="2025年10月")
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[month]))["V1"]["labels"] == "unknown"
        before = permit("P1", box(0, 0), PZRQ="2025年9月")
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[before]))["V1"]["labels"] == "permitted"

    def test_images_in_the_wrong_order_prove_nothing(self) -> None:
        turned = change("V1", box(0, 0), QSX="20251101")
        result = judge(violation=[turned], permit=[permit("P1", box(0, 0))])
        assert out(result)["V1"]["labels"] == "unknown"
        assert ("R7021", "violation", "V1", "") in told(result)

    @pytest.mark.parametrize(
        ("days", "label"),
        [
            ({"SLRQ": "20240701"}, "unknown"),
            ({"YWLX": "临时用地", "YXQ": "20240531"}, "unknown"),
            ({"SLRQ": "20240601"}, "permitted"),
            # Both lie after the change: it was not permitted, but may have been applied for.
            ({"SLRQ": "20260201", "PZRQ": "20260101"}, "unknown"),
        ],
    )
    def test_days_of_a_permit_in_the_wrong_order_prove_nothing(self, days: Row, label: str) -> None:
        result = judge(violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0), **days)])
        assert out(result)["V1"]["labels"] == label
        assert (("R7021", "permit", "P1", "") in told(result)) == (label == "unknown")

    @pytest.mark.parametrize(("state", "label"), [("驳回", "no_permit"), ("失效", "no_permit"), ("批准", "permitted")])
    def test_only_what_was_approved_counts(self, state: str, label: str) -> None:
        given_permit = permit("P1", box(0, 0), DKZT=state)
        assert out(judge(violation=[change("V1", box(0, 0))], permit=[given_permit]))["V1"]["labels"] == label

    @pytest.mark.parametrize(
        ("width", "labels"), [(100.0, "permitted"), (101.9, "permitted"), (102.1, "exceeds_permit")]
    )
    def test_the_greater_tolerance_decides(self, width: float, labels: str) -> None:
        """2 % of about 10,200 m² are 204 m², a strip of 2.04 m."""
        result = judge(violation=[change("V1", box(0, 0, width))], permit=[permit("P1", box(0, 0))])
        assert out(result)["V1"]["labels"] == labels

    @pytest.mark.parametrize(("depth", "on_farmland"), [(0.4, False), (0.6, True)])
    def test_borders_drawn_twice_raise_no_alarm(self, depth: float, on_farmland: bool) -> None:
        result = judge(
            violation=[change("V1", box(0, 0))], permit=[permit("P1", box(-10, -10, 120, 120))],
            farmland=[plot("F1", box(100 - depth, 0))],
        )  # fmt: skip
        row = out(result)["V1"]
        assert ("on_farmland" in row["labels"]) == on_farmland
        assert row["farmland_area"] == pytest.approx(100 * depth)


class TestAreas:
    def test_pieces_add_up_to_the_cent_and_name_what_covers_them(self) -> None:
        third = box(0, 0, 100 / 3, 77.777)
        result = judge(
            violation=[change("V1", box(0, 0, 99.99, 77.77))], permit=[permit("P1", third), permit("P2", third)],
            farmland=[plot("F1", box(20, 20, 30, 33.33)), plot("F2", box(60, 0, 200, 200))],
        )  # fmt: skip
        pieces = result.tables["PIECES"]
        whole = out(result)["V1"]
        assert round(pieces["area"].sum(), 2) == whole["area"] == round(99.99 * 77.77, 2)
        assert set(zip(pieces["permit"], pieces["farmland"])) == {
            ("P1;P2", ""), ("P1;P2", "F1"), ("", "F1"), ("", "F2"), ("", ""),
        }  # fmt: skip
        shapes = pieces["geometry"].to_numpy()
        assert all(one.intersection(other).area < 1e-6 for one, other in itertools.combinations(shapes, 2))
        assert shapely.union_all(shapes).symmetric_difference(box(0, 0, 99.99, 77.77)).area < 1e-6

    def test_farmland_by_the_recorded_area_rule(self) -> None:
        """A plot within it as a whole counts with its recorded area, a part with its own land × (1 − KCXS)."""
        whole = plot("F1", box(10, 10, 20, 20), YJJBNTTBMJ=401.0, KCXS=0.1, KCMJ=40.1, YJJBNTMJ=360.9)
        part = plot("F2", box(60, 0, 100, 100), KCXS=0.2, KCMJ=2000.0, YJJBNTMJ=8000.0)
        result = judge(violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0, 20))],
                       farmland=[whole, part])  # fmt: skip
        assert out(result)["V1"]["farmland_area"] == 360.9 + 4000 * 0.8
        pieces = result.tables["PIECES"]
        assert round(pieces.loc[pieces["farmland"] == "F1", "farmland_area"].sum(), 2) == 360.9
        assert len(pieces[pieces["farmland"] == "F1"]) == 2

    def test_a_plot_of_crossed_rings_without_a_record_counts_with_what_it_holds(self) -> None:
        """Two triangles of 2,500 m², of which the rule of areas makes nothing; a fifth is ridges."""
        west, south, east, north = box(0, 0).bounds
        bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
        field = plot("F1", bow, YJJBNTTBMJ=0.0, YJJBNTMJ=0.0, KCXS=0.2)
        result = judge(violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0))], farmland=[field])
        assert out(result)["V1"]["farmland_area"] == 4000
        assert out(result, "PERMITS_OUT")["P1"]["farmland_area"] == 4000

    def test_classes_from_the_land_use(self) -> None:
        survey = [
            parcel("1", box(0, 0, 40), "0103", 0.1), parcel("2", box(40, 0, 30), "0101"),
            parcel("3", box(70, 0, 20), "0702"), parcel("4", box(90, 0, 20), "1101"),
        ]  # fmt: skip
        row = out(judge(violation=[change("V1", box(0, 0))], landuse=survey))["V1"]
        assert (row["agricultural_area"], row["construction_area"], row["unused_area"]) == (7000, 2000, 1000)
        assert row["cultivated_area"] == 3000 + 4000 * 0.9
        assert row["cultivated_classes"] == "0101 3,000.00; 0103 3,600.00"

    def test_classes_add_up_though_the_survey_overlaps_and_has_gaps(self) -> None:
        survey = [parcel("2", box(0, 0, 50), "0702"), parcel("1", box(30, 0, 33.333), "0101")]
        one = judge(violation=[change("V1", box(0, 0, 99.99, 77.77))], landuse=survey)
        row = out(one)["V1"]
        assert row["agricultural_area"] == row["cultivated_area"] == round(33.333 * 77.77, 2)
        assert row["construction_area"] == round(30 * 77.77, 2)
        big = ("agricultural_area", "construction_area", "unused_area", "unclassified_area")
        assert round(sum(row[name] for name in big), 2) == row["area"]
        assert out(judge(violation=[change("V1", box(0, 0, 99.99, 77.77))], landuse=survey[::-1]))["V1"] == row

    def test_of_plots_on_one_another_the_first_number_counts(self) -> None:
        plots = [
            plot("F2", box(0, 0), KCXS=0.5, KCMJ=5000.0, YJJBNTMJ=5000.0),
            plot("F1", box(20, 0), KCXS=0.1, KCMJ=1000.0, YJJBNTMJ=9000.0),
        ]
        for order in (plots, plots[::-1]):
            row = out(judge(violation=[change("V1", box(10, 0, 50, 50))], farmland=order))["V1"]
            assert row["farmland_area"] == 10 * 50 * 0.5 + 40 * 50 * 0.9

    def test_bars_for_a_report(self) -> None:
        """5 亩 are 3,333.33 m²: 3,333.34 m² pass the bar, 3,333.33 do not."""
        for width, bars in ((33.3334, "report_farmland;crime_farmland"), (33.3333, "")):
            row = out(judge(violation=[change("V1", box(0, 0, width))], farmland=[plot("F1", box(0, 0))]))["V1"]
            assert row["bars"] == bars

    def test_only_illegal_land_passes_a_bar(self) -> None:
        """60 of 100 m of farmland are permitted: 4,000 m² are taken illegally, of which 1,000 m² are farmland."""
        result = judge(
            violation=[change("V1", box(0, 0))], permit=[permit("P1", box(0, 0, 60))],
            farmland=[plot("F1", box(0, 0, 70))], landuse=[parcel("1", box(0, 0), "0101")],
        )  # fmt: skip
        row = out(result)["V1"]
        assert (row["farmland_area"], row["illegal_farmland_area"], row["bars"]) == (7000, 1000, "")
        assert (row["cultivated_area"], row["illegal_cultivated_area"]) == (10000, 4000)

    def test_other_cultivated_land_is_what_is_no_basic_farmland(self) -> None:
        """10 亩 are 6,666.67 m² of cultivated land beside the basic farmland; orchards in that count for neither."""
        for width, bars in ((66.6668, "report_cultivated;crime_cultivated"), (66.6666, "")):
            survey = [parcel("1", box(0, 0, 90), "0101"), parcel("2", box(90, 0, 30), "0201")]
            result = judge(
                violation=[change("V1", box(90 - width, 0, width + 30))], landuse=survey,
                farmland=[plot("F1", box(90, 0, 30))],
            )  # fmt: skip
            row = out(result)["V1"]
            assert row["bars"] == bars
            assert row["farmland_area"] == 3000

    def test_the_lowest_unit_that_it_lies_in(self) -> None:
        result = judge(violation=[change("V1", box(0, 0)), change("V2", box(0, 400))], units=villages())
        assert {key: row["unit"] for key, row in out(result).items()} == {"V1": VILLAGES[0], "V2": VILLAGES[2]}
        by_unit = out(result, "UNIT_SUMMARY", "unit")
        county = by_unit["990101"]
        assert (county["violations"], county["no_permit"], county["area"]) == (2, 2, 20000)
        assert by_unit["990101001"]["violations"] == by_unit[VILLAGES[2]]["violations"] == 1


def test_records_of_farmland_that_cannot_be_are_told_beside_what_they_count_for() -> None:
    """By the rule 15 m² of farmland are taken: the record is in 亩."""
    field = plot("F1", box(0, 0), YJJBNTTBMJ=15.0, YJJBNTMJ=15.0)
    result = judge(violation=[change("V1", box(0, 0))], farmland=[field])
    assert out(result)["V1"]["farmland_area"] == 15.0
    assert ("R5001", "map", "F1", "") in told(result)


class TestPermits:
    def test_one_that_came_after_the_change_is_named_and_does_not_cover_it(self) -> None:
        rows = [permit("P1", box(0, 0), PZRQ="20990101")]
        row = out(judge(violation=[change("V1", box(0, 0))], permit=rows))["V1"]
        assert (row["permits"], row["permitted_area"], row["uncovered_area"]) == ("P1", 0, 10000)
        assert "permitted" not in row["labels"].split(";")

    def test_their_use(self) -> None:
        rows = [
            permit("P1", box(0, 0)), permit("P2", box(200, 0)), permit("P3", box(400, 0)),
            permit("P4", box(600, 0), PZRQ="20260101"), permit("P5", box(800, 0), DKZT="审批中"),
        ]  # fmt: skip
        changes = [change("V1", box(0, 0)), change("V2", box(200, 0, 50)), change("V3", box(400, 0, 20))]
        result = judge(violation=changes, permit=rows)
        used = out(result, "PERMITS_OUT")
        assert {key: row["use"] for key, row in used.items()} == {
            "P1": "used", "P2": "partly_used", "P3": "idle", "P4": "unused", "P5": "unused",
        }  # fmt: skip
        assert (used["P2"]["used_area"], used["P2"]["used_share"]) == (5000, 0.5)
        assert rules(result, "R7004") == {("R7004", "permit", "P3", "")}

    @pytest.mark.parametrize("status", ["驳回", "失效"])
    def test_one_that_does_not_stand_has_no_use(self, status: str) -> None:
        rows = [permit("P1", box(0, 0), DKZT=status), permit("P2", box(200, 0), DKZT=status)]
        used = out(judge(violation=[change("V1", box(0, 0))], permit=rows), "PERMITS_OUT")
        assert {key: (row["use"], row["used_area"]) for key, row in used.items()} == {"P1": ("", 10000), "P2": ("", 0)}

    def test_two_for_the_same_land_and_on_farmland_and_drawn_otherwise(self) -> None:
        rows = [
            permit("P1", box(0, 0)), permit("P2", box(90, 0)), permit("L1", box(300, 0), YWLX="临时用地"),
            permit("P3", box(500, 0), DKMJ=9000.0), permit("P4", box(700, 0)), permit("P5", box(800, 0)),
        ]  # fmt: skip
        result = judge(violation=[change("V1", box(9000, 0))], permit=rows,
                       farmland=[plot("F1", box(0, 0, 20)), plot("F2", box(300, 0, 20))])  # fmt: skip
        assert rules(result, "R7011", "R7013", "R7016", "R7017") == {
            ("R7011", "permit", "P1", "P2"), ("R7013", "permit", "L1", ""), ("R7016", "permit", "P1", ""),
            ("R7017", "permit", "P3", ""),
        }  # fmt: skip

    def test_what_became_of_each_stands_in_its_row(self) -> None:
        rows = [
            permit("P1", box(0, 0)),
            permit("P2", box(90, 0), DKMJ=9000.0),
            permit("L1", box(400, 0), YWLX="临时用地"),
        ]
        zones = [{"BSM": "1", "GZQLXDM": "010", "GZQLXMC": "允许建设区", "geometry": box(0, 0, 150)}]
        found = out(judge(violation=[change("V1", box(9000, 0))], permit=rows, plan=zones,
                          farmland=[plot("F1", box(180, 0))]), "PERMITS_OUT")  # fmt: skip
        assert [found["P1"][name] for name in ("overlap_area", "others", "farmland_area")] == [1000, "P2", 0]
        assert [found["P2"][name] for name in ("others", "farmland_area", "outside_plan_area")] == ["P1", 1000, 4000]
        assert (found["P2"]["difference"], found["P2"]["idle_years"]) == (1000, 2)
        assert (found["L1"]["temporary"], found["P1"]["temporary"]) == (True, False)

    def test_it_is_idle_the_day_after_the_anniversary(self) -> None:
        for approved, use in (("20240630", "unused"), ("20240629", "idle"), ("20240229", "idle")):
            result = judge(violation=[change("V1", box(9000, 0))], permit=[permit("P1", box(0, 0), PZRQ=approved)])
            assert out(result, "PERMITS_OUT")["P1"]["use"] == use

    @pytest.mark.parametrize(
        ("approved", "on", "years"),
        # 365.25 days are no year: three calendar years without a leap day have 1095 days.
        [("20200630", (2023, 7, 1), 3), ("20200630", (2023, 6, 30), 3), ("20200701", (2023, 6, 30), 2),
         ("20200229", (2023, 2, 28), 3)],
    )  # fmt: skip
    def test_full_years_are_calendar_years(self, approved: str, on: tuple[int, int, int], years: int) -> None:
        settings = permits.Settings(datetime.date(*on), idle_years=1.0)
        rows = [permit("P1", box(0, 0), SLRQ=None, PZRQ=approved)]
        found = out(judge(settings, violation=[change("V1", box(9000, 0))], permit=rows), "PERMITS_OUT")
        assert found["P1"]["idle_years"] == years

    def test_steps_of_one_matter_and_uses_after_one_another_are_not_two_permits(self) -> None:
        both = [permit("P1", box(0, 0), YWLX="农用地转用"), permit("P2", box(0, 0), YWLX="土地征收")]
        after = [
            permit("L1", box(0, 0), YWLX="临时用地", PZRQ="20220101", YXQ="20231231"),
            permit("L2", box(0, 0), YWLX="临时用地", PZRQ="20240101", YXQ="20251231"),
        ]
        again = [permit("P1", box(0, 0), YWLX="农用地转用"), permit("P2", box(0, 0), YWLX="农用地转用")]
        for rows, count in ((both, 0), (after, 0), (again, 1)):
            assert len(rules(judge(violation=[change("V1", box(9000, 0))], permit=rows), "R7011")) == count

    def test_zones_of_use_have_codes_of_their_own(self) -> None:
        zones = [
            {"BSM": "1", "TDYTQLXDM": "010", "geometry": box(0, 0)},
            {"BSM": "2", "TDYTQLXDM": "030", "geometry": box(200, 0)},
            {"BSM": "3", "TDYTQLXDM": "020", "TDYTQLXMC": "一般农地区", "geometry": box(400, 0)},
        ]
        rows = [permit("P1", box(0, 0)), permit("P2", box(200, 0)), permit("P3", box(400, 0))]
        result = judge(violation=[change("V1", box(9000, 0))], permit=rows, plan=zones)
        assert rules(result, "R7012") == {("R7012", "permit", "P1", ""), ("R7012", "permit", "P3", "")}

    def test_outside_the_plan(self) -> None:
        zones = [
            {"BSM": "1", "GZQLXDM": "010", "GZQLXMC": "允许建设区", "geometry": box(0, 0)},
            {"BSM": "2", "GZQLXDM": "040", "GZQLXMC": "禁止建设区", "geometry": box(200, 0)},
        ]
        rows = [permit("P1", box(0, 0)), permit("P2", box(200, 0)), permit("P3", box(50, 0, 100))]
        result = judge(violation=[change("V1", box(9000, 0))], permit=rows, plan=zones)
        assert rules(result, "R7012") == {("R7012", "permit", "P2", ""), ("R7012", "permit", "P3", "")}

    def test_days_that_cannot_be(self) -> None:
        rows = [
            permit("P1", box(0, 0), SLRQ="20240701"),
            permit("P2", box(200, 0), YXQ="20230101"),
            permit("P3", box(400, 0)),
        ]
        result = judge(violation=[change("V1", box(9000, 0))], permit=rows)
        assert rules(result, "R7021") == {("R7021", "permit", "P1", ""), ("R7021", "permit", "P2", "")}

    @pytest.mark.parametrize(
        ("approved", "years", "said"),
        # Of the month of the check some days are past: its permit may be of today.
        [("20260701", None, True), ("203006", None, True), ("202606", 0.0, False), ("20260630", 0.0, False)],
    )  # fmt: skip
    def test_an_approval_on_a_day_that_has_not_come(self, approved: str, years: float | None, said: bool) -> None:
        rows = [permit("P1", box(0, 0), PZRQ=approved), permit("P2", box(200, 0), DKZT="受理", PZRQ="20270101")]
        result = judge(violation=[change("V1", box(0, 0, 50))], permit=rows)
        found = out(result, "PERMITS_OUT")["P1"]
        assert (None if np.isnan(found["years"]) else found["years"]) == years
        assert (found["use"], found["used_area"]) == ("partly_used", 5000)
        told = result.findings.frame().query("rule == 'R7021'")
        assert told[["key", "related"]].values.tolist() == ([["P1", "on_date"]] if said else [])
        assert all("晚于核查日2026-06-30" in message for message in told["message"])

    def test_farmland_of_a_permit_is_by_the_recorded_area_rule(self) -> None:
        """Of two fields one is recorded with 8,990 m² and is taken as a whole, of the other half, with a fifth of
        ridges: 4,000 m². Permit and change are told the same, and a permit in a field what it has without ridges."""
        fields = [
            plot("F1", box(0, 0), KCXS=0.1, KCMJ=1000.0, YJJBNTMJ=8990.0),
            plot("F2", box(100, 0), KCXS=0.2, KCMJ=2000.0, YJJBNTMJ=8000.0),
        ]
        rows = [permit("P1", box(0, 0, 150)), permit("P2", box(110, 10, 20, 20)),
                permit("L1", box(150, 50, 20, 20), YWLX="临时用地")]  # fmt: skip
        result = judge(violation=[change("V1", box(0, 0, 150))], permit=rows, farmland=fields)
        said = {(one.rule, one.key): one.message for one in result.findings.frame().itertuples()}
        assert "12,990.00平方米" in said["R7010", "V1"]
        assert "12,990.00平方米（19.49亩）" in said["R7016", "P1"]
        assert "320.00平方米（0.48亩）" in said["R7016", "P2"]
        assert "320.00平方米（0.48亩）" in said["R7013", "L1"]
        found = out(result, "PERMITS_OUT")
        assert {key: (row["farmland_area"], row["area"]) for key, row in found.items()} == {
            "P1": (12990, 15000), "P2": (320, 400), "L1": (320, 400),
        }  # fmt: skip


class TestHostile:
    def test_violations_on_one_another_are_told_once(self) -> None:
        result = judge(violation=[change("V2", box(0, 0)), change("V1", box(50, 0)), change("V3", box(149.8, 0))])
        assert rules(result, "R7019") == {("R7019", "violation", "V1", "V2")}

    def test_broken_shapes_are_told_and_still_count(self) -> None:
        x, y = box(0, 0).exterior.coords[0]
        bow = shapely.Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
        result = judge(
            violation=[change("V1", bow), change("V2", None), change("V3", shapely.Polygon())],
            permit=[permit("P1", bow.buffer(0).envelope), {**permit("P2", box(0, 0)), "geometry": None}],
            farmland=[plot("F1", box(0, 0)), {**plot("F2", box(0, 0)), "geometry": bow}],
        )  # fmt: skip
        assert rules(result, "R3001", "R3002") == {
            ("R3001", "violation", "V2", ""), ("R3001", "violation", "V3", ""), ("R3002", "violation", "V1", ""),
            ("R3001", "permit", "P2", ""), ("R3002", "map", "F2", ""),
        }  # fmt: skip
        rows = out(result)
        assert (rows["V1"]["area"], rows["V2"]["area"], rows["V2"]["labels"]) == (5000, 0, "")

    def test_without_anything_else_it_says_what_was_not_checked(self) -> None:
        result = judge(violation=[change("V1", box(0, 0))])
        assert len(result.unchecked) == 5
        assert out(result)["V1"]["labels"] == "no_permit"
        assert out(result)["V1"]["farmland_area"] == 0

    def test_a_number_twice_or_none(self) -> None:
        result = judge(violation=[change("V1", box(0, 0)), change("V1", box(500, 0)), change("", box(900, 0))])
        assert {found[0] for found in rules(result, "R2005", "R2009")} == {"R2005", "R2009"}
        frame = result.findings.frame()
        assert frame["finding_id"].is_unique

    def test_no_change_has_a_shape(self) -> None:
        result = judge(
            violation=[change("V1", None), change("V2", None)], permit=[permit("P1", box(0, 0))],
            farmland=[plot("F1", box(0, 0))], landuse=[parcel("1", box(0, 0), "0101")],
        )  # fmt: skip
        assert out(result)["V1"]["area"] == 0
        assert not len(result.tables["PIECES"])

    def test_the_order_of_rows_changes_nothing(self) -> None:
        changes = [change(f"V{n}", box(60 * n, 7 * n, 90, 50)) for n in range(6)]
        grants = [permit(f"P{n}", box(100 * n, 0, 80, 60)) for n in range(4)]
        plots = [plot(f"F{n}", box(45 * n, 20, 44, 44)) for n in range(8)]
        one = judge(violation=changes, permit=grants, farmland=plots)
        other = judge(violation=changes[::-1], permit=grants[::-1], farmland=plots[::-1])
        for table in ("VIOLATIONS_OUT", "PERMITS_OUT", "UNIT_SUMMARY"):
            left, right = (found.tables[table].drop(columns="geometry", errors="ignore") for found in (one, other))
            assert left.equals(right), table
        ids = [found.findings.frame()[["finding_id", "message"]] for found in (one, other)]
        assert ids[0].equals(ids[1])

    def test_it_stops(self) -> None:
        class Impatient(Progress):
            def cancelled(self) -> bool:
                return True

        findings = Findings("zh")
        frames = {"violation": layer("violation", [change("V1", box(0, 0))], findings)}
        with pytest.raises(Cancelled):
            permits.check(frames, findings, permits.Settings(ON), Impatient())


corner = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 8), st.integers(1, 8))
rectangle = corner.map(lambda c: box(10 * c[0], 10 * c[1], 10 * c[2], 10 * c[3]))


@given(st.lists(rectangle, min_size=1, max_size=3), st.lists(rectangle, max_size=3), st.lists(rectangle, max_size=3))
def test_areas_and_labels_are_those_of_a_reference(
    changes: list[shapely.Polygon], grants: list[shapely.Polygon], plots: list[shapely.Polygon]
) -> None:
    """Pair by pair with shapely, no index, no short-cut: identical, nested, touching and overlapping shapes."""
    result = judge(
        violation=[change(f"V{n}", shape) for n, shape in enumerate(changes)],
        permit=[permit(f"P{n}", shape) for n, shape in enumerate(grants)] or [permit("P9", box(9000, 0))],
        farmland=[plot(f"F{n}", shape) for n, shape in enumerate(plots)] or [plot("F9", box(9000, 0))],
    )
    rows = out(result)
    for number, shape in enumerate(changes):
        row = rows[f"V{number}"]
        bare = shape
        for grant in grants:
            bare = bare.difference(grant)
        farm = shapely.union_all([field.intersection(shape) for field in plots]) if plots else shapely.Polygon()
        assert row["uncovered_area"] == pytest.approx(bare.area, abs=0.02)
        assert row["permitted_area"] == pytest.approx(shape.area - bare.area, abs=0.02)
        due = max(10.0, 0.02 * shape.area)
        expected = "permitted"
        if bare.area > due:
            expected = "exceeds_permit" if shape.area - bare.area > 0.01 else "no_permit"
        if farm.area > 1:
            assert row["labels"] == ";".join(sorted([expected, "on_farmland"], key=permits.LABELS.index))
        else:
            assert row["labels"] == expected
        pieces = result.tables["PIECES"]
        assert round(pieces.loc[pieces["violation"] == f"V{number}", "area"].sum(), 2) == row["area"]


def test_strips_are_no_land() -> None:
    shapes = np.array([box(0, 0, 0.4, 100), box(0, 0, 0.6, 100), box(0, 0, 100, 100), None], dtype=object)
    assert permit_areas.wide(shapes, 0.5).tolist() == [False, True, True, False]


def test_the_report_tells_labels_and_the_worst() -> None:
    result = judge(
        violation=[change("V1", box(0, 0)), change("V2", box(500, 0))], permit=[permit("P1", box(500, 0))],
        farmland=[plot("F1", box(0, 0, 50))],
    )  # fmt: skip
    for speech, label in (("zh", "未批先用"), ("en", "without a permit")):
        page = html(result, ReportFacts(), speech)
        assert label in page
        assert "7.50" in page  # 5,000 m² of basic farmland in 亩
        assert "V1" in page


def test_the_worst_of_the_report_are_unlawful_and_stand_by_what_is_shown() -> None:
    """Of the same basic farmland, and none; the permitted change on basic farmland is no worst one."""
    result = judge(
        violation=[change(f"V{n}", box(500 * n, 0, 100 + 20 * n)) for n in range(4)],
        permit=[permit("P1", box(500, 0, 120)), permit("P3", box(1500, 0, 20))],
        farmland=[plot(f"F{n}", box(500 * n + 50, 0, 30)) for n in range(4)],
    )
    page = html(result, ReportFacts(), "zh")
    worst = page[page.index("违法占地最严重的图斑") : page.index("发现的问题")]
    assert re.findall(r"V\d", worst) == ["V2", "V3", "V0"]
    # 14,000 and 16,000 − 2,000 m² under no permit are 21 亩.
    assert worst.count(">21.00<") == 3
