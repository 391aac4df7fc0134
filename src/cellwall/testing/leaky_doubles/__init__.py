"""Leaky doubles: what a role of the target makes, with the wall between users taken out on purpose.

A package that is copied beside the outcome plugin and loaded by the target's own interpreter as
`-p cellwall_leaky_doubles.plugin`: standard library and pytest alone, and no import of Cellwall.
"""
