"""The one shape of findings: ids that last, order that does not depend on the input."""

from __future__ import annotations

import hashlib

import pytest
import shapely

from redline.core.findings import COLUMNS, Findings, count_by_severity, finding_id
from redline.core.text import grouped


def test_id_is_the_documented_hash() -> None:
    digest = hashlib.sha256(b"R6001\x1fmap\x1f99010100100100001\x1f").hexdigest()
    assert finding_id("R6001", "map", "99010100100100001") == digest[:16]


def test_empty_frame_has_the_schema() -> None:
    frame = Findings("en").frame()
    assert list(frame.columns) == list(COLUMNS)
    assert count_by_severity(frame) == {"error": 0, "warning": 0, "info": 0}


def test_no_keys_add_nothing() -> None:
    findings = Findings("en")
    findings.add("R6001", "map", [], actual=[])
    assert findings.frame().empty


@pytest.mark.parametrize("language", ["en", "zh"])
def test_message_carries_the_numbers(language: str) -> None:
    findings = Findings(language)
    findings.add("R6001", "map", ["A1", "A2"], actual=["12.50", "7.00"])
    messages = dict(findings.frame()[["key", "message"]].to_numpy())
    assert "A1" in messages["A1"]
    assert "12.50" in messages["A1"]
    assert "7.00" in messages["A2"]


def test_figures_are_grouped_in_the_sentence_alone() -> None:
    findings = Findings("en")
    findings.add("R7088", "contract", ["1234567"], expected="≤ 12500.00", actual="1234567.89", limit="999.00",
                 column="a", whole="b", unit_word="m²")  # fmt: skip
    (row,) = findings.frame().to_dict("records")
    assert row["message"] == "Contract 1234567: a 1,234,567.89 m², more than b 999.00 m²."
    assert (row["expected"], row["actual"]) == ("≤ 12500.00", "1234567.89")


@pytest.mark.parametrize(("plain", "said"), [
    ("12500.00", "12,500.00"), ("≤ 3000", "≤ 3,000"), ("-1234.5678", "-1,234.5678"), ("999.12345", "999.12345"),
    ("1,234,567.00", "1,234,567.00"), ("69933.33 m²", "69,933.33 m²"), ("(3562.18 − 12.00)", "(3,562.18 − 12.00)"),
    ("", ""), ("—", "—"),
])  # fmt: skip
def test_grouped(plain: str, said: str) -> None:
    assert grouped(plain) == said
    assert grouped(said) == said


def test_order_of_adding_does_not_matter() -> None:
    def collect(order: list[str]) -> list[tuple[str, ...]]:
        findings = Findings("en")
        for key in order:
            findings.add("R6001", "map", key, actual="1.00")
        findings.add("R6002", "register", order, actual="1.00")
        return [tuple(row) for row in findings.frame()[["finding_id", "rule", "key"]].to_numpy()]

    assert collect(["b", "a", "c"]) == collect(["c", "b", "a"])


def test_the_same_finding_from_two_checks_stands_once() -> None:
    findings = Findings("en")
    findings.add("R6023", "register", "A1", expected="张三", actual="李四")
    findings.add("R6023", "register", "A1", expected="张三", actual="李四")
    assert len(findings.frame()) == 1


def test_two_places_of_one_key_get_two_ids_whatever_the_order() -> None:
    places = [shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)]

    def collect(order: list[int]) -> dict[str, bytes]:
        findings = Findings("en")
        for at in order:
            findings.add(
                "R3002", "map", "A1", geometry=[places[at]], reason="Self-intersection", place="", role_name="map"
            )
        frame = findings.frame()
        return {row.finding_id: row.geometry.wkb for row in frame.itertuples()}

    assert len(collect([0, 1])) == 2
    assert collect([0, 1]) == collect([1, 0])


def test_one_value_or_one_per_finding_only() -> None:
    with pytest.raises(ValueError, match="2 values for 3 findings"):
        Findings("en").add("R6001", "map", ["a", "b", "c"], actual=["1", "2"])


def test_hostile_words_are_no_format_places() -> None:
    findings = Findings("zh")
    findings.add("R6001", "map", "{key!r}", actual="{0}")
    assert "{key!r}" in findings.frame()["message"].iloc[0]
