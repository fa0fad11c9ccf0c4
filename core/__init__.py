"""What the law, the standards and geometry say; knows nothing of QGIS."""
