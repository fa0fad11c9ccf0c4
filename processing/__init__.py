"""The thin bridge between QGIS Processing and the checks of core."""
