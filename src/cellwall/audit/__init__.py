"""Asks a running service, as several users, for what is not theirs: probes, and one report."""
