"""What readers share: files and zips, text and tables, handles, the row collector."""

from villagegraph.parsing.collect import Collector
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
    profile_handle,
)
from villagegraph.parsing.sources import (
    ExportFile,
    Progress,
    file_at,
    files_below,
    is_zip,
    members,
)
from villagegraph.parsing.text import MARKS, clean, column_key, decode, table_rows

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
    "is_machine_address",
    "is_role_address",
    "is_zip",
    "kind_of",
    "linkedin_handle",
    "members",
    "name_handle",
    "name_key",
    "name_parts",
    "phone_handle",
    "phone_region",
    "profile_handle",
    "table_rows",
]
