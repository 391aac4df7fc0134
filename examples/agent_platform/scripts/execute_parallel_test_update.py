#!/usr/bin/env python3
"""Executes a plan, named by --plan, with agents in parallel. Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import execute_parallel_test_update

if __name__ == "__main__":
    sys.exit(execute_parallel_test_update(__file__, sys.argv[1:]))
