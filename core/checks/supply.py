"""Land between permit and building: which contract supplies which permit's land, what is built on it."""

from __future__ import annotations

import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from redline.core.catalogue import text
from redline.core.checks import areas, permit_states
from redline.core.checks.absence import absence
from redline.core.checks.cases import where
from redline.core.checks.figures import positive
from redline.core.findings import Findings
from redline.core.frames import Frame, labels
from redline.core.geometry.overlay import attempt, overlay, usable
from redline.core.progress import Progress
from redline.core.result import Result
from redline.core.standards import land_classes, threshold
from redline.core.standards.enforcement import exact_share
from redline.core.standards.permits import APPROVED
from redline.core.text import in_full

_EXAMPLES = 3
_BRACKETS = str.maketrans("〔【[〈《〕】]〉》", "((((()))))")

Floats = npt.NDArray[np.float64]


def link(contracts: Frame | None, permits: Frame | None, findings: Findings, progress: Progress) -> pd.DataFrame:
    """Which contract is about which permit's land: `contract`, `permit` (positions), `land` (0–1, the part of the drawn
    contract that lies on the permit, NaN where shapes do not tell), `rest` (0–1, the part for all those of which shapes
    do not tell), `permit_key`; sorted, each once.

    By the permit's number in the ledger, else by place: the permit that holds half of the contract's land (R7092).
    R7091 tells numbers that no permit has.
    """
    columns = {"contract": np.int64, "permit": np.int64, "land": float, "rest": float, "permit_key": object}
    if contracts is None or permits is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    named = contracts.column("permit").reset_index(drop=True)
    known = [
        pd.DataFrame({"permit": range(len(permits)), "number": _plain(permits.column(name))})
        for name in ("key", "approval")
        if name in permits.rows
    ]
    numbers = pd.concat(known).drop_duplicates() if known else pd.DataFrame({"permit": [], "number": []})
    asked = pd.DataFrame({"contract": named.index, "number": _plain(named)})
    found = asked[asked["number"] != ""].merge(numbers, on="number")[["contract", "permit"]]
    found = _where_it_lies(found, contracts, permits)
    names = labels(contracts)
    lost = np.flatnonzero((named != "").to_numpy() & ~named.index.isin(found["contract"]))
    findings.add("R7091", contracts.role, names[lost], **where(contracts, lost), actual=named.to_numpy()[lost],
                 of=len(contracts))  # fmt: skip
    alone = np.setdiff1d(np.arange(len(contracts)), found["contract"].to_numpy(dtype=np.int64))
    placed = _by_place(contracts, alone, permits, progress)
    keys = labels(permits)
    at = placed["contract"].to_numpy(dtype=np.int64)
    findings.add("R7092", contracts.role, names[at], related=keys[placed["permit"]], **where(contracts, at))
    both = pd.concat([found, placed], ignore_index=True).astype({"contract": np.int64, "permit": np.int64})
    both["permit_key"] = keys[both["permit"]]
    return both.sort_values(["contract", "permit_key", "permit"], ignore_index=True)


def _where_it_lies(found: pd.DataFrame, contracts: Frame, permits: Frame) -> pd.DataFrame:
    """Of several permits under one number those on which a contract's land lies, as far as both have shapes, with the
    part of it that does; and those without a shape, where some of its land is left for them (`rest`)."""
    found = found.drop_duplicates().astype(np.int64).assign(land=np.nan, rest=1.0)
    if not (contracts.has("geometry") and permits.has("geometry")):
        return found
    left = contracts.rows["geometry"].to_numpy(dtype=object)[found["contract"]]
    right = permits.rows["geometry"].to_numpy(dtype=object)[found["permit"]]
    drawn, known = usable(left), usable(left) & usable(right)
    common: npt.NDArray[np.object_] = np.full(len(found), None, dtype=object)
    common[known], _ = attempt(shapely.intersection, left[known], right[known], None)
    size, other = shapely.area(left), shapely.area(right)
    # Borders that were digitised twice share slivers with the neighbour.
    least = float(exact_share(threshold("conflict_share")))
    met = known & (shapely.area(common) > least * np.minimum(size, other))
    contract = found["contract"]
    any_met = _any_of(met, contract)
    hidden = _any_of(drawn & ~known, contract)
    beside = met & hidden
    covered = pd.Series(common[beside]).groupby(contract.to_numpy()[beside]).agg(_area_of_all)
    rest = np.where(hidden, 1.0 - contract.map(covered).fillna(0.0) / size, np.where(any_met, 0.0, 1.0))
    rest = np.where(rest > least, rest, 0.0)
    found = found.assign(land=np.where(met, shapely.area(common) / size, np.nan), rest=rest)
    return found[met | (~known & (rest > 0)) | ~(any_met | hidden)]


def _area_of_all(shapes: pd.Series) -> float:
    return float(shapely.union_all(shapes.to_numpy(dtype=object)).area)


def _any_of(mask: npt.NDArray[np.bool_], group: pd.Series) -> npt.NDArray[np.bool_]:
    """Mask of the rows whose group has one in `mask`."""
    return np.asarray(pd.Series(mask, index=group.index).groupby(group).transform("any"), dtype=bool)


def _parts(links: pd.DataFrame, whole: Floats) -> pd.Series:
    """What part (0–1) of its contract supplies the permit of each link; NaN where nobody can tell.

    The part that lies there, which counts for all permits of the same land; what is left is for those of which shapes
    do not tell, by each one's share of their land (`whole`, m²).
    """
    contract, drawn = links["contract"], links["land"].notna()
    size = pd.Series(whole[links["permit"]], index=links.index).where(~drawn)
    open_ones = (~drawn).groupby(contract).transform("sum")
    all_known = size.notna().groupby(contract).transform("sum") == open_ones
    by_size = (size / size.groupby(contract).transform("sum")).where(all_known)
    left = links["rest"] * by_size.where(open_ones > 1, 1.0)
    placed = links["land"] / (links["land"].groupby(contract).transform("sum") + links["rest"]).clip(upper=1.0)
    return placed.where(drawn, left)


def _plain(numbers: pd.Series) -> npt.NDArray[np.object_]:
    """Numbers of approvals with one kind of brackets: 〔2023〕, [2023] and (2023) are the same year."""
    return np.array([said.translate(_BRACKETS) for said in numbers], dtype=object)


def _by_place(contracts: Frame, rows: npt.NDArray[np.int64], permits: Frame, progress: Progress) -> pd.DataFrame:
    if not len(rows) or not (contracts.has("geometry") and permits.has("geometry")):
        return pd.DataFrame({"contract": rows[:0], "permit": rows[:0], "land": np.empty(0), "rest": np.empty(0)})
    shapes = contracts.rows["geometry"].to_numpy(dtype=object)[rows]
    pairs = overlay(shapes, permits.rows["geometry"].to_numpy(dtype=object), geometry=False, progress=progress)
    land = pairs.area / shapely.area(shapes[pairs.left])
    half = land >= threshold("ground_match_share").value
    at = rows[pairs.left[half]]
    return pd.DataFrame({"contract": at, "permit": pairs.right[half], "land": land[half], "rest": 0.0})


def built_share(frame: Frame, built: Frame | None, progress: Progress) -> Floats:
    """What part (0–1) of each contract's land is built on, NaN where that cannot be told.

    Of a layer with land classes only construction land counts (TD/T 1055-2019 table A.4).
    """
    share = np.full(len(frame), np.nan)
    if built is None or not (built.has("geometry") and frame.has("geometry")):
        return share
    shapes, houses = (one.rows["geometry"].to_numpy(dtype=object) for one in (frame, built))
    if "land_class" in built.rows:
        classes = land_classes(built.profile.scheme or "sandiao")
        built_up = {code for code, one in classes.items() if one.big == "construction"}
        houses = houses[built.rows["land_class"].isin(built_up).to_numpy()]
    pairs = overlay(shapes, houses, progress=progress)
    known = np.flatnonzero(usable(shapes))
    share[known] = 0.0
    if len(pairs) and pairs.geometry is not None:
        place, first = np.unique(pairs.left, return_index=True)
        pieces = np.split(pairs.geometry, first[1:])
        # Buildings may overlap: their land counts once.
        covered = np.array([shapely.area(shapely.union_all(several)) for several in pieces])
        share[place] = np.minimum(covered / shapely.area(shapes[place]), 1.0)
    return share


def permits(
    frame: Frame, contracts: Frame | None, links: pd.DataFrame, on_date: datetime.date, years: float, result: Result
) -> pd.DataFrame:
    """The rows of `IDLE_LAND` of the permits: how much of their land was supplied. R7080, R7081: not within `years`;
    R7021: approved on a day that has not come.

    Applications, refusals, permits without an approval and of temporary use are passed over. Without contracts nothing
    can be told; nor how much was supplied where a contract, or a permit that shares it, has no area: `supplied_area` is
    NaN then, unless other contracts supply the whole permit.
    """
    findings = result.findings
    table = pd.DataFrame({"key": labels(frame), "kind": "permit", "unit": frame.column("unit").to_numpy()})
    table["project"] = frame.column("project").to_numpy()
    area = positive(frame, "area")
    table["area"] = np.where(np.isnan(area), positive(frame, "geometry_area"), area)
    # A month alone may be any of its days.
    table["approved"] = permit_states.span(frame, "approved").last
    table["geometry"] = frame.column("geometry", None).to_numpy(dtype=object)
    if contracts is None:
        return table.assign(status="unknown")[np.zeros(len(table), dtype=bool)]
    given = positive(contracts, "area")
    given = np.where(np.isnan(given), positive(contracts, "geometry_area"), given)
    whole = table["area"].to_numpy(dtype=float)
    land = given[links["contract"]] * _parts(links, whole)
    table["supplied_area"] = land.groupby(links["permit"]).sum().reindex(table.index).fillna(0.0).round(2)
    missing = whole - table["supplied_area"].to_numpy(dtype=float)
    slack = np.nan_to_num(whole) * float(exact_share(threshold("conflict_share")))
    met = table.index.isin(links["permit"])
    unshared = table.index.isin(links["permit"][land.isna()]) & ~(missing <= slack)
    table.loc[unshared, "supplied_area"] = np.nan
    unsized = unshared | (met & np.isnan(whole))
    # Land approved on a day that is not known or has not come: nobody can say how long it has waited.
    undated = np.isnat(table["approved"].to_numpy(dtype="datetime64[D]")) & ~met
    to_come = permit_states.yet_to_come(frame, on_date) & ~met
    table["status"] = np.select(
        [unsized | undated | to_come, ~met, missing > slack], ["unknown", "not_supplied", "partly_supplied"],
        "supplied",
    ).astype(object)  # fmt: skip
    # Land lent for a time is given back, not supplied.
    table = table[(permit_states.states(frame) == APPROVED) & ~permit_states.temporary(frame)]
    approved = table["approved"].to_numpy(dtype="datetime64[D]")
    late = permit_states.later_by(approved, years) < np.datetime64(on_date, "D")
    for rule, status in (("R7080", "not_supplied"), ("R7081", "partly_supplied")):
        at = table.index[(table["status"] == status).to_numpy() & late].to_numpy(dtype=np.int64)
        rows = table.loc[at]
        day = rows["approved"].to_numpy(dtype="datetime64[D]")
        findings.add(
            rule, frame.role, rows["key"], **where(frame, at), actual=areas.metres(rows["supplied_area"].to_numpy()),
            expected=areas.metres(rows["area"].to_numpy(dtype=float)), difference=-missing[at], measure="m2",
            day=day.astype(str), years=in_full(years),
        )  # fmt: skip
    if unsized[table.index].any():
        keys = sorted(table["key"][unsized[table.index]])
        said = text("unchecked.idle.unsized", findings.language, count=len(keys), first="、".join(keys[:_EXAMPLES]))
        result.unchecked.append(said)
    permit_states.tell_yet_to_come(frame, findings, on_date)
    at = table.index[undated[table.index]].to_numpy(dtype=np.int64)
    findings.add("R7086", frame.role, table["key"].loc[at], **where(frame, at), of=len(frame),
                 role_name=text(f"role.{frame.role}", findings.language),
                 lacking=absence(frame, "approved", at, findings.language))  # fmt: skip
    return table
