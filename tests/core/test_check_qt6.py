"""The look-up of Qt 6 names finds planted faults, against a small stand-in for PyQt6 and the real one where it is."""

from __future__ import annotations

import ast
import enum
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "check_qt6.py"
REAL = ROOT / ".cache" / "qt6" / "bin" / "python"


class AlignmentFlag(enum.Flag):
    AlignLeft = 1


class Kind(enum.Enum):
    QString = 10


class LikeSip(type):
    """Lists a member variable of C++ that only objects have."""

    def __dir__(cls) -> list[str]:
        return ["palette", *super().__dir__()]


class PaintContext(metaclass=LikeSip):
    pass


def stand_in(name: str) -> ModuleType | None:
    """So much of PyQt6 as the sources below use."""
    dialog = type("QDialog", (), {"exec": None, "setWindowTitle": None})
    contents: dict[str, dict[str, Any]] = {
        "QtCore": {
            "Qt": type("Qt", (), {"AlignmentFlag": AlignmentFlag}), "QMetaType": type("QMetaType", (), {"Type": Kind}),
            "QVariant": type("QVariant", (), {}), "QRegularExpression": type("QRegularExpression", (), {}),
        },
        "QtGui": {
            "QAbstractTextDocumentLayout": type("QAbstractTextDocumentLayout", (), {"PaintContext": PaintContext}),
            "QAction": type("QAction", (), {}), "QFontMetrics": type("QFontMetrics", (), {"horizontalAdvance": None}),
        },
        "QtWidgets": {"QDialog": dialog},
    }  # fmt: skip
    if name not in contents:
        return None
    module = ModuleType(f"PyQt6.{name}")
    vars(module).update(contents[name])
    return module


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("check_qt6", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAULTS = {
    "from qgis.PyQt.QtCore import QRegExp": "QtCore.QRegExp",
    "from qgis.PyQt.QtWebKit import QWebView": "no module QtWebKit",
    "from qgis.PyQt import QtWebKit": "no module QtWebKit",
    "from qgis.PyQt.QtCore import *": "star import",
    "from qgis.PyQt.QtGui import QAction": "QtWidgets only",
    "from qgis.PyQt.QtCore import Qt\nx = Qt.AlignLeft": "use Qt.AlignmentFlag.AlignLeft",
    "from qgis.PyQt.QtCore import Qt\nx = Qt.AlignmentFlag.AlignMiddle": "Qt.AlignmentFlag.AlignMiddle",
    "from qgis.PyQt.QtCore import Qt\nx = getattr(Qt, 'AlignLeft')": "Qt.AlignLeft",
    "from qgis.PyQt.QtCore import Qt as T\ndef f(a: int = T.AlignLeft): pass": "T.AlignLeft",
    "from qgis.PyQt import QtCore\nx = QtCore.Qt.AlignLeft": "QtCore.Qt.AlignLeft",
    "import qgis.PyQt.QtCore as C\nx = C.QRegExp": "C.QRegExp",
    "def f():\n    from qgis.PyQt.QtCore import Qt\n    return Qt.AlignLeft": "Qt.AlignLeft",
    "from qgis.PyQt.QtCore import QVariant\nx = QVariant.Int": "QVariant.Int",
    "from qgis.PyQt.QtGui import QFontMetrics\ndef f(m: QFontMetrics):\n    return m.width('a')": "m.width",
    "from qgis.PyQt.QtWidgets import QDialog\ndef f():\n    d = QDialog()\n    d.setMargin(1)": "d.setMargin",
    "def f(dialog):\n    dialog.exec_()": ".exec",
    "import PyQt5.QtCore": "qgis.PyQt",
    "from PyQt5.QtCore import Qt": "qgis.PyQt",
    "from PyQt6 import QtCore": "qgis.PyQt",
    "import importlib\nimportlib.import_module('PyQt5.QtCore')": "qgis.PyQt",
    "import sip": "qgis.PyQt",
    "from . import resources_rc": "compiled resources",
    "import redline.resources_rc": "compiled resources",
    "def qInitResources(): pass": "compiled resources",
}
CLEAN = [
    "from qgis.PyQt.QtCore import Qt\nx = Qt.AlignmentFlag.AlignLeft.value",
    "from qgis.PyQt.QtCore import NULL, QVariant\nx = QVariant.Type.Int",
    "from qgis.PyQt.QtWidgets import QAction\nfrom qgis.PyQt import QtWidgets\nx = QtWidgets.QAction",
    "from qgis.PyQt.QtCore import QMetaType\nx = getattr(QMetaType.Type, 'QString')",
    "from qgis.PyQt.QtCore import Qt\nx = getattr(Qt, 'AlignLeft', None)",
    "from qgis.PyQt.QtWidgets import QDialog\ndef f():\n    d = QDialog()\n    d.exec()\n    d = other()\n    d.own()",
    "from qgis.PyQt.QtCore import Qt\ndef f(Qt):\n    return Qt.AlignLeft",
    "from qgis.PyQt.QtWidgets import QDialog\nclass Own(QDialog):\n    def f(self):\n        self.own()",
    "from qgis.PyQt.QtGui import QAbstractTextDocumentLayout as L\ndef f():\n    c = L.PaintContext()\n    c.palette",
    "from qgis.core import QgsField\nx = QgsField.anything",
]


@pytest.mark.parametrize("source", FAULTS)
def test_planted_faults_are_found(tool: Any, source: str) -> None:
    found = tool.faults(source, stand_in)
    assert len(found) == 1
    line, words = found[0]
    assert FAULTS[source] in words
    assert 1 <= line <= source.count("\n") + 1


@pytest.mark.parametrize("source", CLEAN)
def test_what_qt_6_has_is_not_told(tool: Any, source: str) -> None:
    assert tool.faults(source, stand_in) == []


def test_every_fault_of_a_source_by_line(tool: Any) -> None:
    source = "from qgis.PyQt.QtCore import Qt\nx = [Qt.AlignLeft,\n     Qt.Left]\nx.exec_()"
    assert [line for line, _ in tool.faults(source, stand_in)] == [2, 3, 4]


def test_files_are_named_below_the_root(tool: Any, tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    file = tmp_path / "ui" / "窗口.py"
    file.write_text("标题 = '图斑'\n标题.exec_()\n", encoding="utf-8")
    assert tool.check([file], tmp_path) == ["ui/窗口.py:2 .exec_: use .exec"]


@pytest.mark.skipif(not (ROOT / ".cache" / "qt6" / "made-for").exists(), reason="no PyQt6 here (./dev lint gets it)")
def test_the_same_with_the_real_pyqt6() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import check_qt6; print(check_qt6.faults(sys.argv[2]))"

    def found(source: str) -> list[tuple[int, str]]:
        command = [str(REAL), "-c", code, str(SCRIPT.parent), source]
        return ast.literal_eval(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    assert found("\n".join(source for source in CLEAN if "self" not in source)) == []
    every = found("\n".join(source for source in FAULTS if "*" not in source))
    for words in (words for source, words in FAULTS.items() if "*" not in source):
        assert any(words in told for _, told in every)


def test_the_script_needs_pyqt6() -> None:
    if importlib.util.find_spec("PyQt6"):
        pytest.skip("this Python has PyQt6")
    done = subprocess.run([sys.executable, str(SCRIPT)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "PyQt6 is missing" in done.stderr
