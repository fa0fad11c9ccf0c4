"""The plugin object: starts without a desktop and without its libraries, and can be unloaded at any point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTranslator
from qgis.PyQt.QtWidgets import QAction, QWidget

from redline import classFactory, plugin
from redline.processing.algorithm import tr

WITHOUT_LIBRARIES = """
import sys
sys.path.insert(0, sys.argv[1])

class Blocked:
    names = {"numpy", "pandas", "shapely", "matplotlib"}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)

sys.meta_path.insert(0, Blocked())
from qgis.core import QgsApplication
app = QgsApplication([], False)
app.initQgis()
from redline import classFactory
door = classFactory(None)
door.initProcessing()
for algorithm in QgsApplication.processingRegistry().providerById("redline").algorithms():
    able, reason = algorithm.canExecute()
    print(algorithm.name(), able, reason, sep="|")
sys.stdout.flush()
import os
os._exit(0)
"""


@pytest.fixture
def iface(qgis_app: QgsApplication) -> MagicMock:
    """A desktop that notes what is put into it."""
    desktop = MagicMock()
    desktop.window = QWidget()
    desktop.mainWindow.return_value = desktop.window
    return desktop


def registered() -> bool:
    return QgsApplication.processingRegistry().providerById("redline") is not None


def test_loads_and_unloads_without_a_desktop(qgis_processing: None) -> None:
    door = classFactory(None)
    door.initGui()
    assert registered()
    door.unload()
    assert not registered()
    door.unload()


def test_puts_its_actions_into_the_desktop_and_takes_them_out(qgis_processing: None, iface: MagicMock) -> None:
    door = classFactory(iface)
    door.initGui()
    added = [call.args for call in iface.addPluginToVectorMenu.call_args_list]
    assert [action.objectName() for _, action in added] == [
        f"redline_{name}" for name in ("panel", "audit", "atlas", "site", "demo", "settings", "help")
    ]
    assert all(isinstance(action, QAction) and not action.icon().isNull() for _, action in added)
    keys = [call.args for call in iface.registerMainWindowAction.call_args_list]
    assert len({key for _, key in keys}) == len(keys) == 6
    door.unload()
    assert [call.args for call in iface.removePluginVectorMenu.call_args_list] == added
    assert iface.unregisterMainWindowAction.call_count == len(keys)
    assert not registered()


def test_unloads_after_half_a_start(
    qgis_processing: None, iface: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    iface.addPluginToVectorMenu.side_effect = RuntimeError("no menu")
    door = classFactory(iface)
    with pytest.raises(RuntimeError, match="no menu"):
        door.initGui()
    door.unload()
    assert not registered()
    classFactory(iface).unload()


def test_unloads_when_qgis_has_deleted_the_provider(qgis_processing: None) -> None:
    door = classFactory(None)
    door.initProcessing()
    QgsApplication.processingRegistry().removeProvider("redline")
    door.unload()


def test_speaks_the_language_of_qgis(qgis_processing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin.QgsApplication, "locale", lambda: "zh-Hans")
    door = classFactory(None)
    door.initProcessing()
    assert isinstance(door.translator, QTranslator)
    assert tr("County audit") == "县级核查"
    door.unload()
    assert tr("County audit") == "County audit"


def test_without_its_libraries_every_algorithm_is_there_and_says_what_is_missing(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBRARIES, str(root / ".cache" / "path")],
        env={**os.environ, "PYTHONPATH": ""}, cwd=root / ".cache", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    algorithms = [line.split("|") for line in done.stdout.splitlines()]
    assert {"countyaudit", "ellipsoidalarea", "fiveduties", "fourwaycheck"} <= {name for name, _, _ in algorithms}
    for name, able, reason in algorithms:
        assert able == "False", name
        assert "pandas" in reason
