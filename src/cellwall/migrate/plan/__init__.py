"""Reads a written plan: Markdown in, data with line numbers out."""
