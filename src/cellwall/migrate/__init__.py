"""Executes a written migration plan over a repository, every change behind gates."""
