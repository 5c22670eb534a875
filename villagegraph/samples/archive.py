"""Zips whose bytes hang on their content alone."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def stored_zip(members: Mapping[str, bytes]) -> bytes:
    """
    Return a zip of the members, in their order.

    Nothing is compressed and every date is the same, so that neither the
    version of zlib nor the day changes a byte.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, date_time=(2026, 10, 31, 12, 0, 0))
            info.create_system = 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return stream.getvalue()
