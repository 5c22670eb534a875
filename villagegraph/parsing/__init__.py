"""What readers share: files and zips, text and tables, handles, the row collector."""

from villagegraph.parsing.collect import Collector
from villagegraph.parsing.folders import files_below
from villagegraph.parsing.handles import (
    OWNER,
    any_handle,
    email_handle,
    is_machine_address,
    is_role_address,
    kind_of,
    linkedin_handle,
    name_handle,
    name_key,
    name_parts,
    phone_handle,
    phone_region,
    platform_handle,
    profile_handle,
)
from villagegraph.parsing.sources import (
    ExportFile,
    Progress,
    file_at,
    in_turn,
    is_inner_zip,
    is_packed,
    is_zip,
)
from villagegraph.parsing.text import MARKS, clean, column_key, decode, one_line, table_rows
from villagegraph.parsing.zips import members

__all__ = [
    "MARKS",
    "OWNER",
    "Collector",
    "ExportFile",
    "Progress",
    "any_handle",
    "clean",
    "column_key",
    "decode",
    "email_handle",
    "file_at",
    "files_below",
    "in_turn",
    "is_inner_zip",
    "is_machine_address",
    "is_packed",
    "is_role_address",
    "is_zip",
    "kind_of",
    "linkedin_handle",
    "members",
    "name_handle",
    "name_key",
    "name_parts",
    "one_line",
    "phone_handle",
    "phone_region",
    "platform_handle",
    "profile_handle",
    "table_rows",
]
