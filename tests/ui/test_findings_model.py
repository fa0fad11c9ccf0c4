"""The tree of findings and its filters, held against plain Python over the same rows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QModelIndex, Qt

from redline.ui.findings_filter import Filter
from redline.ui.findings_model import COLUMNS, GROUPS, FindingsModel
from redline.ui.table import INDEX, WORDS, Table, _read_layer

try:
    from qgis.PyQt.QtTest import QAbstractItemModelTester
except ImportError:
    QAbstractItemModelTester = None


@pytest.fixture
def layer(written: Path) -> QgsVectorLayer:
    return QgsVectorLayer(f"{written}|layername=findings", "findings", "ogr")


@pytest.fixture
def table(layer: QgsVectorLayer) -> Table:
    return Table(layer)


def rows(layer: QgsVectorLayer) -> list[dict[str, Any]]:
    found = sorted(layer.getFeatures(), key=lambda feature: feature.id())
    return [{field.name(): feature[field.name()] for field in layer.fields()} for feature in found]


def test_the_quick_way_reads_what_the_layer_gives(layer: QgsVectorLayer, table: Table) -> None:
    fids, columns = _read_layer(layer, (*INDEX, *WORDS, "finding_id"))
    assert fids.tolist() == table.fids.tolist()
    for name, values in columns.items():
        assert table.column(name).tolist() == values.tolist(), name


def test_a_layer_under_edit_is_read_with_what_is_not_saved_yet(layer: QgsVectorLayer) -> None:
    layer.startEditing()
    first = min(feature.id() for feature in layer.getFeatures())
    layer.changeAttributeValue(first, layer.fields().lookupField("status"), "waived")
    assert Table(layer).column("status")[0] == "waived"
    layer.rollBack()
    assert Table(layer).column("status")[0] == "open"


CASES = [
    (Filter(), lambda row: True),
    (Filter(severities=frozenset({"error"})), lambda row: row["severity"] == "error"),
    (Filter(severities=frozenset()), lambda row: False),
    (Filter(statuses=frozenset({"waived"})), lambda row: row["status"] == "waived"),
    (Filter(rule="R6001"), lambda row: row["rule"] == "R6001"),
    (Filter(unit="990101001"), lambda row: row["unit"].startswith("990101001")),
    (Filter(unit="9901010010010000000"), lambda row: row["unit"] == "990101001001"),
    (Filter(words="河湾"), lambda row: row["unit_name"] == "河湾村"),
    (Filter(words="河湾 R4001"), lambda row: row["unit_name"] == "河湾村" and row["rule"] == "R4001"),
    (Filter(words="第12号"), lambda row: "第12号" in row["message"]),
    (Filter(words="R6001", unit="990101002"), lambda row: row["rule"] == "R6001" and row["unit"] == "990101002001"),
    (Filter(places=np.array([3, 5])), None),
]


@pytest.mark.parametrize(("asked", "true"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_filters(layer: QgsVectorLayer, table: Table, asked: Filter, true: Any) -> None:
    shown = np.flatnonzero(asked.mask(table)).tolist()
    expected = [3, 5] if true is None else [place for place, row in enumerate(rows(layer)) if true(row)]
    assert shown == expected


def test_filters_combine_in_any_way(layer: QgsVectorLayer, table: Table) -> None:
    dice, every = random.Random(7), rows(layer)
    for _ in range(60):
        severities = frozenset(dice.sample(["error", "warning", "info"], dice.randint(1, 3)))
        unit, words = dice.choice(["", "990101", "990101001", "990101002001"]), dice.choice(["", "村", "第1", "西关 1"])
        rule = dice.choice(["", "R4001", "R9999"])
        asked = Filter(severities=severities, unit=unit, words=words, rule=rule)

        def fits(row: dict[str, Any], asked: Filter = asked) -> bool:
            texts = "\n".join(str(row[name]) for name in ("rule", "key", "unit_name", "message", "title"))
            return (
                row["severity"] in asked.severities
                and row["unit"].startswith(asked.unit)
                and all(word in texts for word in asked.words.split())
                and asked.rule in ("", row["rule"])
            )

        assert np.flatnonzero(asked.mask(table)).tolist() == [n for n, row in enumerate(every) if fits(row)]


@pytest.mark.parametrize("group_by", GROUPS)
def test_every_finding_stands_once_below_its_group(layer: QgsVectorLayer, table: Table, group_by: str) -> None:
    model = FindingsModel(table)
    tester = QAbstractItemModelTester(model) if QAbstractItemModelTester else None
    shown = np.array([1, 2, 3, 5, 8, 13, 21, 34])
    model.show(shown, group_by)
    every = rows(layer)
    seen = []
    for group in range(model.rowCount()):
        parent = model.index(group, 0)
        assert model.place(parent) is None
        assert f"({model.rowCount(parent)})" in model.data(parent)
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            place = model.place(index)
            assert every[place][group_by] == model.keys[group]
            assert model.data(index) == every[place]["key"]
            assert model.index_of(place) == index
            assert index.parent() == parent
            seen.append(place)
    assert sorted(seen) == shown.tolist()
    assert model.order.tolist() == seen
    assert not model.index_of(0).isValid()
    del tester


def test_groups_of_rules_come_by_severity(table: Table) -> None:
    model = FindingsModel(table)
    model.show(np.arange(len(table)), "rule")
    severities = [table.column("severity")[model.place(model.index(0, 0, model.index(group, 0)))]
                  for group in range(model.rowCount())]  # fmt: skip
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_a_group_stands_for_all_below_it(table: Table) -> None:
    model = FindingsModel(table)
    model.show(np.arange(len(table)), "unit")
    group, child = model.index(1, 0), model.index(0, 0, model.index(1, 0))
    below = model.places([group, child])
    assert len(below) == model.rowCount(group)
    assert {table.column("unit")[place] for place in below} == {model.keys[1]}
    assert not len(model.places([]))


def test_nothing_to_show(table: Table) -> None:
    model = FindingsModel(table)
    model.show(np.empty(0, dtype=np.int64), "rule")
    assert model.rowCount() == 0
    assert model.data(QModelIndex()) is None


def test_a_tree_of_many_findings_is_made_and_filtered_at_once(table: Table) -> None:
    import time

    many = Table.__new__(Table)
    repeats = 100_000 // len(table)
    many.fids = np.arange(repeats * len(table), dtype=np.int64)
    many._columns = {name: np.tile(table.column(name), repeats) for name in (*INDEX, *WORDS)}
    many._codes, many._searchable = {}, None
    model = FindingsModel(many)
    model.show(np.arange(len(many)), "rule")
    began = time.process_time()
    model.show(np.flatnonzero(Filter(severities=frozenset({"error"}), unit="990101001").mask(many)), "unit")
    assert time.process_time() - began < 0.5
    assert 0 < len(model.order) < len(many)


def test_headers_and_words_are_in_the_language_of_qgis(table: Table) -> None:
    model = FindingsModel(table)
    model.show(np.arange(len(table)), "rule")
    headers = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert headers == ["plot number", "unit name", "what was found", "status", "since the last run"]
    index = model.index(0, 3, model.index(0, 0))
    assert model.data(index) == "open"
