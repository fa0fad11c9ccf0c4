"""Understanding untidy office spreadsheets that arrive through OGR as rows of text, and summary tables among them."""

from redline.core.workbooks.sheet import Column, Note, Sheet, read_sheet
from redline.core.workbooks.summary import Summary, summary_rows
from redline.core.workbooks.tables import tables_of

__all__ = ["Column", "Note", "Sheet", "Summary", "read_sheet", "summary_rows", "tables_of"]
