"""Puts the layouts of an atlas, with the layers that they draw, into the user's project."""

from __future__ import annotations

from qgis.core import QgsPrintLayout, QgsProject, QgsReadWriteContext
from qgis.PyQt.QtXml import QDomDocument

from redline.processing.maps.press import Press


def keep(press: Press, work: QgsProject, project: QgsProject) -> list[str]:
    """Move layers and layouts of a press to a project, called by the title of the atlas; the names that the layouts
    have there. A side of the page that no page has leaves no layout.

    The layers stand in a group of their own, unseen on the canvas; legends show from now on what is on the map by
    QGIS's own filter, as the atlas no longer does it.
    """
    press.complete()
    name = press.atlas.title
    group = project.layerTreeRoot().insertGroup(0, name)
    documents = []
    for side in press.sides:
        layout = press.layouts[side]
        document = QDomDocument()
        document.appendChild(layout.writeXml(document, QgsReadWriteContext()))
        documents.append(document)
    for layer in press.kept:
        taken = work.takeMapLayer(layer)
        project.addMapLayer(taken, False)
        group.addLayer(taken).setItemVisibilityChecked(False)
    group.setExpanded(False)
    manager = project.layoutManager()
    names = []
    for document in documents:
        layout = QgsPrintLayout(project)
        layout.readXml(document.documentElement(), document, QgsReadWriteContext())
        layout.setName(_free(name, {one.name() for one in manager.layouts()}))
        legend = layout.itemById("legend")
        if legend is not None and hasattr(legend, "setLegendFilterByMapEnabled"):
            legend.setLegendFilterByMapEnabled(True)
        names.append(layout.name())
        manager.addLayout(layout)
    return names


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found
