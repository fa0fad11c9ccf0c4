"""The chapters of the report. Each takes the writer and gives its markup, nothing where it has nothing to say."""
