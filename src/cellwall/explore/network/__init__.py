"""Connections between the tasks of one run, in memory."""
