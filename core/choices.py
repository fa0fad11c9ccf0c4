"""What a user decides of an audit, an entry a line: "map = 示范县.gpkg|YJJBNTBHTB", "register.area = 面积(亩)"."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from redline.core.errors import InputError


@dataclass(frozen=True)
class Choices:
    """`sources`: role → names of its sources, none for a role that is to have none; roles that are not named are
    understood as ever. `fields`: role → canonical column → the field that is chosen for it. `checks`: ids of the checks
    to run, none for all."""

    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    checks: Sequence[str] = ()


def understand(
    roles: str, fields: str, checks: str, *, known_roles: Collection[str], known_checks: Collection[str], language: str
) -> Choices:
    """The choices that three texts tell. Raises InputError with the entry that cannot be understood."""
    sources: dict[str, list[str]] = {}
    for role, name in _pairs(roles, language):
        _known(role, known_roles, language)
        sources.setdefault(role, []).extend([name] if name else [])
    columns: dict[str, dict[str, str]] = {}
    for place, name in _pairs(fields, language):
        role, dot, column = place.partition(".")
        if not (dot and column and name):
            raise InputError("error.choice_field", language, entry=f"{place} = {name}")
        _known(role, known_roles, language)
        columns.setdefault(role, {})[column] = name
    chosen = [one.strip() for one in checks.replace("，", ",").replace("\n", ",").split(",") if one.strip()]
    for one in chosen:
        if one not in known_checks:
            raise InputError("error.choice_check", language, check=one, known="、".join(known_checks))
    return Choices(sources, columns, chosen)


def told(entries: Mapping[str, Sequence[str]]) -> str:
    """The text that `understand` reads these sources from: an entry a line."""
    return "\n".join(f"{role} = {name}" for role, names in entries.items() for name in (names or [""]))


def told_fields(entries: Mapping[str, Mapping[str, str]]) -> str:
    """The text that `understand` reads these fields from: an entry a line."""
    return "\n".join(f"{role}.{column} = {name}" for role, named in entries.items() for column, name in named.items())


def _pairs(text: str, language: str) -> list[tuple[str, str]]:
    """The entries of a text, parted by line ends or, where it is one line, by semicolons."""
    lines = text.splitlines() if "\n" in text.strip() else text.replace("；", ";").split(";")
    pairs = []
    for line in filter(None, map(str.strip, lines)):
        left, equals, right = line.partition("=")
        if not (equals and left.strip()):
            raise InputError("error.choice", language, entry=line)
        pairs.append((left.strip(), right.strip()))
    return pairs


def _known(role: str, roles: Collection[str], language: str) -> None:
    if role not in roles:
        raise InputError("error.choice_role", language, role=role, known="、".join(sorted(roles)))
