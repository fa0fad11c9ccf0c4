"""The report: what it says, in both languages, whatever the data holds."""

from __future__ import annotations

import base64
import copy
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core import fonts
from redline.core.catalogue import rule
from redline.core.findings import Findings
from redline.core.report import InputFact, ReportFacts, SettingFact, html, paper_style
from redline.core.report import pen as pen_module
from redline.core.report.faces import chinese_font
from redline.core.report.pen import Pen
from redline.core.result import Rate, Result
from tests.core.counting import calls

CATALOGUE = Path(__file__).resolve().parents[2] / "core" / "catalogue" / "texts.json"
NAMES = {"990101": "示范县", "990101001": "城关镇", "990101001001": "东关村", "990101001002": "西关村"}
VILLAGES = [code for code in NAMES if len(code) == 12]
DUTIES = ["parcel", "area", "people", "responsibility", "atlas"]
ELEMENTS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "span",
    "b",
    "br",
    "img",
}


def add(findings: Findings, rule_id: str, role: str, key: Any, **values: Any) -> None:
    """Add findings; words of the rule's message that nobody gives are filled in, so that wording may change."""
    for _, name, form, _ in Formatter().parse(rule(rule_id).message[findings.language]):
        if name and name not in values and name not in ("key", "role", "measure", "related", "unit", "unit_name"):
            values[name] = "1.50" if form in ("", ",") else 1.5
    findings.add(rule_id, role, key, **values)


def county(language: str = "zh", plots: int = 10) -> tuple[list[Result], ReportFacts]:
    """Two villages, `plots` plots of 1,000 m² each: the first is not in the register, the second differs by −500 m²."""
    unit = np.array([VILLAGES[n % 2] for n in range(plots)])
    key = np.array([f"{u}{n:04d}" for n, u in enumerate(unit)])
    register = np.full(plots, 1000.0)
    register[0], register[1] = np.nan, 500.0
    listed = np.arange(plots) > 0
    status = pd.DataFrame(
        {
            "key": key,
            "unit": unit,
            "in_map": True,
            "in_register": listed,
            "in_plots": pd.array([pd.NA] * plots, "boolean"),
            "map_area": 1000.0,
            "geometry_area": 1000.0,
            "register_area": register,
            "plots_area": np.nan,
            "difference": np.where(np.arange(plots) == 1, -500.0, 0.0),
            "agreement": np.nan,
            "status": ["missing_register", "area_differs", *["consistent"] * (plots - 2)],
        }
    )
    rows = [
        {
            "unit": code,
            "unit_name": name,
            "class": "",
            "map_count": int(inside.sum()),
            "map_area": 1000.0 * inside.sum(),
            "register_count": int(listed[inside].sum()),
            "register_area": float(np.nansum(register[inside])),
            "table_count": None,
            "table_area": np.nan,
            "plots_count": None,
            "plots_area": np.nan,
        }
        for code, name in NAMES.items()
        for inside in [np.char.startswith(unit.astype(str), code)]
    ]
    duties = pd.DataFrame({"key": key, "unit": unit})
    for duty in DUTIES:
        duties[duty] = pd.array([True] * plots, dtype="boolean")
    duties.loc[0, "people"] = False
    duties["atlas"] = pd.array([pd.NA] * plots, dtype="boolean")
    by_unit = pd.DataFrame(
        [
            {
                "unit": code,
                "unit_name": name,
                "level": "",
                "plots": plots,
                **dict.fromkeys(DUTIES, 1.0),
                "complete": 0.9,
            }
            for code, name in NAMES.items()
        ]
    )
    findings = Findings(language)
    place = {"unit": unit[0], "unit_name": NAMES[unit[0]], "geometry": shapely.box(0, 0, 1, 1)}
    add(findings, "R6001", "map", [key[0]], actual="1000.00", **place)
    add(
        findings,
        "R6003",
        "register",
        [key[1]],
        unit=unit[1],
        expected="1000.00",
        actual="500.00",
        difference=-500.0,
        measure="m2",
    )
    add(findings, "R6010", "map", [key[0]], **place)
    four = Result(
        findings,
        {"PLOT_STATUS": status, "UNIT_BALANCE": pd.DataFrame(rows)},
        {"agreement": Rate(plots - 2, plots)},
        plots,
        ["没有汇总表。"],
        ["图：按《2021》理解。"],
    )
    five = Result(findings, {"PLOT_DUTIES": duties, "UNIT_DUTIES": by_unit}, {"duties": Rate(plots - 1, plots)}, plots)
    facts = ReportFacts(
        unit="示范县",
        office="示范县自然资源局",
        date="2026-06-30",
        data_time="2025-12-31",
        inputs=[
            InputFact("map", "YJJBNTBHTB", plots, "EPSG:4525", "示范县.gpkg"),
            InputFact("register", "登记册", plots - 1),
        ],
        settings=[SettingFact("面积容差", "1 m²", "TD/T 1055-2019")],
        versions={"QGIS": "3.22.16"},
        findings_at="结果.gpkg",
    )
    return [four, five], facts


class Page(HTMLParser):
    """A page taken apart: its elements, attributes and text, and its balance of opened and closed elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.pictures: list[str] = []
        self._text: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open
        self.text = re.sub(r"\s+", " ", "".join(self._text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs
        if tag == "img":
            self.pictures.append(str(dict(attrs)["src"]))
        if tag not in ("meta", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._text.append(" ")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._text.append(data)


def test_says_the_figures_in_chinese() -> None:
    text = Page(html(*county(), "zh")).text
    for words in (
        "耕地红线核查报告",
        "核查范围 示范县",
        "核查单位 示范县自然资源局",
        "核查日期 2026-06-30",
        "数据时点 2025-12-31",
        "内部资料",
        "共核查图斑10个",
        "一致率80.00%（8/10）",
        "落实率90.00%（9/10）",
        "错误3条、警告0条、提示0条",
        # 10 plots of 1000 m² are 15 亩; the register lacks one and is 500 m² short in another: 8,500 m² or 12.75 亩.
        "图 10 15.00 10,000.00 — —",
        "册 9 12.75 8,500.00 −2.25 −15.000%",
        "图 未发现问题",
        "册 错误 2 条",
        "表 未核查",
        "地块 未核查",
        "五落实 错误 1 条",
        "一致 8 80.00%",
        "城关镇 10 15.00 9 12.75 −2.25",
        "东关村 5 7.50 4 6.00 −1.50",
        "西关村 5 7.50 5 6.75 −0.75",
        "人员 90.00% 9 / 10",
        "图册 未核查",
        "9901010010020001 西关村 1,000.00 500.00 — −500.00 面积不符",
        "没有汇总表。",
        "图：按《2021》理解。",
        "YJJBNTBHTB",
        "面积容差 1 m² TD/T 1055-2019",
        "QGIS 3.22.16",
        "结果.gpkg",
        "检查人",
        "审核人",
        "单位（盖章）",
    ):
        assert words in text, words
    for rule_id in ("R6001", "R6003", "R6010"):
        entry = rule(rule_id)
        for words in (rule_id, entry.title["zh"], entry.why["zh"], entry.how_to_fix["zh"], entry.source["zh"]):
            assert words in text, words


def test_says_the_figures_in_english() -> None:
    text = Page(html(*county("en"), "en")).text
    for words in ("County farmland audit", "10 plots were checked", "80.00%", "3 errors, 0 warnings", "not checked"):
        assert words in text, words
    conclusion = text[: text.index("2. ")].replace("示范县自然资源局", "").replace("示范县", "")
    assert not re.search("[\u4e00-\u9fff]", conclusion)


def test_every_text_stands_in_both_languages_with_the_same_places() -> None:
    texts = {
        name: entry
        for name, entry in json.loads(CATALOGUE.read_text(encoding="utf-8")).items()
        if name.startswith("report.")
    }
    assert len(texts) > 100
    for name, entry in texts.items():
        assert set(entry) == {"en", "zh"}, name
        places = [
            {place for _, place, _, _ in Formatter().parse(entry[language]) if place} for language in ("en", "zh")
        ]
        assert places[0] == places[1], name


def test_every_text_asked_for_exists() -> None:
    texts = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    asked = set()
    for path in (CATALOGUE.parents[1] / "report").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        asked |= {
            f"report.{name}" for name in re.findall(r'\bw\.(?:say|heading|note|column|chapter)\("([\w.]+)"', source)
        }
        asked |= {f"report.chart.{name}" for name in re.findall(r'\bpen\.say\("([\w.]+)"', source)}
    assert len(asked) > 50
    assert asked <= set(texts)


def test_needs_no_network_and_runs_nothing() -> None:
    results, facts = county()
    page = html(results, facts, "zh")
    parsed = Page(page)
    assert parsed.elements <= ELEMENTS
    assert not re.search(r"https?://|url\(|@import|javascript:", page)
    assert all(source.startswith("data:image/png;base64,") for source in parsed.pictures)
    assert not [name for name, _ in parsed.attributes if name.startswith("on") or name in ("href", "srcset")]
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\(|@import", paper_style())


def test_draws_three_charts() -> None:
    pictures = Page(html(*county(), "zh")).pictures
    assert len(pictures) == 3
    for picture in pictures:
        png = base64.b64decode(picture.partition(",")[2])
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(png[16:20], "big") == 1360


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{0}{key}%s%(a)s",
    "$\\frac{1}{",
    "$x$",
    "a\x00b\x1bc",
    "\u202e永远\u2066",
    "永久\udce5\udc9f",
    "&amp;&lt;",
    "']]>--><!--",
    "乡" * 5000,
    "",
    " ",
    "😀\u0301",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_nothing_that_data_holds_can_break_it(value: str) -> None:
    results, _ = county()
    for table in ("UNIT_BALANCE", "PLOT_STATUS"):
        frame = results[0].tables[table]
        frame[frame.columns[0 if table == "PLOT_STATUS" else 1]] = value
    found = results[0].findings
    # A key comes out of the codes' cleaning, which leaves no broken Unicode.
    add(
        found,
        "R6003",
        "register",
        value.encode("utf-8", "replace").decode(),
        unit=value,
        unit_name=value,
        actual=value,
        difference=np.inf,
        geometry=None,
    )
    results[0].notes.append(value)
    results[0].unchecked.append(value)
    hostile = ReportFacts(
        title=value,
        unit=value,
        office=value,
        date=value,
        data_time=value,
        inputs=[InputFact(value, value, 1, value, value, value)],
        settings=[SettingFact(value, value, value)],
        methods=[value],
        versions={value: value},
        findings_at=value,
        classification=value,
        notice=value,
    )
    page = html(results, hostile, "zh")
    parsed = Page(page)
    assert parsed.elements <= ELEMENTS
    assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert page.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", page)
    assert len(page) < 500_000


def test_shows_no_personal_number() -> None:
    results, facts = county()
    add(
        results[0].findings,
        "R2002",
        "register",
        "990101001001000012",
        actual="11010519491231002X 13812345678",
        field="电话",
    )
    results[0].notes.append("联系电话13812345678")
    page = html(results, facts, "zh")
    assert "110105********002X" in page
    assert "138****5678" in page
    assert "19491231" not in page
    assert "13812345678" not in page
    assert "990101001001000012" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_result_is_a_report_too(language: str) -> None:
    empty = Result(Findings(language), rates={"agreement": Rate(0, 0)})
    page = Page(html(empty, ReportFacts(), language))
    assert "—" in page.text
    assert {"zh": "没有可核查的内容", "en": "There was nothing to check"}[language] in page.text
    assert page.pictures == []
    assert Page(html([], ReportFacts(), language)).text


def test_a_single_check_tells_only_what_it_did() -> None:
    findings = Findings("zh")
    add(findings, "R5001", "map", ["1", "2"], difference=[50.0, -2000.0], measure="m2", severity="warning")
    facts = ReportFacts(inputs=[InputFact("map", "图斑", 12)])
    page = Page(html(Result(findings, checked=12), facts, "zh"))
    assert "数据检查报告" in page.text
    assert "图 警告 2 条" in page.text
    assert "未发现错误，警告事项有待核实" in page.text
    for words in ("五落实", "登记册", "分乡镇、村核对", "一致率"):
        assert words not in page.text, words
    # The spread of the differences (10 within, one of 50, one of −2000) and the rules.
    assert len(page.pictures) == 2


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_an_audit_counts_plots_and_not_patrols(order: slice) -> None:
    results, facts = county()
    patrols = Result(Findings("zh"), checked=3452, thing="patrol")
    text = Page(html([*results, patrols][order], facts, "zh")).text
    assert "共核查图斑10个" in text
    assert "3,452" not in text


def test_a_check_of_other_things_names_them() -> None:
    said = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    sources = (path.read_text(encoding="utf-8") for path in (CATALOGUE.parents[1] / "checks").glob("*.py"))
    things = {found for source in sources for found in re.findall(r'\bthing(?:="|\b.*, ")(\w+)"', source)}
    assert {"patrol", "sign", "zone", "violation", "site", "parcel", "supply", "case"} <= things
    for thing in (*things, "plot"):
        for language in ("zh", "en"):
            page = Page(html([Result(Findings(language), checked=7, thing=thing)], ReportFacts(), language))
            assert said[f"report.checked.{thing}"][language].format(count=7) in page.text, thing
            assert said[f"report.figure.checked.{thing}"][language] in page.text, thing


def test_lists_the_first_findings_and_says_how_many_more() -> None:
    results, facts = county()
    keys = [f"{VILLAGES[0]}{n:04d}" for n in range(25)]
    add(results[0].findings, "R6014", "map", keys, unit=VILLAGES[0], difference=np.arange(25) * -1.0, measure="m2")
    text = Page(html(results, facts, "zh")).text
    assert "R6014 · 25 条" in text
    assert "以上列出10条，其余15条见结果.gpkg。" in text
    listed = text[text.index("R6014 · 25 条") :].split("以上列出")[0]
    # The greatest difference comes first.
    assert re.findall(r" (\d{16}) ", listed) == keys[:14:-1]


def test_settled_findings_do_not_count() -> None:
    results, facts = county()
    kept = results[0].findings.frame()
    kept.loc[kept["rule"] == "R6003", "status"] = "waived"
    kept.loc[kept["rule"] == "R6010", "status"] = "confirmed"
    text = Page(html(results, facts, "zh", kept)).text
    assert "错误2条" in text
    assert "另有1条已核销或已整改" in text
    assert "R6003" not in text
    assert "册 错误 1 条" in text
    kept["change"] = ["new", "fixed", "reopened"]
    kept.loc[kept["change"] == "fixed", "status"] = "fixed"
    assert "新增1条，已整改1条，重新出现1条" in Page(html(results, facts, "zh", kept)).text


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (29, 30, "96.67%"),
        (1999, 2000, "99.95%"),
        (99_999, 100_000, "99.99%"),
        (3, 3, "100.00%"),
        (0, 7, "0.00%"),
        (0, 0, "—"),
    ],
)
def test_only_what_is_whole_is_a_hundred_per_cent(numerator: int, denominator: int, shown: str) -> None:
    result = Result(Findings("zh"), rates={"agreement": Rate(numerator, denominator)}, checked=denominator)
    text = Page(html(result, ReportFacts(), "zh")).text
    assert f"一致率 {shown} {numerator:,} / {denominator:,}" in text


def test_sums_are_exact() -> None:
    """Ten thousand plots of 0.07 m² are 700.00 m², in floats 699.9999…"""
    results, facts = county(plots=10_000)
    balance = results[0].tables["UNIT_BALANCE"]
    balance["map_area"] = [0.07 * 3, 0.07 * 3, 0.1, 0.11]
    text = Page(html(results, facts, "zh")).text
    assert "图 10,000 0.00 0.21 — —" in text


def test_the_ground_is_held_against_gross_areas() -> None:
    """Map net 900 m² of gross 1,000 m²; ground gross 990 m²: the ground is 10 m² short, not 90 m² over."""
    results, facts = county()
    status, balance = results[0].tables["PLOT_STATUS"], results[0].tables["UNIT_BALANCE"]
    status["plots_area"], status["in_plots"] = 990.0, pd.array([True] * 10, dtype="boolean")
    balance["map_area"] *= 0.9
    balance["plots_area"], balance["plots_count"] = balance["map_count"] * 990.0, balance["map_count"]
    text = Page(html(results, facts, "zh")).text
    assert "地块 10 14.85 9,900.00 −0.15 −1.000%" in text
    assert "差值按图上图斑面积比较" in text


def test_same_data_same_page_whatever_the_order_of_rows() -> None:
    results, facts = county()
    status = results[0].tables["PLOT_STATUS"]
    status.loc[2:4, "status"] = ["duplicate", "invalid", "shape_differs"]
    page = html(results, facts, "zh")
    assert html(results, facts, "zh") == page
    for result in results:
        result.tables = {name: table.sample(frac=1, random_state=1) for name, table in result.tables.items()}
    assert html(results, facts, "zh") == page


def test_leaves_matplotlib_as_the_user_has_it() -> None:
    import matplotlib

    before = copy.deepcopy(dict(matplotlib.rcParams))
    html(*county(), "zh")
    assert dict(matplotlib.rcParams) == before


def test_charts_are_set_in_the_chinese_face() -> None:
    """The first face of Noto CJK's collections is the Japanese one, and the only one that matplotlib reads."""
    family, file = chinese_font()
    if not family:
        pytest.skip("no Chinese font on this machine")
    from matplotlib.ft2font import FT2Font

    assert family in fonts.FAMILIES
    assert FT2Font(file).family_name == family
    assert "JP" not in family


def test_the_font_rule_takes_the_best_that_exists() -> None:
    assert fonts.choose({"SimSun", "Microsoft YaHei", "Noto Sans CJK JP"}.__contains__) == "Microsoft YaHei"
    assert fonts.choose({"Noto Sans CJK JP", "DejaVu Sans"}.__contains__) == ""


def test_charts_without_a_chinese_font_are_in_english_and_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pen_module, "chinese_font", lambda: ("", ""))
    pen = Pen("zh")
    assert pen.language == "en"
    assert pen.name("城关镇", "990101001") == "990101001"
    assert len(Page(html(*county(), "zh")).pictures) == 3


def test_charts_leave_out_halves_of_characters() -> None:
    pen = Pen("zh")
    assert pen.name("A\udce5 village", "990101001") == "A village"
    assert pen.name("\udce5\udc9f", "99\udce50101001") == "990101001"


def test_the_face_of_a_collection_that_matplotlib_tells_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 3.11 on its list has all faces of a collection, with their numbers."""
    from matplotlib import font_manager

    from redline.core.report import faces

    entry = SimpleNamespace(name="Noto Sans CJK SC", fname="cjk.ttc", style="normal", weight=400, index=2)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [entry])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    assert faces._font_files(fonts.FAMILIES) == {"Noto Sans CJK SC": ("cjk.ttc", 2)}


def test_without_matplotlib_there_are_no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    from redline.core.report import charts

    monkeypatch.setattr(charts, "available", lambda: False)
    assert Page(html(*county(), "zh")).pictures == []


def test_many_findings_take_no_more_work() -> None:
    def page(number: int) -> tuple[str, int]:
        results, facts = county()
        add(
            results[0].findings, "R6014", "map", [f"{n:016d}" for n in range(number)], difference=1.0, measure="m2",
            unit=np.array(VILLAGES)[np.arange(number) % 2],
        )  # fmt: skip
        frame = results[0].findings.frame()
        return html(results, facts, "zh", frame), calls(lambda: html(results, facts, "zh", frame))

    few, many = page(1_000), page(10_000)
    assert len(many[0]) < 1_000_000
    assert "错误10,003条" in many[0]
    assert "其余9,990条" in many[0]
    assert many[1] < 1.1 * few[1]
