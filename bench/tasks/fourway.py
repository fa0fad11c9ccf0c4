"""F: the county's map, register and ground plots held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from qgis.core import QgsProcessingFeedback

from redline.bench import desktop
from redline.bench.county import County
from redline.bench.measure import Answer
from redline.bench.tasks.task import Task, same

# What each rule finds, as the county counts what was planted.
_PLANTED = {
    "R6003": "register_differs", "R6001": "register_lacks", "R5001": "map_differs", "R6012": "ground_lacks",
    "R6018": "ground_moved",
}  # fmt: skip


def run(county: County, feedback: QgsProcessingFeedback | None = None) -> dict[str, Any]:
    """`redline:fourwaycheck` with map, register (xlsx), ground plots and villages."""
    return desktop.run(
        "redline:fourwaycheck", feedback, MAP=county.layer("plots"), REGISTER=county.register,
        PLOTS=county.layer("ground"), UNITS=county.layer("villages"), FINDINGS="TEMPORARY_OUTPUT",
        PLOT_STATUS="TEMPORARY_OUTPUT", UNIT_BALANCE="TEMPORARY_OUTPUT",
    )  # fmt: skip


def check(county: County) -> Generator[None, None, Answer]:
    """The plugin's check, which has to find what was planted and no more of its kind."""
    desktop.start()
    desktop.warm()
    yield
    result = run(county)
    yield
    rules = Counter(desktop.column(result["FINDINGS"], "rule"))
    planted = {name: getattr(county, name) for name in _PLANTED.values()}
    found = {name: rules[rule] for rule, name in _PLANTED.items()}
    if found != planted:
        raise ValueError(f"planted {planted}, found {found}")
    return found


def native(county: County) -> Generator[None, None, Answer]:
    """What QGIS offers: areas by $area, joins by plot number, and what an expression can tell of them."""
    desktop.start(plugin=False)
    yield
    measured = desktop.run(
        "native:fieldcalculator", INPUT=county.layer("plots"), FIELD_NAME="measured", FIELD_TYPE=0,
        FORMULA="$area", OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip
    joined = _joined(measured, county.register, "永久基本农田图斑编号")
    surveyed = _joined(joined, county.layer("ground"), "YJJBNTTBBH")
    mu = '"b_永久基本农田面积(亩)" * 2000 / 3'
    # Half of the register's last digit, 0.01 亩, beside the tolerances.
    wrong = {
        "register_differs": f'abs({mu} - "YJJBNTMJ") > max(1, 0.005 * "YJJBNTMJ") + 3.34',
        "register_lacks": '"b_永久基本农田图斑编号" IS NULL',
        "map_differs": 'abs("YJJBNTTBMJ" - "measured") > max(1, 0.005 * "measured")',
        "ground_lacks": '"b_YJJBNTTBBH" IS NULL',
    }
    found = {
        name: desktop.run(
            "native:extractbyexpression", INPUT=surveyed, EXPRESSION=expression, OUTPUT="TEMPORARY_OUTPUT"
        )
        for name, expression in wrong.items()
    }
    yield
    return {name: result["OUTPUT"].featureCount() for name, result in found.items()}


def _joined(layer: object, other: str, key: str) -> object:
    return desktop.run(
        "native:joinattributestable", INPUT=layer, FIELD="YJJBNTTBBH", INPUT_2=other, FIELD_2=key, METHOD=1,
        PREFIX="b_", OUTPUT="TEMPORARY_OUTPUT",
    )["OUTPUT"]  # fmt: skip


def agree(answers: dict[str, Answer]) -> str:
    peer = answers["native joins"]
    for name in peer:
        same(answers["redline"], peer, name)
    return "mistakes found by kind; the peer knows no moved plots, no units, no doubles"


TASK = Task(
    "F", "Map, register and ground plots agree", "native joins", {"native joins": native, "redline": check}, agree,
    seconds=30, memory=2000, once=["native joins"],
)  # fmt: skip
