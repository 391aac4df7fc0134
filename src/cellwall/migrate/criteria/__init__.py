"""Evaluators of success criteria and metrics, one file each."""
