"""What a reader's module tells people about its export: `docs/exports.md` is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guide:
    """
    How to get an export, and what becomes of it.

    Attributes
    ----------
    source
        What people call it, such as `Google Contacts`.
    kinds
        Kinds of file that belong to it, as `check` names them.
    steps
        How to get it, one thing to do after the other.
    read
        What is read, in a sentence.
    left_out
        What stands in the export and is not read, and why.
    traps
        What often goes wrong, and what to do about it.
    """

    source: str
    kinds: tuple[str, ...]
    steps: tuple[str, ...]
    read: str
    left_out: str
    traps: tuple[str, ...] = ()
