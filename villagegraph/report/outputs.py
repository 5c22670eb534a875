"""The report as files and as a cell of a notebook."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from villagegraph.files import write_whole
from villagegraph.touches import neglected_csv, occasions_calendar

if TYPE_CHECKING:
    import datetime as dt
    import os

    import pandas as pd


@dataclass(frozen=True, eq=False)
class Report:
    """
    The report of one month.

    Attributes
    ----------
    month
        Year and month, such as `2026-10`.
    as_of
        Last day that counts.
    notices
        What limits the report, in sentences: exports that end too early.
    html
        The page, self-contained.
    neglected
        The ties that fell behind, as `neglected_ties` lists them.
    occasions
        Birthdays and anniversaries of the month that follows.
    """

    month: str
    as_of: dt.date
    notices: tuple[str, ...]
    html: str = field(repr=False)
    neglected: pd.DataFrame = field(repr=False)
    occasions: pd.DataFrame = field(repr=False)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """
        Write the report as files, readable by their owner alone.

        Parameters
        ----------
        folder
            Where to write `report.html`, `neglected.csv` and `occasions.ics`.
            It is made if it is missing.

        Returns
        -------
        page
            Path of `report.html`.
        """
        root = Path(folder)
        write_whole(root / "neglected.csv", neglected_csv(self.neglected))
        write_whole(root / "occasions.ics", occasions_calendar(self.occasions, stamp=self.as_of))
        return write_whole(root / "report.html", self.html)

    def _repr_html_(self) -> str:
        # the frame keeps the page's style from the notebook's, and the notebook from the page
        page = html.escape(self.html, quote=True)
        return (
            f'<iframe sandbox srcdoc="{page}" title="Report of {html.escape(self.month)}" '
            'width="100%" height="900" style="border: 0; border-radius: 8px"></iframe>'
        )
