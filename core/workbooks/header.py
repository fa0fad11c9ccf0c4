"""Finding the header of a sheet: which rows it takes, what each column is called, what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from redline.core.standards import plain_header
from redline.core.text import is_missing
from redline.core.workbooks.words import (
    Vocabulary,
    counter,
    is_area_unit,
    is_date,
    is_number,
    is_page_mark,
    is_unit,
    plain,
    plain_words,
    starts_with,
    unit_in_header,
    unit_line,
    units_named,
)

DEPTH = 4
"""Most rows that a header takes."""

_LONGEST_LABEL = 40
_SHORT_LABEL = 8
_REPEATS = 3
_NEAR = 4
_TITLE_ENDS = ("表", "册", "清单", "台账", "一览", "明细", "目录", "名单")
_CLASS_CODE = re.compile(r"0\d{1,3}[A-Z]?")
_NUMBERED = re.compile(r"[!-~]*\d[!-~]*")
_BRACKET_BEHIND = re.compile(r"\([^()]*\)$")

Row = Sequence[str]


@dataclass
class Header:
    """The header: its label rows, the rows of units and column numbers below it, and where the data begins.

    Rows are counted in the top of the sheet that was looked at. `labels` is empty where no header was found.
    """

    first: int = 0
    end: int = 0
    labels: list[Row] = field(default_factory=list)
    units: Row = ()
    numbering: Row = ()
    kinds: dict[int, str] = field(default_factory=dict)


def find_header(top: Sequence[Row], vocabulary: Vocabulary, names_first: bool) -> Header:
    """The header among the first rows of a sheet (tidy texts, "" for empty cells).

    `names_first`: the first row is what OGR took for the header. It counts as one where nothing speaks against it.
    """
    main: int | None = 0
    if not (names_first and _is_full_header(top[0])):
        main = _best_row(top, vocabulary)
        main = _first_full_row(top) if main is None else main
    if main is None:
        return Header()
    first, last = _block(top, main, vocabulary)
    header = Header(first, last + 1, [top[i] for i in range(first, last + 1)])
    for i in range(first, last + 1):
        header.kinds[i] = "header"
    _rows_below(top, header)
    for i in range(first):
        header.kinds[i] = _kind_above(top[i])
    return header


def paths(labels: Sequence[Row]) -> list[tuple[str, ...]]:
    """The texts above each column, from the top row down, merged cells spread; () for a column without a label.

    A parent reaches right until the next parent, but never beyond its own parent, and only over columns that have a
    label below. "其中" is read as a part of the column to its left.
    """
    width = len(labels[0]) if labels else 0
    found: list[list[str]] = [[] for _ in range(width)]
    group = [0] * width
    for depth, row in enumerate(labels):
        below = labels[depth + 1 :]
        before, carrier = list(group), None
        for j, label in enumerate(row):
            if label:
                carrier = j
                found[j].append(label)
                group[j] = (depth + 1) * width + j + 1
            elif carrier is not None and before[j] == before[carrier] and any(lower[j] for lower in below):
                found[j].append(row[carrier])
                group[j] = group[carrier]
            else:
                carrier = None
    return _of_which([_without_repeats(path) for path in found])


def is_numbering(cells: Row, labels: Sequence[Row], following: Sequence[Row]) -> bool:
    """Is this the row of column numbers under a header (1 2 3, 甲 乙 1 2, (1) (2), 3=4+5)?

    It numbers nearly all columns without a gap, and differs from data: its marks are no plain numbers, or a column of
    names has a number in it.
    """
    labelled = [j for j in range(len(cells)) if cells[j] or any(row[j] for row in labels)]
    values = [counter(cells[j]) for j in labelled]
    said = [value for value in values if value is not None]
    if any(cells[j] and counter(cells[j]) is None for j in labelled):
        return False
    if len(said) < 2 or len(said) < 0.8 * len(labelled):
        return False
    numbers = [value for value in said if isinstance(value, int)]
    letters = [value for value in said if isinstance(value, str)]
    if numbers and (numbers[0] > 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers)))):
        return False
    if letters != sorted(letters, key=_letter_order):
        return False
    if letters or any(not cells[j].isdigit() for j in labelled if cells[j]):
        return True
    data = [row for row in following if any(row)][:5]
    return len(said) >= 3 and (not data or any(row[j] and not is_number(row[j]) for row in data for j in labelled))


def is_unit_row(cells: Row) -> bool:
    """Is this a row of units under a header ("亩", "亩", "个")?"""
    said = [cell for cell in cells if cell and not is_missing(cell)]
    return bool(said) and all(is_unit(cell) for cell in said)


def is_another_header(cells: Row, labels: Sequence[Row], vocabulary: Vocabulary) -> bool:
    """Is this row among the data a header, again or of another table: labels alone, half of them known, two of them
    the header's own or such as every office sheet has?"""
    said = [cell for cell in cells if cell]
    if any(map(_is_value, said)) or _is_line(cells):
        return False
    own = {plain_header(label) for row in labels for label in row if label} | plain_words("headers")
    familiar = sum(plain_header(cell) in own or plain(cell) in own for cell in said)
    return familiar >= 2 and sum(vocabulary.score(cell) == 1 for cell in said) * 2 >= len(said)


def is_same_header(cells: Row, labels: Sequence[Row]) -> bool:
    """Does a header in the data say of each of its columns what the sheet's header says, unit included?"""
    for j, cell in enumerate(cells):
        said = {(plain_header(row[j]), unit_in_header(row[j])) for row in labels}
        if cell and (plain_header(cell), unit_in_header(cell)) not in said:
            return False
    return True


def is_title(cell: str) -> bool:
    """Does this text end as names of tables do ("住宅用地供应台账(2025年)")?"""
    said = _BRACKET_BEHIND.sub("", cell).rstrip()
    return said.endswith(_TITLE_ENDS) and len(said) > 4


def is_caption(row: Row, alone: bool) -> bool:
    """Does this row, right over a header, say what the table below is: a title or a line ("单位：亩") beside no more
    than two texts, or where `alone` any text alone? What has a number in it, as records have, is none."""
    cells = [cell for cell in row if cell]
    if any(is_number(cell) or _NUMBERED.fullmatch(cell) for cell in cells):
        return False
    return (alone and len(cells) == 1) or (len(cells) <= 3 and (_is_line(row) or any(map(is_title, cells))))


def _best_row(top: Sequence[Row], vocabulary: Vocabulary) -> int | None:
    """The row with most known header words, the first of equals; None where no row has two of them."""
    common = _data_like(top)
    best, best_score = None, 0.0
    for i, row in enumerate(top):
        cells = [(j, cell) for j, cell in enumerate(row) if cell]
        if len(cells) < 2 or _is_line(row):
            continue
        hits = [0.0 if (j, cell) in common else vocabulary.score(cell) for j, cell in cells]
        values = sum(_is_value(cell) and not hit for (_, cell), hit in zip(cells, hits))
        score = sum(hits) + 0.1 * len(cells) - values
        enough = sum(hits) >= 2 or (sum(hits) >= 1 and len(cells) == 2)
        if enough and score > best_score:
            best, best_score = i, score
    return best


def _is_full_header(row: Row) -> bool:
    """A row of labels without a gap, as OGR takes it from a clean table; a title would leave gaps."""
    distinct = len(row) > 1 and all(row) and len(set(row)) == len(row)
    return distinct and not _is_line(row) and not any(map(_is_value, row))


def _first_full_row(top: Sequence[Row]) -> int | None:
    """Without known words: the first row of distinct labels that is about as full as the rows that follow."""
    fullest = max((sum(map(bool, row)) for row in top), default=0)
    for i, row in enumerate(top):
        cells = [cell for cell in row if cell]
        if not cells or (len(cells) < 2 and fullest > 1) or _is_line(row):
            continue
        below = [sum(map(bool, lower)) for lower in top[i + 1 :] if any(lower)][:5]
        if any(_is_value(cell) for cell in cells):
            return None
        if len(set(cells)) == len(cells) and len(cells) >= 0.6 * max(below, default=0):
            return i
    return None


def _block(top: Sequence[Row], main: int, vocabulary: Vocabulary) -> tuple[int, int]:
    """The rows of the header around its main row, upwards over parents and downwards over children."""
    first = last = main
    while first > 0 and last - first < DEPTH - 1:
        if not _is_parent_row(top[first - 1], top[first : last + 1], vocabulary):
            break
        first -= 1
    while last + 1 < len(top) and last - first < DEPTH - 1:
        row, labels = top[last + 1], top[first : last + 1]
        if not (_is_child_row(row, labels, vocabulary) or _is_grandchild_row(row, labels, top[last + 2 :], vocabulary)):
            break
        last += 1
    return first, last


def _is_parent_row(row: Row, labels: Sequence[Row], vocabulary: Vocabulary) -> bool:
    """Labels over groups of the columns below: not a line of its own, no title, and none over nothing."""
    cells = [j for j, cell in enumerate(row) if cell]
    if not cells or _is_line(row) or any(_is_value(row[j]) for j in cells):
        return False
    label = row[cells[0]]
    leftmost = min(j for j in range(len(row)) if any(lower[j] for lower in labels))
    if cells[0] <= leftmost and (len(cells) == 1 or (len(label) > _SHORT_LABEL and not vocabulary.score(label))):
        return False
    if label.endswith(_TITLE_ENDS):
        return False
    gaps = [j for j in range(len(row)) if not row[j] and any(lower[j] for lower in labels)]
    own = [j for j in cells if not any(lower[j] for lower in labels)]
    spreads = any(j - 1 in cells or j - 1 in gaps for j in gaps if any(cell < j for cell in cells))
    return bool(own) or spreads


def _is_child_row(row: Row, labels: Sequence[Row], vocabulary: Vocabulary) -> bool:
    """Labels that stand only under the groups of the rows above: under a merged cell's tail, or known header words."""
    cells = [j for j, cell in enumerate(row) if cell]
    if not cells or _is_line(row) or is_unit_row(row):
        return False
    values = any(_is_value(row[j]) for j in cells)
    leftmost = next(j for j in range(len(row)) if any(label[j] for label in labels))
    if not values and leftmost not in cells and all(vocabulary.score(row[j]) == 1 for j in cells):
        return True
    headed = [any(label[j] for label in labels) for j in range(len(row))]
    tails = {j for j in range(len(row)) if not headed[j] and any(headed[:j])}
    heads = {j for j in range(len(row) - 1) if headed[j] and j + 1 in tails}
    single = {j for j in range(len(row)) if headed[j] and j not in heads}
    if not any(j in tails for j in cells):
        return False
    if values:
        numbers = [counter(row[j]) for j in cells]
        steps = all(isinstance(n, int) for n in numbers) and numbers == list(range(1, len(numbers) + 1))
        return steps and bool(single) and not single.intersection(cells)
    misplaced = single.intersection(cells)
    return leftmost not in misplaced and len(misplaced) < len(tails.intersection(cells))


def _is_grandchild_row(row: Row, labels: Sequence[Row], following: Sequence[Row], vocabulary: Vocabulary) -> bool:
    """Labels that stand only where the rows above are already two deep, one of them known, with full rows below."""
    cells = [j for j, cell in enumerate(row) if cell]
    if len(labels) < 2 or not cells or _is_line(row) or is_unit_row(row) or any(_is_value(row[j]) for j in cells):
        return False
    below = next((lower for lower in following if any(lower) and not is_unit_row(lower)), None)
    leftmost = next(j for j in range(len(row)) if any(label[j] for label in labels))
    deep = {j for j, path in enumerate(paths([*labels, row])) if len(path) > len(labels)}
    known = any(vocabulary.score(row[j]) for j in cells)
    return known and deep.issuperset(cells) and leftmost not in cells and below is not None and bool(below[leftmost])


def _rows_below(top: Sequence[Row], header: Header) -> None:
    """Take in the rows of units and of column numbers that follow the labels."""
    while header.end < len(top):
        row = top[header.end]
        if not header.units and is_unit_row(row):
            header.units, kind = row, "units"
        elif not header.numbering and is_numbering(row, header.labels, top[header.end + 1 :]):
            header.numbering, kind = row, "numbering"
        else:
            return
        header.kinds[header.end] = kind
        header.end += 1


def _kind_above(row: Row) -> str:
    cells = [cell for cell in row if cell]
    if not cells:
        return "empty"
    if any(starts_with("reporting", cell) for cell in cells) or is_date(cells[0]):
        return "info"
    if all(unit_line(cell) is not None or is_unit(cell) for cell in cells):
        return "unit"
    if any(starts_with("signatures", cell) for cell in cells):
        return "info"
    if is_page_mark(cells[0]):
        return "page"
    return "note" if starts_with("notes", cells[0]) else "title"


def _is_line(row: Row) -> bool:
    """Is this row a line of its own and no header: unit line, office, date, page mark, signature, note?"""
    cells = [cell for cell in row if cell]
    if len(cells) == 1 and is_title(cells[0]):
        return True
    if len(cells) == 2 and cells[0].endswith(":") and units_named(unit_line(" ".join(cells)) or ""):
        return True
    lines = [cell for cell in cells if _is_line_text(cell)]
    return len(lines) * 2 > len(cells) or (len(cells) <= 2 and bool(lines))


def _is_line_text(cell: str) -> bool:
    if ":" not in cell:
        return is_page_mark(cell) or is_date(cell) or is_area_unit(cell.strip("()"))
    said = any(starts_with(name, cell) for name in ("reporting", "signatures", "notes"))
    return said or unit_line(cell) is not None


def _is_value(cell: str) -> bool:
    """A number, a date or a dash: what data has and labels have not."""
    return (is_number(cell) and not _CLASS_CODE.fullmatch(cell)) or is_missing(cell) or len(cell) > _LONGEST_LABEL


def _data_like(top: Sequence[Row]) -> set[tuple[int, str]]:
    """(column, text) that come back every few rows in different rows, as a land class does in data.

    A header that is printed again comes back as a whole row.
    """
    seen: dict[tuple[int, str], list[int]] = {}
    rows: set[tuple[str, ...]] = set()
    for i, row in enumerate(top):
        if tuple(row) in rows:
            continue
        rows.add(tuple(row))
        for j, cell in enumerate(row):
            if cell:
                seen.setdefault((j, cell), []).append(i)
    return {
        place for place, at in seen.items() if len(at) >= _REPEATS and min(b - a for a, b in zip(at, at[1:])) <= _NEAR
    }


def _of_which(found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Paths whose "其中" says of which column: that of the nearest column to the left that is not itself a part."""
    result: list[tuple[str, ...]] = []
    whole: tuple[str, ...] = ()
    for path in found:
        depth = next((k for k, label in enumerate(path) if plain(label) in plain_words("of_which")), None)
        if depth is None:
            whole = path
            result.append(path)
        else:
            result.append((*whole, *path[depth:]) if len(whole) > 0 and path[:depth] == whole[:depth] else path)
    return result


def _without_repeats(path: list[str]) -> tuple[str, ...]:
    return tuple(label for k, label in enumerate(path) if k == 0 or label != path[k - 1])


def _letter_order(letter: str) -> int:
    stems = "甲乙丙丁戊己庚辛壬癸"
    return stems.index(letter) if letter in stems else ord(letter)
