"""Runs a test that was written for one user as many users at once; the pytest plugin's machinery."""
