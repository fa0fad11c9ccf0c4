"""Masking of personal numbers and addresses, in their own fields and in free text."""

from __future__ import annotations

import re

# 18 digits with a day of birth in the middle and a check character (GB 11643-1999); mobile numbers of 11 digits.
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-9]\d{5})((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(\d{3}[\dXx])(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])(1[3-9]\d)(\d{4})(\d{4})(?![0-9A-Za-z.])")
_PERSONAL = frozenset({"person_id", "phone", "address"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def mask(text: str, key: str = "") -> str:
    """`text` with identity-card numbers as 610821********1234 and mobile numbers as 138****5678.

    Only numbers whose check character is right are taken for identity cards, so that plot numbers of 18 digits stay;
    a number that is the `key` itself stays as well.
    """
    text = _IDENTITY.sub(lambda m: f"{m[1]}********{m[3]}" if m[0] != key and _is_identity(m[0]) else m[0], text)
    return _MOBILE.sub(lambda m: m[0] if m[0] == key else f"{m[1]}****{m[3]}", text)


def conceal(column: str, value: str) -> str:
    """`value` of a canonical column as it may be printed: of personal numbers and addresses only how they begin."""
    return f"{value[:3]}***" if value and column in _PERSONAL else value


def _is_identity(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS))
    return _CHECKS[total % 11] == number[17].upper()
