"""Ellipsoidal area, overlay and reference systems on arrays of shapely geometries."""
