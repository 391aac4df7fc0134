"""Cellwall keeps one user's data out of another user's request, and proves that the wall holds."""

__version__ = "0.1.0"
