"""Fonts for names, which come in every script."""

from __future__ import annotations

from functools import cache

from matplotlib import font_manager

_FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans JP", "Noto Sans Arabic",
    "Noto Naskh Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai",
    "Noto Sans Georgian", "Noto Sans Armenian", "Noto Color Emoji", "Hiragino Sans",
    "Microsoft YaHei", "Segoe UI", "Arial Unicode MS",
)  # fmt: skip


@cache
def font_families() -> list[str]:
    """Return those of the fonts that this machine has, to be tried in this order."""
    installed = set(font_manager.get_font_names())
    return [name for name in _FONTS if name in installed]
