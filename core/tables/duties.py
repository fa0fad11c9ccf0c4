"""Who answers for which plot: from the map, and where it is silent from the register."""

from __future__ import annotations

import numpy as np
import pandas as pd

from redline.core.frames import Frame
from redline.core.privacy import mask

PERSONS = ("village_person", "group_name", "group_person", "person")
DUTIES = (*PERSONS, "letter", "start", "end", "atlas_page")


def with_register(plots: pd.DataFrame, register: Frame | None) -> pd.DataFrame:
    """The plots with every column of DUTIES: the map's entry, else the register's first for the number, else none.

    Numbers of persons and telephones that stand in these texts are masked; columns that hold them are not read at all.
    """
    listed = None
    if register is not None and register.has("key"):
        listed = register.rows[register.rows["key"] != ""].drop_duplicates("key").set_index("key")
        listed = listed.reindex(plots["key"].to_numpy()).reset_index(drop=True)
    result = plots.copy()
    for column in DUTIES:
        dated = column in ("start", "end")
        nothing = pd.Series(np.datetime64("NaT", "ns") if dated else "", index=plots.index)
        said = result.get(column, nothing)
        if listed is not None and column in listed:
            empty = said.isna() if dated else said.fillna("") == ""
            said = said.where(~empty, listed[column])
        result[column] = said if dated else said.fillna("").map(mask) if column in PERSONS else said.fillna("")
    return result
