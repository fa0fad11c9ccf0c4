"""What permits say in words: their state, whether they are temporary, what for; and what a change may serve."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from redline.core.standards._files import load
from redline.core.text import squeeze

APPROVED, ACCEPTED, REPORTED, REJECTED, LAPSED = "approved", "accepted", "reported", "rejected", "lapsed"
UNDER_WAY = (ACCEPTED, REPORTED)
_CLAUSES = re.compile(r"[,，.。;；:：、()（）\[\]【】〔〕/]")
_TURNED = re.compile(r"未|没|不|无|非|疑似|待|拟|尚需|not|un$")
_SCHEMES = ("guide2023", "sandiao")


@cache
def permit_state(text: str) -> str:
    """The state that a cell names: approved, accepted, reported, rejected, lapsed; "" where it names none.

    The whole word, or the longest known word in it: 未批准 is none of them, 不予批准 is rejected. A word counts for
    nothing behind a 未 or 拟 in its clause (省厅暂未批准), nor an approval beside what ends one (批准（已作废）).
    """
    plain = squeeze(text).lower()
    words = sorted(
        ((word.lower(), state) for state, several in _data()["states"].items() for word in several),
        key=lambda known: -len(known[0]),
    )
    exact = next((state for word, state in words if plain == word), "")
    if exact or not plain:
        return exact
    said = _said(plain, words)
    first = next(iter(said), "")
    return "" if first == APPROVED and not {REJECTED, LAPSED}.isdisjoint(said) else first


def _said(plain: str, words: list[tuple[str, str]]) -> list[str]:
    """The states of the words in a cell, in their order; what is part of one word is no other."""
    found = set()
    for clause in _CLAUSES.split(plain):
        rest = clause
        for number, (word, _) in enumerate(words):
            place = rest.find(word) if len(word) > 1 else -1
            if place >= 0 and not _TURNED.search(clause[:place]):
                found.add(number)
            rest = rest.replace(word, " " * len(word))
    return [words[number][1] for number in sorted(found)]


@cache
def is_temporary(*texts: str) -> bool:
    """Does any of the texts (kind, project, layer) name a temporary use (临时用地)?"""
    plain = [squeeze(text).upper() for text in texts]
    return any(word.upper() in text for word in _data()["temporary"] for text in plain)


@cache
def is_preliminary(text: str) -> bool:
    """Does a kind or a layer's name say that it is a preliminary review (用地预审与选址), which lets nobody build?"""
    plain = squeeze(text).upper()
    return any(word.upper() in plain for word in _data()["preliminary"])


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
    return tuple(_data()["changes"].get(_kind(change_kind), ()))


def _kind(change_kind: str) -> str:
    plain = squeeze(change_kind).upper()
    return plain.lstrip("0") if plain.isdigit() else plain


@cache
def needs_permit(change_kind: str) -> bool:
    """May a kind of change (TBLX) be construction? Fields, woods, water and bare land are none; an unknown kind may."""
    return _kind(change_kind) not in _data()["no_construction"]


@cache
def stays_farmland(change_kind: str) -> bool:
    """Is land after a change of this kind (TBLX) cultivated, as basic farmland has to be?"""
    return _kind(change_kind) in _data()["cultivated"]


@cache
def builds_on(zone: str, name: str, scheme: str = "control") -> bool:
    """Does the plan let build in a zone? Its name tells, else its code in a scheme: "control" (GZQLXDM), "use"
    (TDYTQLXDM). A town's growth boundary has no zones and allows all."""
    zones = _data()["building_zones"]
    plain, called = squeeze(zone), squeeze(name)
    if not plain and not called:
        return True
    if any(word in called for word in zones["words"]):
        return True
    other = any(word in called for word in zones["other_words"])
    return not other and plain.startswith(tuple(zones["codes"][scheme]))


def zone_scheme(*texts: str) -> str:
    """The scheme of zone codes by what their field or layer is called: "use" for TDYTQ (土地用途区), else "control"."""
    plain = squeeze("".join(texts)).upper()
    return "use" if any(word in plain for word in _data()["building_zones"]["use_zones"]) else "control"


def _purposes() -> dict[str, Any]:
    return dict(_data()["purposes"])


@cache
def _data() -> dict[str, Any]:
    return dict(load("permits.json"))
