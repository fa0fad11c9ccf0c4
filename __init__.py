"""Redline (耕地红线): proves that a county's permanent basic farmland is what its papers say it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redline.plugin import RedlinePlugin


def classFactory(iface: Any) -> RedlinePlugin:
    """Return the plugin object; QGIS calls this with its interface, qgis_process with None."""
    from redline.plugin import RedlinePlugin

    return RedlinePlugin(iface)
