"""The plugin object: wires the Processing provider, the translation and (with a desktop) the menu into QGIS."""
