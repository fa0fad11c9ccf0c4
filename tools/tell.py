"""Tell on the terminal what an audit by qgis_process found, or in one sentence why it failed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FILES = (("RESULTS", "结果数据 results"), ("REPORT", "核查报告 report"), ("REPORT_PDF", "报告打印 PDF"),
         ("WORKBOOK", "法定表册 workbook"))  # fmt: skip
NOISE = ("DeprecationWarning", "setapi()", "QStandardPaths", "^", "Traceback", "Exiting", "Aborted")


def tell_result(answer: Path) -> None:
    """Print the summary and the files of a qgis_process answer (JSON); ValueError where it is none."""
    results = json.loads(answer.read_text(encoding="utf-8"))["results"]
    print()
    print(results["SUMMARY"])
    print()
    for name, title in FILES:
        file = results.get(name)
        if file and Path(file).is_file():
            print(f"  {title}: {os.path.relpath(file)}")
    print()


def last_error(log: Path) -> str:
    """Return the line of a log that most likely says what went wrong."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    told = [line for line in lines if line and not any(word in line for word in NOISE)]
    return told[-1] if told else "QGIS ended without a word"


if __name__ == "__main__":
    what, file = sys.argv[1], Path(sys.argv[2])
    if what == "error":
        print(last_error(file))
    else:
        try:
            tell_result(file)
        except (ValueError, KeyError) as error:
            sys.exit(f"unreadable answer of qgis_process: {error}")
