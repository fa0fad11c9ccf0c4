"""Who answers for which zone: the office's roster with its planted mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from redline.tools.demo import people
from redline.tools.demo.county import County
from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Row
from redline.tools.demo.workbooks import Head, Sheet
from redline.tools.demo.zones import Grid, Zone

ROSTER = "田长网格员名单.xlsx"
START, END, DAY, YESTERDAY, TOMORROW = "20240101", "20281231", "20260630", "20260629", "20260701"
FAR = 2000.0  # m
_DUTIES = ("duty", "task", "reward")
_WORDS = {
    "duty": "落实保护责任，制止违法占用", "task": "每月巡查不少于8次", "reward": "按考核结果奖惩",
}  # fmt: skip
_HEAD: tuple[Head, ...] = (
    ("序号", (), (6,)),
    ("责任网格", ("网格代码", "网格名称"), (18, 18)),
    ("行政区", ("行政区代码", "行政区名称"), (14, 12)),
    ("责任人员", ("姓名", "职务", "角色", "联系电话"), (9, 14, 9, 14)),
    ("五定", ("定区域", "定职责", "定任务", "定奖惩"), (18, 26, 20, 16)),
    ("任期", ("任期开始", "任期结束"), (12, 12)),
    ("备注", (), (8,)),
)
_COLUMNS = sum(len(widths) for _, _, widths in _HEAD)


@dataclass
class Staff:
    """The rows of the roster, and who walks each zone (`keepers`: zone code → name)."""

    rows: list[Row]
    keepers: dict[str, str]


class _Names:
    """Names of which no two are alike: a person is known by it in the log of patrols."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._given: set[str] = set()

    def new(self) -> str:
        while True:
            name = people.name(self._dice)
            if name not in self._given:
                self._given.add(name)
                return name


def appoint(grid: Grid, county: County, seed: int) -> Staff:
    """The roster, its mistakes planted and noted.

    Args:
        grid: the zones as they are handed in.
        county: its townships have heads of their own.
        seed: the county's seed.
    """
    dice = Dice(seed, "staff")
    names = _Names(dice)
    rows: list[Row] = [
        _row(unit.code, unit.name, names.new(), "乡镇长", "田长", dice)
        for unit in sorted(county.townships, key=lambda unit: unit.code)
    ]
    heads: dict[str, str] = {}
    keepers: dict[str, str] = {}
    for zone in sorted((zone for zone in grid.zones if zone.staff), key=lambda zone: zone.code):
        head = heads.setdefault(zone.village, names.new())
        keepers[zone.code] = names.new()
        rows.append(_of_zone(zone, head, "村党支部书记", "村级田长", dice))
        rows.append(_of_zone(zone, keepers[zone.code], "村民小组长", "网格员", dice))
    staff = Staff(rows, keepers)
    _nobody(grid, staff)
    _duties(grid, staff)
    _roles(grid, staff)
    _terms(grid, staff, names, dice)
    _strayed(grid, staff, names, dice)
    _far(grid, staff)
    for zone in grid.zones:
        if not zone.staff and zone.shape is not None and zone.code not in keepers:
            cause = next(cause for cause, keys in grid.plan.keys.items() if zone.label in keys)
            grid.plan.expect(cause, zone.label, "zone R9013")
    return staff


def _row(code: str, name: str, person: str, post: str, role: str, dice: Dice) -> Row:
    phone = f"100{dice.whole(0, 99_999_999):08d}"
    return {
        "zone": "", "zone_name": "", "unit": code, "unit_name": name, "person": person, "post": post, "role": role,
        "phone": phone, "area_duty": name, **_WORDS, "start": START, "end": END,
    }  # fmt: skip


def _of_zone(zone: Zone, person: str, post: str, role: str, dice: Dice) -> Row:
    row = _row(zone.unit, zone.unit_name, person, post, role, dice)
    return {**row, "zone": zone.code, "zone_name": zone.name, "area_duty": zone.name}


def _of(staff: Staff, zone: Zone) -> list[Row]:
    return [row for row in staff.rows if row["zone"] == zone.code]


def _nobody(grid: Grid, staff: Staff) -> None:
    """Zones that nobody answers for."""
    for zone in grid.pick("zone-nobody", 3):
        for row in _of(staff, zone):
            staff.rows.remove(row)
        grid.plan.expect("zone-nobody", zone.code, "zone R9013")


def _duties(grid: Grid, staff: Staff) -> None:
    """Duties that none of a zone's people has in writing, and one that one of them has."""
    for duty in ("area_duty", *_DUTIES):
        zone = grid.pick(f"duty-missing {duty}", 1)[0]
        grid.plan.keys.pop(f"duty-missing {duty}")
        grid.note("duty-missing", zone.code)
        for row in _of(staff, zone):
            row[duty] = ""
        grid.plan.expect("duty-missing", zone.code, "zone R9040", related=duty)
    for zone in grid.pick("duty-of-one", 2):
        _of(staff, zone)[0]["task"] = ""


def _roles(grid: Grid, staff: Staff) -> None:
    """Zones without a head, or without a keeper."""
    for cause, place, wanted in (("zone-no-head", 0, "head"), ("zone-no-keeper", 1, "keeper")):
        for zone in grid.pick(cause, 2):
            staff.rows.remove(_of(staff, zone)[place])
            grid.plan.expect(cause, zone.code, "zone R9042", related=wanted)


def _terms(grid: Grid, staff: Staff, names: _Names, dice: Dice) -> None:
    """Terms that ended the day before or begin the day after, and that end or begin on the very day."""
    for cause, key, day in (
        ("term-over", "end", YESTERDAY), ("term-ahead", "start", TOMORROW), ("term-edge", "end", DAY),
        ("term-edge", "start", DAY),
    ):  # fmt: skip
        zone = grid.pick(f"{cause} {key}", 1)[0]
        grid.plan.keys.pop(f"{cause} {key}")
        grid.note(cause, zone.code)
        row = _of_zone(zone, names.new(), "村委会委员", "副田长", dice)
        row[key] = day
        staff.rows.append(row)
        if cause != "term-edge":
            grid.plan.expect(cause, row["person"], "roster R9015", related=zone.code)


def _strayed(grid: Grid, staff: Staff, names: _Names, dice: Dice) -> None:
    """People of a zone that is not there: a digit was mistyped."""
    for zone in grid.pick("roster-no-zone", 2):
        row = _of_zone(zone, names.new(), "村委会委员", "副田长", dice)
        row["zone"] = zone.code[:-3] + "0" + zone.code[-1] + "7"
        staff.rows.append(row)
        grid.plan.expect("roster-no-zone", row["person"], "roster R9014", related=row["zone"])


def _far(grid: Grid, staff: Staff) -> None:
    """Keepers of two zones that lie a little more, and a little less, than the limit apart; and very far."""
    free = [zone for zone in grid.zones if zone.staff and zone.shape is not None and zone.label not in grid.used]
    ways = sorted(_distances(free), key=lambda way: way[0])
    above = [way for way in ways if way[0] > FAR]
    below = [way for way in ways if way[0] <= FAR]
    taken: set[str] = set()
    for cause, found in (("person-far", above), ("person-near", below[::-1]), ("person-far", above[len(above) // 2 :])):
        _, one, other = next(way for way in found if not taken & {way[1].code, way[2].code})
        taken |= {one.code, other.code}
        person, phone = (_of(staff, one)[1][key] for key in ("person", "phone"))
        _of(staff, other)[1].update(person=person, phone=phone)
        staff.keepers[other.code] = person
        grid.note(cause, one.code, other.code)
        if cause == "person-far":
            grid.plan.expect(cause, person, "roster R9043", related="、".join(sorted((one.code, other.code))))


def _distances(zones: list[Zone]) -> Iterator[tuple[float, Zone, Zone]]:
    for number, one in enumerate(zones):
        with np.errstate(invalid="ignore"):  # GEOS raises the flag where shapes touch
            away = shapely.distance(one.shape, [zone.shape for zone in zones[number + 1 :]])
        for metres, other in zip(away.tolist(), zones[number + 1 :]):
            if one.village != other.village:
                yield metres, one, other


def write_roster(path: Path, staff: Staff, seed: int) -> None:
    """The roster as an office keeps it.

    Args:
        path: the workbook to write.
        staff: its rows.
        seed: for the untidiness.
    """
    page = Sheet(path, "田长网格员名单")
    sheet = page.sheet
    sheet.merge_range(0, 0, 0, _COLUMNS - 1, f"{people.COUNTY_NAME}田长制责任网格人员名单（五定）", page.title)
    sheet.set_row(0, 28)
    sheet.merge_range(1, 0, 1, 4, f"填报单位：{people.COUNTY_NAME}自然资源局", page.plain)
    sheet.merge_range(1, _COLUMNS - 3, 1, _COLUMNS - 1, "2026年6月", page.right)
    page.headings(2, _HEAD)
    sheet.freeze_panes(4, 3)
    dice = Dice(seed, "roster")
    order = sorted(staff.rows, key=lambda row: (row["unit"], row["zone"], row["role"], row["person"]))
    for number, row in enumerate(order, start=1):
        style = dice.whole(0, 3)
        cells = [
            number, row["zone"], row["zone_name"], row["unit"], row["unit_name"], row["person"], row["post"],
            row["role"], row["phone"], row["area_duty"], *(row[duty] for duty in _DUTIES),
            written(row["start"], style), written(row["end"], style), "",
        ]  # fmt: skip
        for column, value in enumerate(cells):
            page.cell(number + 3, column, value)
    page.book.close()


def written(day: str, style: int) -> str | int:
    """A day as one of the office's clerks writes it."""
    if not day:
        return ""
    year, month, of_month = int(day[:4]), int(day[4:6]), int(day[6:])
    return (
        f"{year}.{month}.{of_month}", int(day), f"{year}-{month:02d}-{of_month:02d}", f"{year}年{month}月{of_month}日"
    )[style]  # fmt: skip
