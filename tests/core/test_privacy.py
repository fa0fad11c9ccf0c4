"""Personal numbers in free text."""

from __future__ import annotations

import pytest

from redline.core.privacy import mask

# The example number of GB 11643-1999 itself.
IDENTITY = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"责任人证件{IDENTITY}。", "责任人证件110105********002X。"),
        (f"责任人证件{IDENTITY.lower()}", "责任人证件110105********002x"),
        ("电话13812345678，", "电话138****5678，"),
        ("110105194912310021 is no identity number: its check digit is wrong", None),
        ("图斑990101001001000012", None),
        ("面积13812345678.25平方米", None),
        ("a longer code 6113812345678", None),
    ],
)
def test_masks_personal_numbers_only(text: str, masked: str | None) -> None:
    assert mask(text) == (text if masked is None else masked)


def test_keeps_the_key_itself() -> None:
    assert mask("图斑13060110001：电话13812345678。", "13060110001") == "图斑13060110001：电话138****5678。"
    assert mask("图斑13060110001", "") == "图斑130****0001"
