"""What stands on the pages of a map atlas: features, scales, tables and drawn layers. Nothing here knows QGIS."""

from redline.core.atlas.contents import Atlas, Column, Settings, Table
from redline.core.atlas.make import KINDS, make

__all__ = ["KINDS", "Atlas", "Column", "Settings", "Table", "make"]
