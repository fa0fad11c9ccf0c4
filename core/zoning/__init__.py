"""Drawing responsibility zones: units, plots and people in, zones that tile their units out."""
