"""The files of a report, and the programs that it names."""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from qgis.core import Qgis, QgsProjUtils

from redline.processing.algorithm import language
from redline.processing.paper import write_pdf
from redline.processing.places import write_whole


def write_report(page: str, title: str, files: Mapping[str, str]) -> dict[str, str]:
    """Write the `page` of a report to `files` by output: as it is to REPORT, on paper to REPORT_PDF ("" is not wanted).

    Gives the files written, by output.
    """
    wanted = {name: path for name, path in files.items() if path}
    for name, path in wanted.items():
        if name == "REPORT":
            write_whole(path, lambda draft: draft.write_text(page, encoding="utf-8", errors="replace"), language())
        else:
            write_whole(path, lambda draft: write_pdf(page, draft, title), language())
    return wanted


def versions() -> dict[str, str]:
    """The programs that a result depends on, with their versions."""
    proj = f"{QgsProjUtils.projVersionMajor()}.{QgsProjUtils.projVersionMinor()}"
    return {"QGIS": Qgis.QGIS_VERSION.split("-")[0], "GEOS": shapely.geos_version_string, "PROJ": proj}
