#!/usr/bin/env python3
"""Runs this repository's tests as many users. Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import unified_test_runner

if __name__ == "__main__":
    sys.exit(unified_test_runner(__file__, sys.argv[1:]))
