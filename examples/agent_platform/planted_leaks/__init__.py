"""Leaks that are planted on request, each in one file of `leaks/`: what a hurried change to the platform looks like."""
