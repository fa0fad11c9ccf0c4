"""Which Chinese font a map, a chart or a page is set in: one rule for all of them."""

from __future__ import annotations

from collections.abc import Callable

from redline.core.preferences import preferences

FAMILIES = (
    "Source Han Sans SC", "Source Han Sans CN", "思源黑体", "Noto Sans CJK SC", "Noto Sans SC",
    "Microsoft YaHei", "微软雅黑", "SimSun", "宋体", "SimHei", "黑体",
    "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
)  # fmt: skip
"""Fonts with the character shapes of mainland China, best first. A Japanese or Korean cut of the same font is none."""


def families() -> tuple[str, ...]:
    """The fonts to be tried, in their order: the one that is set comes before FAMILIES."""
    return tuple(dict.fromkeys(filter(None, (preferences().font, *FAMILIES))))


def choose(exists: Callable[[str], bool]) -> str:
    """The first of `families` that `exists`, "" where there is none."""
    return next((family for family in families() if exists(family)), "")
