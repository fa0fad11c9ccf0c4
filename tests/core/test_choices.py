"""What a user decides of an audit: roles, fields, checks and the part of the county that is asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from redline.core.choices import told, told_fields, understand
from redline.core.errors import InputError
from redline.core.findings import Findings
from redline.core.frames import Source, read
from redline.core.memory import remember
from redline.core.scope import Scope

ROLES, CHECKS = ("map", "register", "units"), ("fourway", "duties")


def understood(roles: str = "", fields: str = "", checks: str = "") -> object:
    return understand(roles, fields, checks, known_roles=ROLES, known_checks=CHECKS, language="en")


@pytest.mark.parametrize(
    "given",
    [
        "map = 图 = 斑.gpkg|TB\nunits = XZQ\nunits = CJDCQ\nregister =",
        "map = 图 = 斑.gpkg|TB; units = XZQ；units=CJDCQ;register=",
        "\n  map=图 = 斑.gpkg|TB \n\nunits=XZQ\nunits=CJDCQ\nregister=\n",
    ],
    ids=["lines", "semicolons", "blanks"],
)
def test_sources_of_roles(given: str) -> None:
    assert understood(given).sources == {"map": ["图 = 斑.gpkg|TB"], "units": ["XZQ", "CJDCQ"], "register": []}


def test_what_is_told_is_understood() -> None:
    sources = {"map": ["a;b"], "units": ["c", "d"], "register": []}
    fields = {"map": {"key": "编号(新)", "area": "x=y"}}
    choices = understood(told(sources), told_fields(fields) + "\n", "duties，fourway")
    assert (choices.sources, choices.fields, choices.checks) == (sources, fields, ["duties", "fourway"])


@pytest.mark.parametrize(
    ("given", "text_id"),
    [
        ({"roles": "图斑.gpkg"}, "error.choice"),
        ({"roles": "= x"}, "error.choice"),
        ({"roles": "maps = x"}, "error.choice_role"),
        ({"fields": "map = TBBH"}, "error.choice_field"),
        ({"fields": "map.key ="}, "error.choice_field"),
        ({"fields": "maps.key = TBBH"}, "error.choice_role"),
        ({"checks": "fourway, five"}, "error.choice_check"),
    ],
)
def test_what_cannot_be_understood_is_named(given: dict[str, str], text_id: str) -> None:
    with pytest.raises(InputError) as told_of:
        understood(**given)
    assert told_of.value.text_id == text_id


SQUARES = [shapely.box(x, 0, x + 10, 10) for x in (0, 20, 40)]


@pytest.fixture
def findings() -> pd.DataFrame:
    """A finding of every plot, one of a row without a shape, one between two plots, one of a whole source."""
    found = Findings("en")
    units = ["990101001", "990101002001", "990102"]
    found.add("R6001", "map", ["1", "2", "3"], unit=units, geometry=SQUARES, message="x")
    found.add("R6001", "register", "2", unit="990101002001", message="x")
    found.add("R4001", "map", "3", related="1", unit="990101001", geometry=shapely.box(9, 0, 11, 5), message="x")
    found.add("R5005", "map", "", message="x")
    return found.frame()


@pytest.fixture
def plots() -> object:
    cells = pd.DataFrame({"YJJBNTTBBH": ["1", "2", "3"]})
    source = Source("map", cells, np.array(SQUARES, dtype=object), np.full(3, 100.0))
    return read(source, "map", Findings("en"))


def held(scope: Scope, findings: pd.DataFrame) -> set[tuple[str, str, str]]:
    rows = findings[scope.holds(findings)]
    return set(zip(rows["rule"], rows["role"], rows["key"]))


WHOLE_SOURCE = ("R5005", "map", "")


def test_without_a_wish_everything_is_asked_for(findings: pd.DataFrame) -> None:
    assert Scope().whole
    assert Scope().holds(findings).all()


def test_units_and_those_below_them(findings: pd.DataFrame) -> None:
    of_b = {("R6001", "map", "2"), ("R6001", "register", "2")}
    assert held(Scope(units=["990101002"]), findings) == {*of_b, WHOLE_SOURCE}
    assert held(Scope(units=["9901010020010000000"]), findings) == {*of_b, WHOLE_SOURCE}


def test_an_area_holds_what_lies_there_and_rows_of_its_plots(findings: pd.DataFrame, plots: object) -> None:
    scope = Scope(area=shapely.box(25, 5, 26, 6))
    scope.look_at(plots)
    assert held(scope, findings) == {("R6001", "map", "2"), ("R6001", "register", "2"), WHOLE_SOURCE}


def test_a_shape_that_geos_cannot_look_at_is_held_by_its_box(findings: pd.DataFrame) -> None:
    bow = shapely.from_wkt("POLYGON ((20 0, 30 10, 30 0, 20 10, 20 0))")
    findings.loc[findings["key"].eq("2") & findings["role"].eq("map"), "geometry"] = bow
    assert ("R6001", "map", "2") in held(Scope(area=shapely.box(24, 8, 26, 9)), findings)


def test_selected_plots_by_number_or_as_the_other_one(findings: pd.DataFrame, plots: object) -> None:
    scope = Scope(selected=True)
    scope.look_at(plots, np.array([True, False, False]))
    assert held(scope, findings) == {("R6001", "map", "1"), ("R4001", "map", "3"), WHOLE_SOURCE}


def test_all_wishes_hold_together(findings: pd.DataFrame, plots: object) -> None:
    scope = Scope(units=["990101002"], area=shapely.box(0, 0, 1, 1))
    scope.look_at(plots)
    assert held(scope, findings) == {WHOLE_SOURCE}


def test_what_was_not_asked_for_is_not_fixed(findings: pd.DataFrame) -> None:
    before = remember(findings, None, ("map", "register"))
    before.loc[before["key"] == "1", ["status", "note"]] = ["waived", "国务院批准"]
    scope = Scope(units=["990101002"])
    after = remember(findings[:0], before, ("map", "register"), scope.holds)
    by_key = {(row.rule, row.role, row.key): (row.status, row.change, row.note) for row in after.itertuples()}
    assert len(after) == len(before)
    assert by_key["R6001", "map", "1"] == ("waived", "same", "国务院批准")
    assert by_key["R6001", "map", "2"] == ("fixed", "fixed", "")
