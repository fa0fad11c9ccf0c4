"""The provider as QGIS sees it: registered by the plugin object, without a desktop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qgis.core import QgsProcessingProvider

from redline import classFactory


@pytest.fixture(scope="session")
def provider(qgis_processing: None) -> Iterator[QgsProcessingProvider]:
    """The plugin's Processing provider, registered for the session."""
    plugin = classFactory(None)
    plugin.initProcessing()
    yield plugin.provider
    plugin.unload()
