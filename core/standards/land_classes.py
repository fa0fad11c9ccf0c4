"""Land classes (地类). The same digits mean different things, so every code is asked for with its scheme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from redline.core.standards._files import load
from redline.core.text import is_missing, squeeze

if TYPE_CHECKING:
    import pandas as pd

_CODE_AND_NAME = re.compile(r"(?P<code>\d{1,4}[A-Z]?\d?[A-Z]?)[-_/:.、]?\(?(?P<name>[^\x00-\x7f][^()]*)\)?")
_NAME_AND_CODE = re.compile(r"(?P<name>[^\x00-\x7f][^()]*?)[-_/:]?\(?(?P<code>\d{2,4}[A-Z]?\d?[A-Z]?)\)?")


@dataclass(frozen=True)
class LandClass:
    """A class of land of one scheme. `big` is agricultural, construction, unused or "" (三大类).

    `convertible`: 可调整, farm land that counts as restorable to cultivated land.
    """

    scheme: str
    code: str
    zh: str
    en: str
    big: str = ""
    convertible: bool = False

    @property
    def title(self) -> dict[str, str]:
        """Its name: dict en, zh."""
        return {"en": self.en, "zh": self.zh}


@cache
def schemes() -> tuple[str, ...]:
    """Ids of the schemes: gbt21010-2017, sandiao, guide2023, erdiao."""
    return tuple(load("land_classes.json")["schemes"])


def scheme_title(scheme: str) -> dict[str, str]:
    """What a scheme is called: dict en, zh. KeyError for an unknown one."""
    return dict(load("land_classes.json")["schemes"][scheme]["title"])


@cache
def land_classes(scheme: str) -> dict[str, LandClass]:
    """All classes of a scheme by code; KeyError for an unknown scheme."""
    entry = load("land_classes.json")["schemes"][scheme]
    big = {code: group for group, codes in entry.get("big", {}).items() for code in codes}
    found = {
        code: LandClass(scheme, code, names["zh"], names["en"], big.get(code, ""))
        for code, names in entry["classes"].items()
    }
    for code in entry.get("convertible", ()):
        base = found[code]
        found[code + "K"] = LandClass(
            scheme, code + "K", "可调整" + base.zh, "convertible " + base.en, base.big, convertible=True
        )
    return found


def land_class(code_or_name: str, scheme: str) -> LandClass | None:
    """The class that a code or Chinese name stands for in a scheme, None where there is none."""
    return land_classes(scheme).get(class_code(code_or_name, scheme)) if scheme else None


@cache
def class_code(text: str, scheme: str) -> str:
    """The code that a cell says: "0101", "101", "水田", "水田(0101)", "0101 水田"; "" for nothing or nonsense.

    Where code and name contradict each other the cell is nonsense.
    """
    if not scheme:
        return ""
    plain = squeeze(text).upper()
    direct = _code(plain, scheme) or _names(scheme).get(plain, "")
    if direct:
        return direct
    match = _CODE_AND_NAME.fullmatch(plain) or _NAME_AND_CODE.fullmatch(plain)
    if not match:
        return ""
    code = _code(match["code"], scheme)
    return code if code and _names(scheme).get(match["name"]) == code else ""


def class_codes(column: pd.Series, scheme: str) -> tuple[pd.Series, pd.Series]:
    """Codes of a column of codes or names ("" where none), and the mask of cells that say something unknown."""
    # Thresholds are asked for while QGIS starts, where pandas may be missing.
    import numpy as np
    import pandas as pd

    places, distinct = pd.factorize(column.to_numpy(dtype=object))
    texts = ["" if text is None else _cell(text) for text in distinct]
    codes = np.array([*(class_code(text, scheme) for text in texts), ""], dtype=object)
    unknown = np.array(
        [*(not code and not is_missing(squeeze(text)) for code, text in zip(codes, texts)), False], dtype=bool
    )
    return pd.Series(codes[places], index=column.index), pd.Series(unknown[places], index=column.index)


def translate_class(code: str, scheme: str, into: str) -> str:
    """The code's counterpart in another scheme, "" where none is known or the scheme has no table for it."""
    if scheme == into:
        return code if code in land_classes(scheme) else ""
    return str(load("land_classes.json")["translations"].get(f"{scheme}>{into}", {}).get(code, ""))


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _code(plain: str, scheme: str) -> str:
    """The code with the zero that a number loses: "101" is 0101, and "11" rather 011 than 11 水域 where both exist."""
    known = land_classes(scheme)
    forms = ("0" + plain, plain) if len(plain) <= 2 else (plain, "0" + plain)
    return next((code for code in forms if code in known), "")


@cache
def _names(scheme: str) -> dict[str, str]:
    """Chinese names (and other ways to write them) → code; a name of two classes belongs to the finer one."""
    entry = load("land_classes.json")["schemes"][scheme]
    names = {
        squeeze(item.zh).upper(): code
        for code, item in sorted(land_classes(scheme).items(), key=lambda pair: len(pair[0]))
    }
    names.update({squeeze(alias).upper(): code for alias, code in entry.get("aliases", {}).items()})
    return names
