"""Check that the data files that the plugin carries can be read: JSON, XML (styles, layouts, texts), UTF-8."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

from shipped import ROOT, shipped

JSON = (".json", ".geojson", ".qgs_json")
XML = (".ts", ".qml", ".qpt", ".svg", ".model3", ".sld")
TEXT = (".py", ".md", ".txt", ".html", ".css")


def no_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs as a dict; ValueError where a key comes twice, of which json would keep the last silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"key twice: {next(name for name in names if names.count(name) > 1)}")
    return found


def fault(file: Path) -> str | None:
    """Return why a file cannot be read, None if it can."""
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix in JSON:
            json.loads(text, object_pairs_hook=no_twice)
        elif file.suffix in XML:
            ElementTree.fromstring(text)
    except (ValueError, ElementTree.ParseError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    # The demo's files are as untidy as an office's, on purpose.
    files = [file for file in shipped(*JSON, *XML, *TEXT) if "demo" not in file.relative_to(ROOT).parts]
    faults = [f"{file.relative_to(ROOT)}: {why}" for file in files if (why := fault(file))]
    sys.exit("\n".join(faults) or 0)
