"""Writes the styles of printed maps, resources/styles/print: `PYTHONPATH=.cache/path python tools/print_styles.py`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The attributes of the XML in the same order every time.
os.environ["QT_HASH_SEED"] = "0"

from qgis.core import QgsApplication, QgsVectorLayer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "styles" / "print"
FIELDS = "&".join(f"field={name}:string" for name in (
    "page", "key", "number", "name", "unit", "mu", "class", "level", "kind", "person", "piece", "tint",
)) + "&field=area:double&field=whole:boolean"  # fmt: skip
POINTS, LINES = ("corner", "sign"), ("line", "block", "border")


def written(kind: str) -> str:
    """The style of a kind of layer as XML, without what QGIS adds of the layer it was made on."""
    from qgis.core import QgsMapLayer, QgsReadWriteContext
    from qgis.PyQt.QtXml import QDomDocument

    from redline.processing.maps.symbols import give

    shape = "Point" if kind in POINTS else "LineString" if kind in LINES else "Polygon"
    layer = QgsVectorLayer(f"{shape}?crs=EPSG:4525&{FIELDS}", kind, "memory")
    give(layer, kind)
    document = QDomDocument()
    categories = QgsMapLayer.StyleCategory.Symbology | QgsMapLayer.StyleCategory.Labeling
    fault = layer.exportNamedStyle(document, QgsReadWriteContext(), categories)
    if fault:
        sys.exit(fault)
    return str(document.toString(1))


def main() -> None:
    from redline.processing.maps.symbols import RENDERERS
    from redline.tools.layouts import stable

    application = QgsApplication([], True)
    application.initQgis()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in RENDERERS:
        (FOLDER / f"{kind}.qml").write_text(stable(written(kind)), encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
