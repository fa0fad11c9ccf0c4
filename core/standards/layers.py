"""Layer profiles: which fields a layer or sheet of a kind has, and how offices write their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from redline.core.preferences import preferences
from redline.core.standards._files import FOLDER, load
from redline.core.standards.land_classes import class_code, land_classes
from redline.core.text import fold, squeeze

KINDS = ("name", "alias", "cleaned", "part", "general", "cut")
"""How a source field was recognised, best first: the standard's name, an alias as written, an alias after cleaning
(blanks, brackets, unit, decoration), one part of a joined or bracketed header, a general word (编号, 姓名) that serves
where nothing better is there, a name cut to ten bytes by a Shapefile."""

_IGNORED = re.compile(
    r"(fid|ogc_fid|gid|objectid(_\d+)?|orig_fid|shape|geom(etry)?|the_geom|wkb_geometry|序号|"
    # What programs add: their own lengths and areas, and those that ellipsoidalarea writes.
    r"shape_?(leng(th)?|area|len)|.*_ys|(area_m2|area_mu|recorded_m2)(_\d+)?)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[{<《【〔]([^()\[\]{}<>《》【】〔〕]*)[)\]}>》】〕]")
_UNIT = r"(?:万亩|市亩|亩|公顷|平方公里|平方千米|平方米|平米|hm\^?2|km\^?2|ha|m\^?2|mu)"
_UNIT_AT_END = re.compile(r"(?:[-_/:,.、]|单位)+:?" + _UNIT + r"$|(?<=[^\x00-\x7f])" + _UNIT + r"$", re.IGNORECASE)
_DECORATION = "*#_-.:,;、。·~^'\"“”"
_JOINTS = re.compile(r"[/|\\>:;,、\s]|(?<=[^\x00-\x7f])[-_]|[-_](?=[^\x00-\x7f])|\.(?!\d)")
# What readers of sheets append to the second column of a name: "面积 (2)", "面积_2", "面积#2", "面积.1".
_AGAIN = re.compile(r"(?P<name>.+?)(?: \(\d{1,3}\)|[#.]\d{1,3}|(?P<joined>_\d{1,3}))", re.DOTALL)
# In this order: a CurvePolygon is a polygon.
_SHAPES = (
    ("polygon", "polygon"),
    ("surface", "polygon"),
    ("line", "line"),
    ("curve", "line"),
    ("point", "point"),
    ("no", "none"),
)
_SHORTEST_PART = 3
_DBF_NAME_BYTES = 10
_KIND_WEIGHT = {"name": 1.0, "alias": 0.9, "cleaned": 0.8, "part": 0.7, "general": 0.5, "cut": 0.6}


@dataclass(frozen=True)
class Field:
    """A field of a standard. `canonical` is its column in frames ("" where no check needs it).

    `type` is text, integer, real or date; `length` in characters (0 = not set); `required` is M, C (on condition), O;
    X marks a field that is understood but no part of the standard. `general` are words that mean this field where no
    better one is there. `domain` names a code list or a scheme of land classes; a value must lie within
    `minimum`…`maximum` (`*_open`: the bound itself excluded). A code of `digits` has one of these numbers of digits; a
    `constant` field has one value in the whole layer.
    """

    name: str
    zh: str
    en: str
    type: str
    source: str
    confidence: str
    canonical: str = ""
    aliases: tuple[str, ...] = ()
    general: tuple[str, ...] = ()
    length: int = 0
    decimals: int | None = None
    required: str = "O"
    domain: str = ""
    minimum: float | None = None
    maximum: float | None = None
    minimum_open: bool = False
    maximum_open: bool = False
    personal: bool = False
    digits: tuple[int, ...] = ()
    constant: bool = False

    @property
    def title(self) -> dict[str, str]:
        """The field's name for people: dict en, zh."""
        return {"en": self.en, "zh": self.zh}


@dataclass(frozen=True)
class Identity:
    """An equation between a row's areas, told by `rule`: result = minuend − subtrahends, or = product of factors.

    `decimals` is the rounding of the right side, in the unit as recorded. Terms are canonical columns; an absent or
    empty subtrahend counts as 0.
    """

    rule: str
    result: str
    minuend: str = ""
    subtrahends: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    decimals: int = 2


@dataclass(frozen=True)
class Prefix:
    """The code in `field` begins with the code in `of`, both standard field names."""

    field: str
    of: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Naming:
    """The field `name` names what the code in `code` stands for: one code, one name in the layer."""

    code: str
    name: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Clause:
    """A value of `field` matches one of the `patterns`, or none of them where `negated`.

    A pattern is a text as it is, with * for any number of characters and ? for one; "" is an empty value, and a number
    is written as "0" or "0.5".
    """

    field: str
    patterns: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Condition:
    """What a row must hold (`then`) where all of `when` is so, told by `rule`; `zh` and `en` say it to people."""

    id: str
    rule: str
    when: tuple[Clause, ...]
    then: Clause
    zh: str
    en: str
    source: str
    confidence: str

    @property
    def sentence(self) -> dict[str, str]:
        """What must hold, for people: dict en, zh."""
        return {"en": self.en, "zh": self.zh}

    @property
    def fields(self) -> list[str]:
        """The names of the fields that it speaks of."""
        return [clause.field for clause in (*self.when, self.then)]


@dataclass(frozen=True)
class FieldMatch:
    """Which source field is which. `found`: canonical → source; `ambiguous`: canonical → its equally good sources.

    `fields`: standard field name → source, for every field of the profile; `kinds`: source → kind (see KINDS);
    `undecided`: source → canonical columns that it fits equally; `unknown`: sources that fit nothing.
    """

    found: dict[str, str]
    ambiguous: dict[str, list[str]]
    fields: dict[str, str]
    kinds: dict[str, str]
    undecided: dict[str, list[str]]
    unknown: list[str]


@dataclass(frozen=True)
class Profile:
    """One kind of layer or sheet, as a version of a standard (or usage) describes it.

    `layers` are names the layer goes by, `geometry` the types it may have ("polygon", "point", "line", "none"),
    `scheme` the scheme of its land classes, `area_unit` the unit its areas are in where nobody says ("" unknown),
    `fallback_key` the columns that together name a row without `key`, `key_from` the column that is the key where there
    is none and no fallback, `essential` groups of columns one of which makes it this kind of layer, `totals` the words
    of total rows, `class_columns` whether land classes stand as columns. A `normative` profile comes from a standard
    that fixes names and types of the fields, where otherwise any usual word will do. `unique` are groups of fields that
    together never repeat; `prefixes`, `namings` and `conditions` are what the fields of one row must keep.
    """

    id: str
    title: dict[str, str]
    role: str
    version: str
    date: str
    source: str
    confidence: str
    layers: tuple[str, ...]
    geometry: tuple[str, ...]
    fields: tuple[Field, ...]
    scheme: str = ""
    area_unit: str = ""
    fallback_key: tuple[str, ...] = ()
    key_from: str = ""
    essential: tuple[tuple[str, ...], ...] = ()
    identities: tuple[Identity, ...] = ()
    totals: tuple[str, ...] = ()
    class_columns: bool = False
    normative: bool = False
    unique: tuple[tuple[str, ...], ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    namings: tuple[Naming, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def field(self, canonical: str) -> Field | None:
        """The field behind a canonical column, None where the profile has none."""
        return next((field for field in self.fields if canonical and field.canonical == canonical), None)

    def vocabulary(self) -> frozenset[str]:
        """All headers that this profile understands, in the form that `plain_header` gives."""
        words = {*self._plain, *self._general}
        if self.class_columns:
            words.update(
                plain_header(text) for item in land_classes(self.scheme).values() for text in (item.zh, item.code)
            )
        return frozenset(words)

    def match_fields(self, names: Iterable[str]) -> FieldMatch:
        """Which of the source's field names is which field; see FieldMatch and KINDS.

        Two sources for one field are ambiguous unless one is of a strictly better kind. A name numbered because it
        comes again ("面积 (2)" beside "面积") is as good as the first; "DLBM_2", which a join of layers adds, is
        unknown.
        """
        names = [str(name) for name in names]
        kinds: dict[str, str] = {}
        undecided: dict[str, list[str]] = {}
        claims: dict[str, list[str]] = {}
        for name in names:
            kind, fitting = self._recognise(self._first_of(name, names))
            if len(fitting) == 1:
                kinds[name] = kind
                claims.setdefault(fitting[0].name, []).append(name)
            elif fitting:
                undecided[name] = [field.canonical or field.name for field in fitting]
        fields: dict[str, str] = {}
        found: dict[str, str] = {}
        ambiguous: dict[str, list[str]] = {}
        for field in self.fields:
            best = _best(claims.get(field.name, []), kinds)
            if len(best) == 1:
                fields[field.name] = best[0]
                if field.canonical:
                    found[field.canonical] = best[0]
            elif best:
                ambiguous[field.canonical or field.name] = best
        others = {"key", *self.fallback_key} - {self.key_from}
        if not others & {*found, *ambiguous}:
            if self.key_from in found:
                found["key"] = found.pop(self.key_from)
            if self.key_from in ambiguous:
                ambiguous["key"] = ambiguous.pop(self.key_from)
        unknown = [name for name in names if not (name in kinds or name in undecided or _IGNORED.fullmatch(name))]
        return FieldMatch(found, ambiguous, fields, kinds, undecided, unknown)

    def match_classes(self, names: Iterable[str]) -> dict[str, str]:
        """Source columns that stand for a land class ("水田", "0101", "耕地/旱地(亩)") → its code, in source order."""
        found = {}
        for name in names:
            tries = [str(name), *self._narrowest(str(name))]
            codes = [code for code in (_class_of_header(text, self.scheme) for text in tries) if code]
            if codes:
                found[str(name)] = codes[0]
        return found

    def is_total(self, text: str) -> bool:
        """Is this cell the word of a total row or column ("合 计", "总计", "小计:")?"""
        return plain_header(text).endswith(self.totals) if self.totals else False

    def names_layer(self, layer_name: str) -> float:
        """How well a layer's name says that it is of this profile: 1 the name itself, less with additions, 0 not."""
        plain = re.sub(r"[\s_\-.]+", "", squeeze(layer_name)).upper()
        aliases = [re.sub(r"[\s_\-.]+", "", squeeze(alias)).upper() for alias in self.layers]
        if plain in aliases:
            return 1.0
        inside = [
            alias for alias in aliases if alias in plain and (len(alias) >= _SHORTEST_PART or not alias.isascii())
        ]
        longest = max((len(alias) for alias in inside), default=0)
        return 0.8 * min(1.0, 0.5 + longest / max(len(plain), 1) / 2) if longest else 0.0

    def score(self, names: Sequence[str], layer_name: str = "") -> float:
        """How well a source fits, 0 to 1: fields of the profile that it has, its own fields understood, its name."""
        match = self.match_fields(names)
        weights = {column: _KIND_WEIGHT[match.kinds[name]] for column, name in match.found.items()}
        weights.update(dict.fromkeys(match.ambiguous, _KIND_WEIGHT["general"]))
        has = sum(max(weights.get(column, 0.0) for column in group) for group in self.essential)
        classes = self.match_classes(match.unknown) if self.class_columns else {}
        ours = sum(_KIND_WEIGHT[kind] for kind in match.kinds.values()) + 0.8 * len(classes)
        theirs = len(match.kinds) + len(match.undecided) + len(match.unknown)
        return (
            0.5 * has / max(len(self.essential), 1) + 0.2 * ours / max(theirs, 1) + 0.3 * self.names_layer(layer_name)
        )

    @cached_property
    def _exact(self) -> dict[str, Field]:
        return {_upper(field.name): field for field in self.fields}

    @cached_property
    def _aliases(self) -> dict[str, Field]:
        return {_upper(alias): field for field in reversed(self.fields) for alias in (*field.aliases, field.zh)}

    @cached_property
    def _plain(self) -> dict[str, Field]:
        return {plain_header(text): field for text, field in (*self._aliases.items(), *self._exact.items())}

    @cached_property
    def _general(self) -> dict[str, Field]:
        return {plain_header(text): field for field in reversed(self.fields) for text in field.general}

    def _first_of(self, name: str, names: Sequence[str]) -> str:
        """The name that `name` repeats with a number behind, else `name` itself."""
        again = _AGAIN.fullmatch(name)
        if again is None or again["name"] not in names or (again["joined"] and _upper(again["name"]) in self._exact):
            return name
        return again["name"]

    def _recognise(self, name: str) -> tuple[str, list[Field]]:
        if _IGNORED.fullmatch(name.strip()):
            return "", []
        upper = _upper(name)
        for kind, field in (
            ("name", self._exact.get(upper)),
            ("alias", self._aliases.get(upper)),
            ("cleaned", self._plain.get(plain_header(name))),
        ):
            if field:
                return kind, [field]
        for part in self._narrowest(name):
            field = self._plain.get(plain_header(part))
            if field:
                return "part", [field]
        field = self._general.get(plain_header(name))
        return ("general", [field]) if field else ("cut", self._cut(name))

    def _narrowest(self, name: str) -> list[str]:
        """The parts of a joined header that say what it is: the last two as one word, the last, the bracket.

        "保护期/起" is one word, "面积/图斑面积" its last part; words of totals are passed over.
        """
        inside, joined = _parts(name)
        own = [part for part in joined if not self.is_total(part)]
        return ["".join(own[-2:]), *own[-1:], *inside]

    def _cut(self, name: str) -> list[Field]:
        """The fields whose name or alias a DBF could have cut to `name`: ten bytes of GBK or UTF-8."""
        plain = _upper(name)
        fitting = {}
        for alias, field in (*self._aliases.items(), *self._exact.items()):
            if plain and len(plain) < len(alias) and alias.startswith(plain) and _cut_forms(alias, plain):
                fitting[field.name] = field
        return list(fitting.values())


@cache
def profiles(role: str | None = None) -> tuple[Profile, ...]:
    """All profiles, or those of one role, in the order of their ids."""
    found = [_profile(load(f"profiles/{path.name}")) for path in sorted((FOLDER / "profiles").glob("*.json"))]
    return tuple(item for item in found if role in (None, item.role))


def profile(profile_id: str) -> Profile:
    """The profile `profile_id`; KeyError where there is none."""
    return {item.id: item for item in profiles()}[profile_id]


def best_profile(role: str, names: Sequence[str], layer_name: str = "") -> tuple[Profile, float]:
    """The profile of `role` that fits the source's field names and layer name best, and its score 0 to 1.

    KeyError for a role without profiles. Ties go to the later standard; the one that is set for the role comes first.
    """
    candidates = profiles(role)
    if not candidates:
        raise KeyError(role)
    chosen = _chosen(role)
    if chosen is not None:
        return chosen, chosen.score(names, layer_name)
    scored = [(item.score(names, layer_name), item.date, item) for item in candidates]
    best = max(scored, key=lambda entry: entry[:2])
    return best[2], best[0]


def _chosen(role: str) -> Profile | None:
    """The profile that the office has set for a role, None where it leaves the choice to the fields."""
    wanted = preferences().profiles.get(role, "")
    return next((item for item in profiles(role) if item.id == wanted), None)


def guess_role(layer_name: str, field_names: Sequence[str], geometry_type: str = "") -> list[tuple[str, str, float]]:
    """What a source may be: (role, profile id, score) best first, one entry a role, nothing below a score of 0.2.

    `geometry_type` is the name of a geometry type in any of the usual spellings ("MultiPolygonZ", "NoGeometry"), ""
    for not known.
    """
    plain = geometry_type.lower()
    shape = next((shape for word, shape in _SHAPES if word in plain), "")
    best: dict[str, tuple[str, str, float]] = {}
    for item in profiles():
        if shape and shape not in item.geometry:
            continue
        score = round(item.score(field_names, layer_name), 4)
        if score >= 0.2 and score > best.get(item.role, ("", "", 0.0))[2]:
            chosen = _chosen(item.role)
            best[item.role] = (item.role, chosen.id if chosen else item.id, score)
    return sorted(best.values(), key=lambda entry: (-entry[2], entry[0]))


def plain_header(text: str) -> str:
    """A header reduced to its name: upper case, without blanks, brackets, unit, stars or colons."""
    plain = _without_unit(text).upper()
    return plain.strip(_DECORATION)


def _without_unit(text: str) -> str:
    bare = squeeze(text)
    without = _BRACKETS.sub("", bare).strip(_DECORATION) or bare
    return _UNIT_AT_END.sub("", without) or without


def _upper(text: str) -> str:
    return squeeze(text).upper()


def _parts(name: str) -> tuple[list[str], list[str]]:
    """What stands in a header's brackets, and the cells it was joined of: "图斑编号(TBBH)", "耕地/水田", "t.DLBM"."""
    text = fold(name)
    joined = [squeeze(part) for part in _JOINTS.split(_BRACKETS.sub("", text)) if squeeze(part)]
    return [squeeze(part) for part in _BRACKETS.findall(text)], joined


def _class_of_header(text: str, scheme: str) -> str:
    plain = _without_unit(text)
    return class_code(plain, scheme) or class_code(re.sub("(面积|小计|合计)+$", "", plain), scheme)


def _best(sources: list[str], kinds: dict[str, str]) -> list[str]:
    rank = min((KINDS.index(kinds[name]) for name in sources), default=0)
    return [name for name in sources if KINDS.index(kinds[name]) == rank]


def _cut_forms(alias: str, cut: str) -> bool:
    return any(
        cut == alias.encode(encoding, "ignore")[:_DBF_NAME_BYTES].decode(encoding, "ignore")
        for encoding in ("gb18030", "utf-8")
    )


def _profile(entry: dict[str, Any]) -> Profile:
    entry = _frozen(entry)
    fields = tuple(Field(**field) for field in entry["fields"])
    return Profile(**{
        **entry,
        "fields": fields,
        "identities": tuple(Identity(**identity) for identity in entry.get("identities", ())),
        "prefixes": tuple(Prefix(**prefix) for prefix in entry.get("prefixes", ())),
        "namings": tuple(Naming(**naming) for naming in entry.get("namings", ())),
        "conditions": tuple(conditions()[name] for name in entry.get("conditions", ())),
    })  # fmt: skip


@cache
def conditions() -> dict[str, Condition]:
    """All conditions between the fields of a row, by id; profiles name those that they ask for."""
    return {
        name: Condition(
            id=name, **{**entry, "when": tuple(map(_clause, entry["when"])), "then": _clause(entry["then"])}
        )
        for name, entry in load("conditions.json").items()
    }


def _clause(entry: dict[str, Any]) -> Clause:
    return Clause(entry["field"], tuple(entry.get("in", entry.get("not", ()))), "not" in entry)


def _frozen(value: Any) -> Any:
    """JSON with every list a tuple, down to the leaves."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
