"""Bring the texts of the code into a Qt translation file (.ts), keeping what has been translated.

A text is the literal first argument of tr(…), or the second of translate("Redline", …) and QT_TRANSLATE_NOOP.
All are in the one context Redline, so that a text means the same wherever it stands.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = "Redline"
POSITION = {"tr": 0, "translate": 1, "QT_TRANSLATE_NOOP": 1}


def code_files() -> list[Path]:
    """Return the files that may hold texts: core has its own, in both languages, in its catalogue."""
    return [ROOT / "plugin.py", *sorted(ROOT.glob("processing/**/*.py")), *sorted(ROOT.glob("ui/**/*.py"))]


def translated_calls(file: Path) -> Iterator[ast.expr]:
    """Yield the expression to be translated of every translating call in a file, in the order of the lines."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        position = POSITION.get(name, len(call.args))
        # A painter's translate has no context, and is none of ours.
        if position < len(call.args) and all(getattr(arg, "value", None) == CONTEXT for arg in call.args[:position]):
            yield call.args[position]


def texts() -> dict[str, list[str]]:
    """Return every text with the files it stands in."""
    found: dict[str, list[str]] = {}
    for file in code_files():
        for argument in translated_calls(file):
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                files = found.setdefault(argument.value, [])
                name = file.relative_to(ROOT).as_posix()
                files += [name] if name not in files else []
    return found


def translations(file: Path) -> dict[str, str]:
    """Return the texts of a .ts file with their translations, "" where one is unfinished."""
    found = {}
    for message in ElementTree.parse(file).iter("message"):
        translation = message.find("translation")
        finished = translation is not None and translation.get("type") is None
        found[message.findtext("source", "")] = (translation.text or "") if finished and translation is not None else ""
    return found


def write(file: Path, sources: dict[str, list[str]], known: dict[str, str]) -> None:
    """Write a .ts file with the texts in the order given."""
    top = ElementTree.Element("TS", version="2.1", language=file.stem.split("_", 1)[1], sourcelanguage="en")
    context = ElementTree.SubElement(top, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for source, files in sources.items():
        message = ElementTree.SubElement(context, "message")
        for name in files:
            ElementTree.SubElement(message, "location", filename=f"../../{name}")
        ElementTree.SubElement(message, "source").text = source
        translation = ElementTree.SubElement(message, "translation")
        translation.text = known.get(source) or None
        if not translation.text:
            translation.set("type", "unfinished")
    ElementTree.indent(top)
    body = ElementTree.tostring(top, encoding="unicode")
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    before = translations(target) if target.exists() else {}
    write(target, texts(), before)
    after = translations(target)
    print(f"{len(after)} texts, {sum(not text for text in after.values())} not yet translated, "
          f"{len(set(before) - set(after))} gone")  # fmt: skip
