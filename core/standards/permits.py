"""What permits say in words: their state, whether they are temporary, what for; and what a change may serve."""

from __future__ import annotations

from functools import cache
from typing import Any

from redline.core.standards._files import load
from redline.core.text import squeeze

APPROVED, ACCEPTED, REPORTED, REJECTED, LAPSED = "approved", "accepted", "reported", "rejected", "lapsed"
UNDER_WAY = (ACCEPTED, REPORTED)
_SCHEMES = ("guide2023", "sandiao")


@cache
def permit_state(text: str) -> str:
    """The state that a cell names: approved, accepted, reported, rejected, lapsed; "" where it names none.

    The whole word, or the longest known word in it: 未批准 is none of them, 不予批准 is rejected.
    """
    plain = squeeze(text).lower()
    words = sorted(
        ((word.lower(), state) for state, several in _data()["states"].items() for word in several),
        key=lambda known: -len(known[0]),
    )
    exact = next((state for word, state in words if plain == word), "")
    if exact or not plain or plain.startswith(("未", "尚未", "没有", "not ")):
        return exact
    return next((state for word, state in words if len(word) > 1 and word in plain), "")


@cache
def is_temporary(*texts: str) -> bool:
    """Does any of the texts (kind, project, layer) name a temporary use (临时用地)?"""
    plain = [squeeze(text).upper() for text in texts]
    return any(word.upper() in text for word in _data()["temporary"] for text in plain)


@cache
def purpose(text: str) -> str:
    """The purpose that a word or code names, in the common list; "" where it names none, or codes of two schemes."""
    plain = squeeze(text)
    if not plain:
        return ""
    named = [name for name, entry in _purposes().items() if any(word in plain.lower() for word in entry["words"])]
    if named:
        return named[0] if len(named) == 1 else ""
    found = {
        name
        for scheme in _SCHEMES
        for name, entry in _purposes().items()
        for code in entry["codes"].get(scheme, ())
        if plain.isascii() and plain[:1].isdigit() and plain.upper().startswith(code)
    }
    return found.pop() if len(found) == 1 else ""


@cache
def purpose_title(name: str) -> dict[str, str]:
    """What a purpose is called: dict en, zh."""
    entry = _purposes()[name]
    return {"en": entry["en"], "zh": entry["zh"]}


@cache
def may_serve(change_kind: str) -> tuple[str, ...]:
    """The purposes that a kind of change (TBLX) can serve; empty where the kind does not tell."""
    plain = squeeze(change_kind).upper()
    return tuple(_data()["changes"].get(plain.lstrip("0") if plain.isdigit() else plain, ()))


@cache
def builds_on(zone: str, name: str) -> bool:
    """Does the plan let build in a zone (its code or name; a town's growth boundary has no zones and allows all)?"""
    words = _data()["building_zones"]
    plain, called = squeeze(zone), squeeze(name)
    if not plain and not called:
        return True
    return plain.startswith(tuple(words["codes"])) or any(word in called for word in words["words"])


def _purposes() -> dict[str, Any]:
    return dict(_data()["purposes"])


@cache
def _data() -> dict[str, Any]:
    return dict(load("permits.json"))
