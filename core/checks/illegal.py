"""What enforcement statistics count: which polygons and cases are illegal, how much land, what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from redline.core.catalogue import text
from redline.core.checks import areas
from redline.core.checks.absence import absence
from redline.core.checks.cases import meanings, where
from redline.core.checks.figures import cents, of_year, positive
from redline.core.findings import Findings
from redline.core.frames import AREAS, Frame, restate_area
from redline.core.result import Result
from redline.core.standards.enforcement import judged_by_labels, names_illegal_land

if TYPE_CHECKING:
    from redline.core.checks.rates import Settings

_COUNTY = 6
_JUDGED = ("illegal", "lawful")
_DUES = {"demolish_due": "demolish_due", "demolished": "demolished_area", "restore_due": "restore_due",
         "restored": "restored_area", "fined": "fine", "paid": "fine_paid"}  # fmt: skip
_WITHIN = (("demolished_area", "demolish_due"), ("restored_area", "restore_due"), ("fine_paid", "fine"))

Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Quantities = dict[str, Any]


def judge(
    violations: Frame | None, names: Texts, ledger: Frame | None, table: pd.DataFrame | None,
    links: pd.DataFrame | None, settings: Settings, result: Result,
) -> list[Quantities]:  # fmt: skip
    """The quantities that rates are made of (see standards/rates.json), as arrays by `unit`, of polygons and cases.

    `table` and `links` are what `cases.states` and `cases.link` gave. Areas are of the polygons, of the ledger where
    there are none. Rules R7056, R7060, R7062–R7069.
    """
    polygons = None if violations is None else _polygons(violations, names, settings, result)
    if ledger is None or table is None:
        if violations is None or polygons is None:
            return []
        _tell_polygons(violations, polygons, result.findings)
        _tell_unknown_units([(violations, polygons)], result.findings)
        return [_land(polygons, settings)]
    ratio = settings.ratio()
    if polygons is not None and violations is not None and links is not None:
        _settle_ledger_units(ledger, polygons, links, result.findings)
        cases = _cases(ledger, table, settings)
        _judge_by_cases(polygons, cases, links)
        _tell_polygons(violations, polygons, result.findings)
        _judge_cases(ledger, cases, polygons, links, result.findings)
        _tell_pairs(violations, ledger, polygons, cases, links, settings, result.findings)
        places, pairs = polygons, links
    else:
        cases = _cases(ledger, table, settings)
        cases["judgement"] = cases["judgement"].where(cases["judgement"].isin(["lawful", "other"]), "illegal")
        places = cases.assign(counted=cases["counted"], known=cases["known"])
        pairs = pd.DataFrame({"case": cases.index, "violation": cases.index})
    _put_right(ledger, cases, places, pairs, ratio.settled, ratio.partial, result.findings)
    _tell_amounts(ledger, cases, result.findings)
    found = [_land(places, settings), _of_cases(ledger, cases, places, pairs)]
    if polygons is not None and links is not None:
        found.append(_without_case(polygons, links, settings))
    _tell_unknown_units([(violations, polygons), (ledger, cases)], result.findings)
    return found


def _polygons(frame: Frame, names: Texts, settings: Settings, result: Result) -> pd.DataFrame:
    """One row a polygon: label, unit, judgement, area, cultivated (all of it) and illegal (what is taken unlawfully of
    that), in hundredths of a m²; `known` whether the latter two are told; `counted` false for repeated rows and other
    years."""
    rows = frame.rows.reset_index(drop=True)
    table = pd.DataFrame({"label": names, "unit": frame.column("unit").to_numpy(dtype=object)}, index=rows.index)
    area = positive(frame, "area")
    area = np.where(np.isnan(area), positive(frame, "geometry_area"), area)
    table["area"] = cents(area)
    cultivated = positive(frame, "cultivated_area", zero=True)
    if "land_class" in rows:
        by_class = np.where(
            rows["land_class"].str.startswith("01"), area, np.where(rows["land_class"] == "", np.nan, 0)
        )
        guessed = np.isnan(cultivated) & ~np.isnan(by_class)
        cultivated = np.where(guessed, by_class, cultivated)
        if guessed.any():
            said = text("note.rates.by_class", result.findings.language, layer=frame.name, count=int(guessed.sum()))
            result.notes.append(said)
    unlawful = positive(frame, "illegal_cultivated_area", zero=True)
    beyond = positive(frame, "uncovered_area", zero=True)
    most = np.where(np.isnan(beyond), cultivated, np.minimum(cultivated, beyond))
    unlawful = np.where(np.isnan(unlawful), most, unlawful)
    table["cultivated"], table["illegal"] = cents(cultivated), cents(unlawful)
    table["known"] = ~np.isnan(unlawful)
    table["beyond"] = cents(np.where(np.isnan(beyond), area, beyond))
    table["judgement"] = _judgements(frame, names, result.findings)
    table["counted"] = of_year(frame, settings.year)
    same = pd.DataFrame({"key": frame.column("key").to_numpy(), "area": area, "cultivated": cultivated})
    table["counted"] &= ~(same.duplicated() & (same["key"] != ""))
    return table


def _judgements(frame: Frame, names: Texts, findings: Findings) -> Texts:
    """ "illegal", "lawful", "other" or "" of each polygon: as judged, by its labels, or as its layer is called."""
    said = meanings(frame, "judgement", findings)
    if "labels" in frame.rows:
        by_labels = [judged_by_labels(labels) for labels in frame.rows["labels"]]
        said = np.where(said == "", np.array(by_labels, dtype=object), said)
    elif "judgement" not in frame.rows and names_illegal_land(frame.name):
        said = np.full(len(frame), "illegal", dtype=object)
    return said


def _cases(ledger: Frame, table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The states of the cases with unit and areas (hundredths of a m²); `counted` as for polygons."""
    cases = table.copy()
    cases["unit"] = ledger.column("unit").to_numpy(dtype=object)
    area, cultivated = positive(ledger, "area"), positive(ledger, "cultivated_area", zero=True)
    cases["area"], cases["illegal"] = cents(area), cents(cultivated)
    cases["cultivated"], cases["known"] = cases["illegal"], ~np.isnan(cultivated)
    cases["counted"] = (cases["case"] == cases.index) & of_year(ledger, settings.year)
    return cases


def _settle_ledger_units(ledger: Frame, polygons: pd.DataFrame, links: pd.DataFrame, findings: Findings) -> None:
    """Tell the unit of the ledger's areas by those of the polygons, and bring all its areas to m²."""
    if "area" not in ledger.rows:
        return
    drawn = polygons["area"].iloc[links["violation"].to_numpy()].groupby(links["case"].to_numpy()).sum() / 100
    reference = drawn.reindex(range(len(ledger))).to_numpy(dtype=float)
    before = ledger.stated["area"]
    areas.settle_unit(ledger, "area", reference, findings)
    after = ledger.stated["area"]
    for column in [name for name in AREAS if name in ledger.rows and name != "area"]:
        if after != before and ledger.stated[column] == before:
            restate_area(ledger, column, before or "m2", after)
            ledger.stated[column] = after


def _judge_by_cases(polygons: pd.DataFrame, cases: pd.DataFrame, links: pd.DataFrame) -> None:
    """A polygon that nobody judged is illegal where a case was filed against it; a case's cultivated area is its only
    polygon's, where that has none."""
    filed = cases["filed"] & ~cases["judgement"].isin(["lawful", "other"])
    against = set(links["violation"][filed.to_numpy()[links["case"]]])
    open_ = (polygons["judgement"] == "") & polygons.index.isin(against)
    polygons.loc[open_, "judgement"] = "illegal"
    single = links[~links["case"].duplicated(keep=False) & ~links["violation"].duplicated(keep=False)]
    told = cases["known"].to_numpy()[single["case"]] & ~polygons["known"].to_numpy()[single["violation"]]
    case, place = single["case"].to_numpy()[told], single["violation"].to_numpy()[told]
    for column in ("cultivated", "illegal"):
        polygons.loc[place, column] = np.minimum(cases[column].to_numpy()[case], polygons["area"].to_numpy()[place])
    polygons.loc[place, "known"] = True


def _judge_cases(
    ledger: Frame, cases: pd.DataFrame, polygons: pd.DataFrame, links: pd.DataFrame, findings: Findings
) -> None:
    """A case is illegal unless it, or all its polygons, are judged otherwise; R7068 tells filed ones of these. One
    of another year's polygons is not counted, and one without a village takes that of its polygon."""
    of_case = links.assign(
        judgement=polygons["judgement"].to_numpy()[links["violation"]],
        counted=polygons["counted"].to_numpy()[links["violation"]],
        unit=polygons["unit"].to_numpy()[links["violation"]],
    ).sort_values(["case", "unit"], kind="stable")
    otherwise = of_case["judgement"].isin(["lawful", "other"]).groupby(of_case["case"]).all()
    cleared = cases.index.isin(otherwise.index[otherwise])
    own = cases["judgement"].isin(["lawful", "other"]).to_numpy()
    wrong = np.flatnonzero(cleared & ~own & cases["filed"].to_numpy() & cases["counted"].to_numpy())
    findings.add("R7068", ledger.role, cases["label"].to_numpy()[wrong], **where(ledger, wrong))
    cases["judgement"] = np.where(own, cases["judgement"], np.where(cleared, "lawful", "illegal"))
    any_counted = of_case.groupby("case")["counted"].any()
    cases["counted"] &= ~cases.index.isin(any_counted.index[~any_counted])
    unit = of_case.drop_duplicates("case").set_index("case")["unit"].reindex(cases.index).fillna("")
    finer = [len(new) > len(old) and new.startswith(old) for new, old in zip(unit, cases["unit"])]
    cases["unit"] = np.where(finer, unit, cases["unit"])


def _tell_pairs(
    violations: Frame, ledger: Frame, polygons: pd.DataFrame, cases: pd.DataFrame, links: pd.DataFrame,
    settings: Settings, findings: Findings,
) -> None:  # fmt: skip
    """R7056: illegal polygons without a case; R7062: areas that differ; R7067: polygons with several cases."""
    names = polygons["label"].to_numpy()
    illegal = polygons["counted"].to_numpy() & (polygons["judgement"] == "illegal").to_numpy()
    alone = illegal & ~polygons.index.isin(links["violation"]) & (polygons["area"] >= _least(settings)).to_numpy()
    at = np.flatnonzero(alone)
    findings.add("R7056", violations.role, names[at], **where(violations, at), of=int(illegal.sum()),
                 actual=areas.metres(polygons["area"].to_numpy()[at] / 100))  # fmt: skip
    called = links.assign(label=cases["label"].to_numpy()[links["case"]]).sort_values("label", kind="stable")
    several = called[called["violation"].duplicated(keep=False)].groupby("violation")["label"].agg("、".join)
    at = several.index.to_numpy(dtype=np.int64)
    findings.add("R7067", violations.role, names[at], **where(violations, at), actual=several)
    _tell_unlike(ledger, polygons, cases, links, findings)


def _tell_polygons(violations: Frame, polygons: pd.DataFrame, findings: Findings) -> None:
    """R7063: polygons that nobody judged; R7066: illegal polygons without cultivated area."""
    names, counted = polygons["label"].to_numpy(), polygons["counted"].to_numpy()
    illegal = counted & (polygons["judgement"] == "illegal").to_numpy()
    at = np.flatnonzero(counted & (polygons["judgement"] == "").to_numpy())
    findings.add("R7063", violations.role, names[at], **where(violations, at), of=len(polygons))
    at = np.flatnonzero(illegal & ~polygons["known"].to_numpy())
    findings.add("R7066", violations.role, names[at], **where(violations, at), of=int(illegal.sum()))


def _tell_unlike(
    ledger: Frame, polygons: pd.DataFrame, cases: pd.DataFrame, links: pd.DataFrame, findings: Findings
) -> None:
    if "area" not in ledger.rows:
        return
    sums = (
        polygons[["area", "beyond"]].iloc[links["violation"].to_numpy()].groupby(links["case"].to_numpy()).sum() / 100
    )
    said = cases["area"].to_numpy()[sums.index] / 100
    place = areas.rounding(ledger, "area")
    unlike = said > 0
    for column in ("area", "beyond"):
        drawn = sums[column].to_numpy(dtype=float)
        unlike &= areas.grade(said - drawn, drawn, areas.Settings(), place) == "error"
    at = sums.index.to_numpy(dtype=np.int64)[unlike]
    drawn, said = sums["area"].to_numpy(dtype=float)[unlike], said[unlike]
    findings.add(
        "R7062", ledger.role, cases["label"].to_numpy()[at], **where(ledger, at), of=len(sums),
        expected=areas.metres(drawn), actual=areas.metres(said), difference=said - drawn, measure="m2",
    )  # fmt: skip


def _put_right(
    ledger: Frame, cases: pd.DataFrame, places: pd.DataFrame, links: pd.DataFrame, settled: tuple[str, ...],
    partial: bool, findings: Findings,
) -> None:  # fmt: skip
    """Add to `places` whether each is `rectified`, and what of its area may be deducted (`settled`, `settled_area`).

    Deducted is a place all of whose cases ended the unlawful state by the day; with `partial` also what was restored of
    the others. R7064: an end without a day; R7065: less land restored than the end says.
    """
    illegal = (places["judgement"] == "illegal").to_numpy() & places["counted"].to_numpy()
    taken = np.where(illegal, places["illegal"].to_numpy(), 0)
    due = pd.Series(taken[links["violation"]]).groupby(links["case"].to_numpy()).sum()
    due = due.reindex(cases.index, fill_value=0).to_numpy()
    given = positive(ledger, "restored_area", zero=True)
    restored = np.where(np.isnan(given), due, cents(given))
    place = 0.0 if np.isnan(given).all() else 50 * areas.rounding(ledger, "restored_area")
    ends = cases["result"].isin(settled).to_numpy() & cases["rectified"].to_numpy() & cases["counted"].to_numpy()
    undated = ends & ~cases["dated"].to_numpy()
    short = ends & (cases["result"] == "restored").to_numpy() & (restored + place < due)
    for rule, mask in (("R7064", undated), ("R7065", short & ~undated)):
        at = np.flatnonzero(mask)
        words = {"lacking": absence(ledger, "rectified", at, findings.language)} if rule == "R7064" else {
            "expected": areas.metres(due[at] / 100), "actual": areas.metres(restored[at] / 100),
            "difference": (restored[at] - due[at]) / 100, "measure": "m2",
        }  # fmt: skip
        findings.add(rule, ledger.role, cases["label"].to_numpy()[at], **where(ledger, at), of=len(cases), **words)
    ended = ends & ~undated & ~short
    of_place = links.assign(ended=ended[links["case"]], rectified=cases["rectified"].to_numpy()[links["case"]])
    flags = of_place.groupby("violation")[["ended", "rectified"]].all().reindex(places.index, fill_value=False)
    places["rectified"] = flags["rectified"].to_numpy(dtype=bool)
    whole = flags["ended"].to_numpy(dtype=bool)
    places["settled"], places["settled_area"] = np.where(whole, taken, 0), np.where(whole, places["area"], 0)
    if partial and not np.isnan(given).all():
        left = links[~whole[links["violation"]] & ~np.isnan(given)[links["case"]]]
        left = left.assign(label=places["label"].to_numpy()[left["violation"]]).sort_values(["case", "label"])
        left = left.drop_duplicates("violation")
        amount = taken[left["violation"]]
        before = pd.Series(amount, index=left.index).groupby(left["case"]).cumsum().to_numpy() - amount
        part = np.clip(restored[left["case"]] - before, 0, amount)
        places.loc[left["violation"].to_numpy(), "settled"] = part


def _land(places: pd.DataFrame, settings: Settings) -> Quantities:
    """Areas of the places that count."""
    counted = places["counted"].to_numpy()
    illegal = counted & (places["judgement"] == "illegal").to_numpy()
    judged = counted & places["judgement"].isin(_JUDGED).to_numpy()
    found: Quantities = {"unit": places["unit"]}

    def add(name: str, column: str, of: Mask) -> None:
        found[name] = np.where(of, places[column], 0).astype(np.int64)

    add("illegal_area", "area", illegal)
    if places["known"].any() or not illegal.any():
        add("illegal_cultivated", "illegal", illegal)
        add("judged_cultivated", "cultivated", judged)
    if "rectified" in places:
        right = illegal & places["rectified"].to_numpy()
        add("settled_area", "settled_area", illegal)
        add("rectified_area", "area", right)
        if "illegal_cultivated" in found:
            add("settled_cultivated", "settled", illegal)
            add("rectified_cultivated", "illegal", right)
    return found


def _of_cases(ledger: Frame, cases: pd.DataFrame, places: pd.DataFrame, links: pd.DataFrame) -> Quantities:
    """How many cases came how far, and what is due of them."""
    counted = cases["counted"].to_numpy()
    illegal = counted & (cases["judgement"] == "illegal").to_numpy()
    filed = illegal & cases["filed"].to_numpy()
    found: Quantities = {"unit": cases["unit"], "found": counted, "illegal": illegal, "filed": filed}
    found["due"] = illegal & ~cases["exempt"].to_numpy()
    found["decided"] = illegal & cases["decided"].to_numpy()
    found["closed"] = filed & cases["closed"].to_numpy()
    found["rectified"] = illegal & cases["rectified"].to_numpy()
    for name, column in _DUES.items():
        if column in ledger.rows:
            found[name] = np.where(illegal, cents(positive(ledger, column, zero=True)), 0)
    if "restored" in found:
        if "restore_due" not in found:
            taken = places["illegal"].iloc[links["violation"].to_numpy()].groupby(links["case"].to_numpy()).sum()
            due = taken.reindex(cases.index).fillna(cases["illegal"])
            found["restore_due"] = np.where(illegal, due, 0)
        # Restored without a word of how much is all of it, as where land is deducted.
        silent = np.isnan(positive(ledger, "restored_area", zero=True)) & cases["dated"].to_numpy()
        silent &= (cases["result"] == "restored").to_numpy() & cases["rectified"].to_numpy()
        found["restored"] = np.where(silent, found["restore_due"], found["restored"])
    return {name: of if name == "unit" else np.asarray(of).astype(np.int64) for name, of in found.items()}


def _without_case(polygons: pd.DataFrame, links: pd.DataFrame, settings: Settings) -> Quantities:
    """Illegal polygons that no case is about: found, illegal, and to be filed where they are large enough."""
    illegal = (polygons["judgement"] == "illegal").to_numpy() & polygons["counted"].to_numpy()
    alone = polygons[illegal & ~polygons.index.isin(links["violation"])]
    one = np.ones(len(alone), dtype=np.int64)
    due = (alone["area"] >= _least(settings)).to_numpy().astype(np.int64)
    return {"unit": alone["unit"], "found": one, "illegal": one, "due": due}


def _tell_amounts(ledger: Frame, cases: pd.DataFrame, findings: Findings) -> None:
    """R7069: more demolished, restored or paid than there is to be."""
    language = findings.language
    for column, whole in _WITHIN:
        if not ledger.has(column, whole):
            continue
        part, limit = positive(ledger, column, zero=True), positive(ledger, whole, zero=True)
        place = 0.0 if whole == "fine" else max(areas.rounding(ledger, column), areas.rounding(ledger, whole))
        at = np.flatnonzero((part > limit + place) & (cases["case"] == cases.index).to_numpy())
        findings.add(
            "R7069", ledger.role, cases["label"].to_numpy()[at], related=column, **where(ledger, at), of=len(cases),
            expected=[f"≤ {one}" for one in areas.metres(limit[at])], actual=areas.metres(part[at]),
            difference=part[at] - limit[at], measure="yuan" if whole == "fine" else "m2", limit=areas.metres(limit[at]),
            unit_word=text("measure.yuan" if whole == "fine" else "measure.m2", language),
            column=text(f"column.{column}", language), whole=text(f"column.{whole}", language),
        )  # fmt: skip


def _tell_unknown_units(sources: Sequence[tuple[Frame | None, pd.DataFrame | None]], findings: Findings) -> None:
    """R7070: what belongs to no unit is in no rate."""
    for frame, table in sources:
        if frame is not None and table is not None:
            at = np.flatnonzero(table["counted"].to_numpy() & (table["unit"].str.len() < _COUNTY).to_numpy())
            findings.add("R7070", frame.role, table["label"].to_numpy()[at], **where(frame, at), of=len(table),
                         role_name=text(f"role.{frame.role}", findings.language))  # fmt: skip


def _least(settings: Settings) -> int:
    return int(cents(np.array([settings.filing_area]))[0])
