"""Write docs/rules.md from the rule catalogue: python tools/rules.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from redline.core.catalogue import Rule, rules

TARGET = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
SEVERITY = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}
FAMILIES = {
    "1": "文件与坐标系 Files and CRS",
    "2": "结构与取值 Structure and values",
    "3": "图形 Geometry",
    "4": "拓扑 Topology",
    "5": "面积 Area",
    "6": "四统一·五落实 Four-way consistency, five duties",
    "7": "批与违 Permits and violations",
    "8": "平衡与目标 Balances and targets",
    "9": "网格、巡查、标志 Grid, patrols, signs",
}


def page() -> str:
    """The catalogue as Markdown, Chinese first, by families."""
    parts = [
        "# 规则目录 Rule catalogue",
        "由规则数据生成，勿手工修改。Made from the rule data by `tools/rules.py`; do not edit by hand.",
    ]
    family = ""
    for rule in rules().values():
        if rule.id[1] != family:
            family = rule.id[1]
            parts.append(f"## R{family} {FAMILIES[family]}")
        parts.append(entry(rule))
    return "\n\n".join(parts) + "\n"


def entry(rule: Rule) -> str:
    """One rule: titles, why, how to fix, source."""
    return "\n".join([
        f"### {rule.id} {rule.title['zh']} · {rule.title['en']}",
        "",
        f"- {SEVERITY[rule.severity]}；依据 source: {_both(rule.source)}（可信度 confidence {rule.confidence}）",
        f"- 影响：{rule.why['zh']} *{rule.why['en']}*",
        f"- 整改：{rule.how_to_fix['zh']} *{rule.how_to_fix['en']}*",
    ])  # fmt: skip


def _both(words: Mapping[str, str]) -> str:
    """Words in both languages, once where they are the same."""
    return " · ".join(dict.fromkeys((words["zh"], words["en"])))


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
