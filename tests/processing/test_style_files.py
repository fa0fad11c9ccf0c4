"""The styles of result layers: they load without a word, and know every class that a result can have."""

from __future__ import annotations

import re

import pytest
from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QImage

from redline.core import codes
from redline.core.catalogue import SEVERITIES, titles
from redline.core.checks import idle, signs
from redline.core.checks.coverage import GAP_KINDS, OVERLAP_KINDS
from redline.core.checks.duties import DUTIES
from redline.core.checks.fourway_plots import STATUSES
from redline.core.checks.staff import DUTIES as STAFF
from redline.processing.algorithm import RESOURCES
from redline.processing.styles import apply_style

FIELDS = {
    "plot_status": ["key:string", "status:string"],
    "findings": ["title:string", "message:string", "how_to_fix:string", "severity:string"],
    "plot_duties": ["key:string", *(f"{duty}:bool" for duty in DUTIES)],
    "areas": ["difference:double"],
    "overlaps": ["kind:string"],
    "gaps": ["kind:string"],
    "idle_land": ["status:string"],
    "rates": [
        "rate:string", "level:string", "unit_name:string", "value:double", "threshold:double", "over:bool",
        "unit:string",
    ],
    "zones": ["zone_code:string", "zone_name:string", "colour:integer", "person:string"],
    "violations_out": ["key:string", "labels:string"],
    "pieces": ["violation:string", "standing:string", "farmland:string"],
    "permits_out": ["key:string", "use:string"],
    "site_pieces": ["farmland:string", "red_line:string", "permit:string"],
    "ways_out": ["site:string"],
    "sheetgrid": ["number:string"],
    "zone_status": ["zone_code:string", *(f"{duty}:bool" for duty in STAFF[:-1])],
    "sign_status": ["place:string", "signs:integer", "status:string"],
    "calendar": ["zone_code:string", "month:string", "done:integer", "due:integer", "short:bool"],
    "parcels": ["number:string", "name:string"],
    "levels": ["zone_code:string", "zone_name:string", "level:string"],
}
# One symbol for all.
PLAIN = {"ways_out", "sheetgrid", "parcels"}


def layer(style: str, *rows: list[object]) -> QgsVectorLayer:
    """A layer with the fields of a result and a square for each row."""
    made = QgsVectorLayer(
        "Polygon?crs=EPSG:4525&" + "&".join(f"field={name}" for name in FIELDS[style]), style, "memory"
    )
    features = []
    for place, values in enumerate(rows):
        feature = QgsFeature(made.fields())
        feature.setAttributes(values)
        x = place * 20
        feature.setGeometry(QgsGeometry.fromWkt(f"POLYGON(({x} 0,{x + 15} 0,{x + 15} 15,{x} 15,{x} 0))"))
        features.append(feature)
    made.dataProvider().addFeatures(features)
    made.updateExtents()
    return made


def classes(made: QgsVectorLayer) -> dict[object, str]:
    renderer = made.renderer()
    assert isinstance(renderer, QgsCategorizedSymbolRenderer)
    return {category.value(): category.label() for category in renderer.categories()}


def class_of(made: QgsVectorLayer) -> list[object]:
    """The class that each feature falls into, None for none."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(made))
    expression = QgsExpression(made.renderer().classAttribute())
    found = []
    for feature in made.getFeatures():
        context.setFeature(feature)
        value = expression.evaluate(context)
        assert not expression.hasEvalError(), expression.evalErrorString()
        found.append(value)
    return found


def drawn(made: QgsVectorLayer, width: int = 1800) -> QImage:
    settings = QgsMapSettings()
    settings.setLayers([made])
    settings.setDestinationCrs(made.crs())
    settings.setExtent(made.extent())
    settings.setOutputSize(QSize(width, 150))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def test_there_is_a_test_for_every_style() -> None:
    assert {file.stem for file in (RESOURCES / "styles").glob("*.qml")} == set(FIELDS)


@pytest.mark.parametrize("style", FIELDS)
def test_loads_without_a_warning(qgis_app: QgsApplication, style: str) -> None:
    said: list[str] = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda message, tag, level: said.append(message))
    message, loaded = layer(style).loadNamedStyle(str(RESOURCES / "styles" / f"{style}.qml"))
    assert (message, loaded, said) == ("", True, [])


@pytest.mark.parametrize("style", sorted(FIELDS.keys() - PLAIN))
def test_classes_are_called_differently_in_both_languages(qgis_app: QgsApplication, style: str) -> None:
    names = {}
    for language in ("zh", "en"):
        made = layer(style)
        assert apply_style(made, style, language)
        names[language] = list(classes(made).values())
        assert all(names[language])
        assert len(set(names[language])) == len(names[language])
    assert all(not name.isascii() for name in names["zh"])
    assert not set(names["zh"]) & set(names["en"])


def test_every_status_severity_and_kind_has_a_class(qgis_app: QgsApplication) -> None:
    for style, values in (
        ("plot_status", STATUSES), ("idle_land", idle.STATUSES),
        ("findings", SEVERITIES), ("overlaps", OVERLAP_KINDS), ("gaps", GAP_KINDS),
        ("levels", (*codes.LEVELS, "unit", "zone")), ("sign_status", signs.STATUSES),
    ):  # fmt: skip
        made = layer(style)
        apply_style(made, style, "zh")
        assert set(classes(made)) == set(values)


def test_duties_count_what_is_not_met_and_not_what_was_not_checked(qgis_app: QgsApplication) -> None:
    rows: list[list[object]] = [
        ["a", True, True, True, True, True],
        ["b", True, True, True, True, None],
        ["c", True, False, None, False, True],
        ["d", False, False, False, False, False],
    ]
    made = layer("plot_duties", *rows)
    apply_style(made, "plot_duties", "zh")
    assert class_of(made) == [0, 0, 2, 5]
    assert {str(value) for value in classes(made)} == set("012345")


def test_zones_are_classed_by_what_of_the_five_is_missing(qgis_app: QgsApplication) -> None:
    made = layer("zone_status", ["a", *[True] * 5], ["b", True, None, False, False, True], ["c", *[False] * 5])
    apply_style(made, "zone_status", "zh")
    assert class_of(made) == [0, 2, 5]


def test_the_calendar_shows_its_last_month_by_what_is_done_of_what_is_due(qgis_app: QgsApplication) -> None:
    done = [8, 9, 7, 6, 5, 4, 2, 1, 0]
    rows: list[list[object]] = [["a", "2026-05", 8, 8, False]]
    rows += [[str(n), "2026-06", n, 8, n < 8] for n in done]
    made = layer("calendar", *rows)
    apply_style(made, "calendar", "zh")
    assert not class_of(made)[0]
    assert class_of(made)[1:] == [0, 0, 1, 1, 2, 2, 3, 4, 5]
    assert {int(str(value)) for value in classes(made)} == set(range(6))


def test_areas_are_classed_by_their_difference(qgis_app: QgsApplication) -> None:
    expected = {
        "unknown": [None],
        "within": [0.0, 1.0, -1.0],
        "more_1": [1.01, 10.0],
        "more_10": [10.01, 100.0],
        "more_100": [100.5],
        "less_1": [-1.01, -10.0],
        "less_10": [-10.01, -100.0],
        "less_100": [-100.5],
    }
    made = layer("areas", *([value] for values in expected.values() for value in values))
    apply_style(made, "areas", "en")
    assert class_of(made) == [name for name, values in expected.items() for _ in values]
    assert set(class_of(made)) == set(classes(made))


def test_every_class_is_drawn_and_looks_different(qgis_app: QgsApplication) -> None:
    made = layer("plot_status", *([str(n), status] for n, status in enumerate(STATUSES)))
    apply_style(made, "plot_status", "zh")
    picture = drawn(made)
    scale = picture.width() / made.extent().width()
    middle = picture.height() // 2
    means = []
    for place in range(len(STATUSES)):
        left = (place * 20 + 3) * scale
        points = [(int(left + step * scale / 10), middle + row) for step in range(90) for row in range(-20, 20, 5)]
        shades = [QColor(picture.pixel(*point)).getRgb()[:3] for point in points]
        means.append(tuple(sum(band) // len(shades) for band in zip(*shades)))
    assert (255, 255, 255) not in means
    for one in range(len(means)):
        for other in range(one):
            assert sum(abs(a - b) for a, b in zip(means[one], means[other])) > 30, (STATUSES[one], STATUSES[other])


def test_of_two_ratios_of_a_unit_the_one_that_decides_is_drawn(qgis_app: QgsApplication) -> None:
    """One on the other would mix their colours; so would the county below its townships."""
    made = layer(
        "rates", ["illegal_ratio", "township", "甲", 0.2, 0.08, True, "1"],
        ["illegal_ratio_deducted", "township", "甲", 0.01, 0.08, False, "1"],
        ["illegal_ratio", "township", "乙", 0.2, 0.08, True, "2"],
        ["illegal_ratio_deducted", "county", "县", 0.2, 0.15, True, "0"],
    )  # fmt: skip
    apply_style(made, "rates", "zh")
    assert class_of(made) == ["", "below", "over", ""]


@pytest.mark.parametrize(
    ("style", "rows"),
    [
        ("violations_out", [["1", "no_permit"], ["2", "no_permit;on_farmland"]]),
        ("pieces", [["1", "uncovered", ""], ["1", "uncovered", "F1"]]),
    ],
)
def test_basic_farmland_is_hatched_whatever_the_class(
    qgis_app: QgsApplication, style: str, rows: list[list[object]]
) -> None:
    made = layer(style, *rows)
    apply_style(made, style, "zh")
    picture = drawn(made, 350)
    row, scale = picture.height() * 4 // 5, picture.width() / made.extent().width()
    bare, hatched = (
        {picture.pixel(int((start + step / 10) * scale), row) for step in range(30, 120)} for start in (0, 20)
    )
    assert len(bare) == 1 < len(hatched)


def test_zones_have_the_colour_of_their_number(qgis_app: QgsApplication) -> None:
    made = layer("zones", *([f"{n:015d}", "东关村第1网格", n, ""] for n in range(1, 7)))
    apply_style(made, "zones", "zh")
    assert class_of(made) == list(classes(made)) == list("123456")
    colours = {category.symbol().color().name() for category in made.renderer().categories()}
    assert len(colours) == 6


def test_outlines_are_the_wider_the_higher_their_level(qgis_app: QgsApplication) -> None:
    made = layer("levels")
    apply_style(made, "levels", "zh")
    width = {category.value(): category.symbol().symbolLayer(0).width() for category in made.renderer().categories()}
    ordered = [width[level] for level in ("province", "city", "county", "township", "village", "zone")]
    assert ordered == sorted(set(ordered), reverse=True)


@pytest.mark.parametrize("speech", ["zh", "en"])
def test_changes_are_coloured_by_their_first_label(speech: str) -> None:
    """Basic farmland is hatched besides, and the class only where there is no other."""
    rows = [
        ["V1", "no_permit;on_farmland"], ["V2", "on_farmland"], ["V3", "permitted"], ["V4", ""], ["V5", None],
        ["V6", "on_farmland;temporary_expired"], ["V7", "on_farmland;permitted"],
    ]  # fmt: skip
    made = layer("violations_out", *rows)
    assert apply_style(made, "violations_out", speech)
    assert class_of(made) == [
        "no_permit", "on_farmland", "permitted", "none", "none", "temporary_expired", "permitted",
    ]  # fmt: skip
    assert classes(made)["no_permit"] == {"zh": "未批先用", "en": "without a permit"}[speech]


@pytest.mark.parametrize(("style", "field"), [("pieces", "standing"), ("permits_out", "use")])
def test_standing_and_use_have_their_names(style: str, field: str) -> None:
    made = layer(style, ["1", "x"])
    apply_style(made, style, "zh")
    assert all(re.search("[\u4e00-\u9fff]", label) for label in classes(made).values())
    assert set(titles(field, "zh")) <= set(classes(made))
