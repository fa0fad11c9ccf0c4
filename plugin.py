"""The plugin object: puts the Processing provider, the translation and the desk into QGIS, and takes them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTimer, QTranslator

if TYPE_CHECKING:
    from redline.processing.expressions import Functions
    from redline.processing.provider import RedlineProvider
    from redline.ui.desk import Desk

RESOURCES = Path(__file__).parent / "resources"
PROVIDER_ID = "redline"


def translation_file(locale: str | None) -> Path | None:
    """Return the compiled translation for a QGIS locale such as zh_CN, zh-Hans or de_AT; None where there is none."""
    name = (locale or "").replace("-", "_")
    language = name.split("_")[0]
    # QGIS calls simplified Chinese zh_CN, zh-Hans or zh, by version and platform.
    for suffix in (name, "zh_CN" if language == "zh" else language):
        file = RESOURCES / "translations" / f"redline_{suffix}.qm"
        if suffix and file.is_file():
            return file
    return None


class RedlinePlugin:
    """What QGIS loads and unloads; every part may be missing, so that a start that failed half-way can be undone."""

    def __init__(self, iface: Any = None) -> None:
        self.iface = iface
        self.translator: QTranslator | None = None
        self.provider: RedlineProvider | None = None
        self.functions: Functions | None = None
        self.desk: Desk | None = None

    def initProcessing(self) -> None:
        """Register algorithms and functions of expressions; the only call that qgis_process makes."""
        from redline.processing.expressions import Functions
        from redline.processing.provider import RedlineProvider

        self._install_translator()
        if self.provider is None:
            self.provider = RedlineProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)
            if self.iface is None:
                self._add_models()
            else:
                # A third of the start, which nobody waits for: once the window stands.
                QTimer.singleShot(0, self._add_models)
        if self.functions is None:
            self.functions = Functions()
            self.functions.enter()

    def initGui(self) -> None:
        """Register the algorithms and put menu, toolbar and keys into the window."""
        self.initProcessing()
        if self.iface is None:
            return
        from redline.ui.desk import Desk

        self.desk = Desk(self.iface)
        self.desk.enter()

    def unload(self) -> None:
        """Take everything out of QGIS again."""
        if self.desk is not None:
            self.desk.leave()
            self.desk = None
        if self.functions is not None:
            self.functions.leave()
            self.functions = None
        # While QGIS closes, its registry may have deleted the provider already: ask for it by name.
        registry = QgsApplication.processingRegistry()
        if self.provider is not None and registry.providerById(PROVIDER_ID) is not None:
            registry.removeProvider(PROVIDER_ID)
        self.provider = None
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
            self.translator = None

    def _add_models(self) -> None:
        if self.provider is not None and QgsApplication.processingRegistry().providerById(PROVIDER_ID) is not None:
            self.provider.add_models()
            self.provider.algorithmsLoaded.emit()

    def _install_translator(self) -> None:
        file = translation_file(QgsApplication.locale())
        if self.translator is not None or file is None:
            return
        translator = QTranslator()
        if translator.load(str(file)):
            QCoreApplication.installTranslator(translator)
            self.translator = translator
