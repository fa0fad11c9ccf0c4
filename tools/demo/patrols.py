"""The log of four months of patrols as the keepers' telephones sent it, with its planted mistakes."""

from __future__ import annotations

import calendar
import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry import Point

from redline.tools.demo.dice import Dice
from redline.tools.demo.papers import Row
from redline.tools.demo.staff import DAY, TOMORROW, Staff
from redline.tools.demo.zones import Grid, Zone

FIELDS = (
    ("XCBH", "text", 20), ("WGDM", "text", 20), ("XCRQ", "text", 16), ("KSSJ", "text", 10), ("XCR", "text", 20),
    ("XCJG", "text", 20), ("FXWT", "text", 40), ("FXRQ", "text", 10), ("ZZRQ", "text", 10), ("BGRQ", "text", 10),
    ("LARQ", "text", 10), ("CLQK", "text", 20),
)  # fmt: skip
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06")
DUE = 8
STRANGERS = ("端木远行", "慕容大山")
_TOLERANCE, _SPEED = 50.0, 120.0  # m, km/h
_PROBLEMS = ("乱占耕地建房", "撂荒", "取土", "堆放建筑垃圾", "挖塘养鱼")
_FINDS = 0.03
# Mistakes that a patrol more would hide.
_COUNTED = ("patrols-none", "patrols-few", "patrols-enough", "patrol-twice")
# Mistakes for which a zone is short of patrols.
_SHORT = ("patrols-none", "patrols-few", "patrol-twice", "zone-crumb", "zone-strip", "zone-same-shape")


class Log:
    """The rows of the log; `counts` are the numbers of those that count for their zone and month."""

    def __init__(self, grid: Grid, staff: Staff, seed: int) -> None:
        self.grid, self.staff = grid, staff
        self.rows: list[Row] = []
        self.counts: set[str] = set()
        self._dice = Dice(seed, "patrols")
        self._number = 0

    def add(self, zone: Zone, day: str, clock: str, site: Point | None, counts: bool = True, **words: object) -> Row:
        """One patrol of a zone by its keeper that found nothing; `words` are what is different."""
        self._number += 1
        key = f"XC{self._number:05d}"
        person = self.staff.keepers.get(zone.code, "")
        row = {
            "XCBH": key, "WGDM": zone.code, "XCRQ": day, "KSSJ": clock, "XCR": person, "XCJG": "正常", "FXWT": "",
            "FXRQ": "", "ZZRQ": "", "BGRQ": "", "LARQ": "", "CLQK": "", "geometry": site, **words,
        }  # fmt: skip
        self.rows.append(row)
        if counts:
            self.counts.add(key)
        return row

    def pick(self, cause: str, count: int, suits: Callable[[Zone], bool] = lambda zone: True) -> list[Zone]:
        """Zones for one patrol more, whatever else is wrong with them, but for those whose patrols are counted out."""
        plan = self.grid.plan
        counted = {key for cause in _COUNTED for key in plan.keys.get(cause, [])}
        chosen = [zone for zone in Dice(self.grid.seed, "patrols", cause, count).shuffled(self.grid.zones)
                  if zone.staff and zone.code not in counted and suits(zone)][:count]  # fmt: skip
        plan.keys[cause] = sorted({*plan.keys.get(cause, []), *(zone.code for zone in chosen)})
        return chosen

    def usual(self, zone: Zone, months: dict[str, int], second: bool) -> None:
        """The patrols of some months, each on another day; someone's second zone is walked in the afternoon."""
        dice = self._dice
        for month, times in months.items():
            days = dice.shuffled(range(1, _days(month) + 1))[:times]
            for day in sorted(days):
                hour = dice.whole(14, 16) if second else dice.whole(8, 10)
                site = dice.pick(zone.sites)
                self.add(zone, f"{month}-{day:02d}", f"{hour:02d}:{dice.whole(0, 59):02d}:00", site, **self._found(
                    f"{month}-{day:02d}"))  # fmt: skip

    def _found(self, day: str) -> Row:
        dice = self._dice
        if not dice.chance(_FINDS):
            return {}
        filed = dice.chance(0.35)
        return problem(day, dice.pick(_PROBLEMS), dice.whole(0, 1), dice.whole(0, 3), 6 if filed else None)


def problem(day: str, what: str, stopped: int | None, reported: int | None, filed: int | None = None) -> Row:
    """What a patrol says that found something: after how many days it was stopped, reported and filed."""

    def after(days: int | None) -> str:
        return "" if days is None else str(np.datetime64(day) + days)

    return {
        "XCJG": "发现问题", "FXWT": what, "FXRQ": day, "ZZRQ": after(stopped), "BGRQ": after(reported),
        "LARQ": after(filed), "CLQK": "已制止" if filed is None else "已立案",
    }  # fmt: skip


def _days(month: str) -> int:
    return calendar.monthrange(int(month[:4]), int(month[5:]))[1]


def walk(grid: Grid, staff: Staff, seed: int) -> list[Row]:
    """All rows of the log; what a perfect audit says of them is noted.

    Args:
        grid: the zones as they are handed in.
        staff: who walks them.
        seed: the county's seed.
    """
    log = Log(grid, staff, seed)
    usual = {zone.code: {month: DUE + Dice(seed, zone.code, month).whole(0, 2) for month in MONTHS}
             for zone in grid.zones if zone.staff}  # fmt: skip
    for zone in grid.pick("patrols-none", 2):
        usual[zone.code] = {}
    for number, zone in enumerate(grid.pick("patrols-few", 3)):
        usual[zone.code][MONTHS[number]] = DUE - 1 - number
    for zone in grid.pick("patrols-enough", 2):
        usual[zone.code] = dict.fromkeys(MONTHS, DUE)
    seen: set[str] = set()
    for zone in sorted((zone for zone in grid.zones if zone.staff), key=lambda zone: zone.code):
        person = staff.keepers[zone.code]
        log.usual(zone, usual[zone.code], second=person in seen)
        seen.add(person)
    _away(log)
    _strangers(log)
    _doubles(log)
    _fast(log)
    _blanks(log)
    _delays(log)
    _short(log)
    return log.rows


def _away(log: Log) -> None:
    """Patrols outside their zone, just beyond and just within the tolerance, far off, and of no zone at all."""
    for number, (cause, metres) in enumerate((
        ("patrol-away", _TOLERANCE + 0.6), ("patrol-near", _TOLERANCE - 0.6), ("patrol-away", 400.0),
    )):  # fmt: skip
        zone, site = _outside(log, cause, metres)
        row = log.add(zone, f"2026-04-{15 + number}", "12:10:00", site, counts=cause == "patrol-near")
        if cause == "patrol-away":
            log.grid.plan.expect(cause, row["XCBH"], "patrol R9062", related=zone.code)
    for zone in log.pick("patrol-no-zone", 2):
        row = log.add(zone, "2026-05-20", "12:40:00", None, counts=False, WGDM=zone.code[:-1] + "X")
        log.grid.plan.expect("patrol-no-zone", row["XCBH"], "patrol R9061")


def _outside(log: Log, cause: str, metres: float) -> tuple[Zone, Point]:
    zone = log.pick(cause, 1, lambda zone: zone.shape.geom_type == "Polygon" and metres > 0)[0]
    ring = zone.shape.buffer(metres, quad_segs=32).exterior
    for share in np.linspace(0.0, 1.0, 40):
        site = shapely.transform(ring.interpolate(share, normalized=True), lambda xy: np.round(xy, 2))
        if abs(zone.shape.distance(site) - metres) < 0.1:
            return zone, site
    raise ValueError(f"no place {metres} m from {zone.code}")


def _strangers(log: Log) -> None:
    """Patrols by people who are not on the roster: strangers, and keepers that it has forgotten."""
    for name, zone in zip(STRANGERS, log.pick("patrol-stranger", 2)):
        for day in ("2026-03-11", "2026-05-12"):
            log.add(zone, day, "12:20:00", zone.sites[0], XCR=name)
        log.grid.plan.expect("patrol-stranger", name, "patrol R9063")
    known = {row["person"] for row in log.staff.rows}
    for code, person in sorted(log.staff.keepers.items()):
        if person not in known and any(row["XCR"] == person for row in log.rows):
            keys = log.grid.plan.keys
            cause = next(cause for cause in ("zone-nobody", "zone-no-keeper") if code in keys[cause])
            log.grid.plan.expect(cause, person, "patrol R9063")


def _doubles(log: Log) -> None:
    """Rows copied under their own number and under another; without them a month is one short."""
    for zone, new in zip(log.grid.pick("patrol-twice", 2), (False, True)):
        own = [row for row in log.rows if row["WGDM"] == zone.code and row["XCRQ"].startswith(MONTHS[2])]
        for row in own[DUE - 1 :]:
            log.rows.remove(row)
            log.counts.discard(row["XCBH"])
        number = f"XC9{own[0]['XCBH'][3:]}" if new else own[0]["XCBH"]
        log.rows.append({**own[0], "XCBH": number})
        log.grid.plan.expect("patrol-twice", number, "patrol R9064")


def _fast(log: Log) -> None:
    """Two patrols of a person, one second faster and one slower than the limit allows; two places at one time."""
    for cause, change in (("patrol-fast", -1), ("patrol-quick", 1), ("patrol-fast", None)):
        taken = {key for one in ("patrol-fast", "patrol-quick") for key in log.grid.plan.keys.get(one, [])}
        zone = log.pick(cause, 1, lambda zone, taken=taken: zone.code not in taken and _widest(zone)[0] > 600)[0]
        metres, start, end = _widest(zone)
        limit = metres / (_SPEED / 3.6)
        seconds = 0 if change is None else math.floor(limit) if change < 0 else math.ceil(limit)
        first = log.add(zone, "2026-05-06", "12:00:00", start)
        second = log.add(zone, "2026-05-06", f"12:00:{seconds:02d}", end)
        if cause == "patrol-fast":
            log.grid.plan.expect(cause, second["XCBH"], "patrol R9065", related=first["XCBH"])


def _widest(zone: Zone) -> tuple[float, Point, Point]:
    """The two sites of a zone that lie farthest apart."""
    first = zone.sites[0]
    end = max(zone.sites, key=lambda site: site.distance(first))
    start = max(zone.sites, key=lambda site: site.distance(end))
    return start.distance(end), start, end


def _blanks(log: Log) -> None:
    """Rows without a day, without a result, and of a day that has not come."""
    for cause, rule, words in (
        ("patrol-undated", "R9067", {"XCRQ": ""}), ("patrol-silent", "R9068", {"XCJG": ""}),
        ("patrol-future", "R9071", {"XCRQ": f"{TOMORROW[:4]}-{TOMORROW[4:6]}-{TOMORROW[6:]}"}),
    ):  # fmt: skip
        for zone in log.pick(cause, 2):
            row = log.add(zone, "2026-04-22", "12:30:00", zone.sites[0], counts=False, **words)
            log.grid.plan.expect(cause, row["XCBH"], f"patrol {rule}")
    zone = log.pick("patrol-today", 1)[0]
    log.add(zone, f"{DAY[:4]}-{DAY[4:6]}-{DAY[6:]}", "12:30:00", zone.sites[0])


def _delays(log: Log) -> None:
    """What was found and stopped, reported or filed too late, never, or before it was found."""
    for number, (cause, stopped, reported, filed, told) in enumerate((
        ("problem-late", 2, 2, None, ("R9070 stopped",)), ("problem-late", 1, 4, None, ("R9070 reported",)),
        ("problem-late", None, None, None, ("R9070 stopped", "R9070 reported")),
        ("problem-in-time", 1, 3, 60, ()), ("problem-in-time", 0, 0, 0, ()),
        ("problem-before", -1, 0, None, ("R9069 stopped",)), ("problem-before", 0, -2, None, ("R9069 reported",)),
        ("problem-before", 0, 1, -1, ("R9069 filed",)),
    )):  # fmt: skip
        row = log.add(log.pick(cause, 1)[0], "2026-04-08", f"12:5{number}:00", None,
                      **problem("2026-04-08", _PROBLEMS[0], stopped, reported, filed))  # fmt: skip
        for one in told:
            rule, step = one.split()
            log.grid.plan.expect(cause, row["XCBH"], f"patrol {rule}", related=step)


def _short(log: Log) -> None:
    """R9060: every zone and month with fewer patrols that count than are due."""
    done: dict[tuple[str, str], int] = defaultdict(int)
    for key, row in {row["XCBH"]: row for row in log.rows}.items():
        if key in log.counts:
            done[row["WGDM"], row["XCRQ"][:7]] += 1
    for code in sorted({zone.code for zone in log.grid.zones if zone.code and zone.shape is not None}):
        for month in MONTHS:
            if done[code, month] < DUE:
                cause = _cause(log, code)
                log.grid.plan.expect(cause, code, "zone R9060", related=month)


def _cause(log: Log, code: str) -> str:
    causes = [cause for cause, keys in log.grid.plan.keys.items() if code in keys and cause.startswith(_SHORT)]
    return next(iter(causes))
