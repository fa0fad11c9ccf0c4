"""Redline's place in QGIS's window: menu, toolbar, keys. What is heavy is made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication, QgsGeometry, QgsProject, QgsReferencedGeometry, QgsSettings
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QToolBar

from redline.processing.algorithm import RESOURCES, can_execute, tr

if TYPE_CHECKING:
    from redline.processing.roles import Holder
    from redline.ui.guide import Guide
    from redline.ui.locator import PlotFilter
    from redline.ui.options import OptionsFactory
    from redline.ui.panel import Panel
    from redline.ui.sketch import Sketch

MENU = "Redline 耕地红线"
_OPEN = "redline/panel/open"


class Desk(QObject):
    """Puts Redline into a QGIS window, and takes all of it out again with `leave`."""

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self.actions: dict[str, QAction] = {}
        self._keys: list[QAction] = []
        self.toolbar: QToolBar | None = None
        self.panel: Panel | None = None
        self.sketch: Sketch | None = None
        self.guide: Guide | None = None
        self._options: OptionsFactory | None = None
        self._locator: PlotFilter | None = None

    def enter(self) -> None:
        """Add menu, toolbar and keys."""
        self.toolbar = self._iface.addToolBar(MENU)
        self.toolbar.setObjectName("RedlineToolBar")
        theme = QgsApplication.getThemeIcon
        for name, icon, title, does, shown in (
            ("panel", _icon("redline"), tr("Redline panel"), self.toggle_panel, True),
            ("audit", _icon("fourwaycheck"), tr("Run the county audit"), self.open_run, True),
            ("atlas", _icon("atlas"), tr("Print an atlas…"), lambda: self._open_dialog("redline:atlas", {}), True),
            ("site", _icon("siteprecheck"), tr("Pre-check a site: draw a polygon"), self.draw_site, True),
            ("demo", theme("/mIconFolderOpen.svg"), tr("Open the demo county"), self.open_demo, False),
            ("settings", theme("/mActionOptions.svg"), tr("Settings of Redline…"), self.open_settings, False),
            ("help", theme("/mActionHelpContents.svg"), tr("Guide to Redline"), self.open_help, False),
        ):
            action = self._action(name, icon, title, does)
            self._iface.addPluginToVectorMenu(MENU, action)
            if shown:
                self.toolbar.addAction(action)
        self.actions["panel"].setCheckable(True)
        for name, title, key, does in (
            ("next", tr("Next finding"), "Ctrl+Alt+Down", lambda: self._findings().next()),
            ("previous", tr("Previous finding"), "Ctrl+Alt+Up", lambda: self._findings().previous()),
            ("confirm", tr("Confirm the selected findings"), "Ctrl+Alt+1", self._status("confirmed")),
            ("waive", tr("Waive the selected findings"), "Ctrl+Alt+2", self._status("waived")),
            ("fix", tr("Mark the selected findings as fixed"), "Ctrl+Alt+3", self._status("fixed")),
            ("reopen", tr("Open the selected findings again"), "Ctrl+Alt+0", self._status("open")),
        ):
            action = self._action(name, QIcon(), title, does)
            # QGIS's own list of keys, where users can choose others.
            self._iface.registerMainWindowAction(action, key)
            self._keys.append(action)
        from redline.ui.locator import PlotFilter, choose_prefix
        from redline.ui.options import OptionsFactory

        self._options = OptionsFactory(lambda: self.open_help("settings"))
        self._iface.registerOptionsWidgetFactory(self._options)
        choose_prefix()
        self._locator = PlotFilter(self._holders, self._go_to)
        self._iface.registerLocatorFilter(self._locator)
        if QgsSettings().value(_OPEN, False, type=bool):
            self._iface.initializationCompleted.connect(self.show_panel)

    def leave(self) -> None:
        """Take everything out of the window."""
        if self.panel is not None:
            self.panel.leave()
            self._iface.removeDockWidget(self.panel)
            self.panel.deleteLater()
            self.panel = None
        if self._locator is not None:
            from redline.ui.locator import forget_prefix

            self._iface.deregisterLocatorFilter(self._locator)
            self._locator = None
            forget_prefix()
        if self._options is not None:
            self._iface.unregisterOptionsWidgetFactory(self._options)
            self._options = None
        if self.sketch is not None:
            self.sketch.remove()
            self.sketch = None
        if self.guide is not None:
            self.guide.deleteLater()
            self.guide = None
        for action in self._keys:
            self._iface.unregisterMainWindowAction(action)
        for name, action in self.actions.items():
            if action not in self._keys:
                self._iface.removePluginVectorMenu(MENU, action)
            action.setObjectName(f"redline_gone_{name}")
            action.deleteLater()
        self.actions, self._keys = {}, []
        if self.toolbar is not None:
            self.toolbar.deleteLater()
            self.toolbar = None

    # What the actions do

    def show_panel(self) -> bool:
        """Show the panel, made now where it was not yet; False where a library that it needs is missing."""
        if self.panel is None:
            able, why = can_execute()
            if not able:
                self._iface.messageBar().pushWarning(tr("Redline"), why)
                return False
            from redline.ui.panel import Panel

            self.panel = Panel(self._iface)
            self.panel.visibilityChanged.connect(self._panel_seen)
            self.panel.help_wanted.connect(self.open_help)
            window = self._iface.mainWindow()
            # Where it was when QGIS was last closed; the first time on the right.
            if not window.restoreDockWidget(self.panel):
                self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.panel)
        self.panel.setUserVisible(True)
        return True

    def toggle_panel(self) -> None:
        """Show the panel, or hide it where it is seen."""
        if self.panel is not None and self.panel.isUserVisible():
            self.panel.setUserVisible(False)
            QgsSettings().setValue(_OPEN, False)
        else:
            self.show_panel()

    def open_run(self) -> None:
        """Show where the audit is run."""
        if self.show_panel() and self.panel is not None:
            self.panel.show_tab(self.panel.run)

    def open_demo(self) -> None:
        """Open the demo county."""
        if self.show_panel() and self.panel is not None:
            self.panel.open_demo()

    def draw_site(self) -> None:
        """Let the user draw a site on the map, and offer to check it."""
        from redline.ui.sketch import Sketch

        canvas = self._iface.mapCanvas()
        if canvas.mapSettings().destinationCrs().isValid():
            if self.sketch is None:
                self.sketch = Sketch(canvas, self._check_site)
            canvas.setMapTool(self.sketch)
            self._iface.messageBar().pushInfo(
                tr("Redline"), tr("Click the corners of the site; a right click ends it, Escape gives up.")
            )
        else:
            self._iface.messageBar().pushWarning(
                tr("Redline"), tr("The project has no coordinate system: choose the one of your layers, then draw.")
            )

    def open_settings(self) -> None:
        """Show Redline's page of QGIS's options."""
        from redline.ui.options import PAGE

        self._iface.showOptionsDialog(self._iface.mainWindow(), PAGE)

    def open_help(self, place: str = "") -> None:
        """Show the user guide, at a place of it ("settings")."""
        from redline.ui.guide import Guide

        if self.guide is None:
            self.guide = Guide(self._iface.mainWindow())
        self.guide.turn_to(place)
        self.guide.show()
        self.guide.raise_()

    def _holders(self) -> list[Holder]:
        """The layers that hold plots and units: those chosen in the panel, else what they are taken for."""
        from redline.processing.roles import holders
        from redline.ui.locator import WANTED

        chosen = self.panel.sources.inventory.chosen if self.panel is not None else {}
        decided = {role: [one.id for one in chosen[role]] for role in WANTED if role in chosen}
        return holders(QgsProject.instance().mapLayers().values(), WANTED, decided)

    def _go_to(self, shape: QgsReferencedGeometry) -> None:
        """Show a plot or a village that was looked up."""
        from redline.ui.spotlight import go_to

        go_to(self._iface.mapCanvas(), shape, shape.crs())

    def _check_site(self, shape: QgsGeometry) -> None:
        from redline.ui.sketch import layer_of

        crs = self._iface.mapCanvas().mapSettings().destinationCrs()
        layer = QgsProject.instance().addMapLayer(layer_of(shape, tr("Site"), crs.authid() or crs.toWkt()))
        self._open_dialog("redline:siteprecheck", {"SITE": layer.id()})

    def _open_dialog(self, algorithm: str, parameters: dict[str, object]) -> None:
        import processing

        processing.execAlgorithmDialog(algorithm, parameters)

    def _status(self, status: str) -> Callable[[], None]:
        return lambda: self._findings().set_status(status)

    def _findings(self) -> Any:
        """The findings tab, or one that does nothing where no panel is open."""
        return self.panel.findings if self.panel is not None else _Nothing()

    def _panel_seen(self, _visible: bool) -> None:
        if self.panel is not None and "panel" in self.actions:
            seen = self.panel.isUserVisible()
            self.actions["panel"].setChecked(seen)
            if seen:
                QgsSettings().setValue(_OPEN, True)

    def _action(self, name: str, icon: QIcon, title: str, does: Callable[[], object]) -> QAction:
        action = QAction(icon, title, self._iface.mainWindow())
        action.setObjectName(f"redline_{name}")
        action.triggered.connect(lambda _checked=False: does())
        self.actions[name] = action
        return action


class _Nothing:
    """Takes every call and does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_given: None


def _icon(name: str) -> QIcon:
    return QIcon(str(RESOURCES / "icons" / f"{name}.svg"))
