#!/usr/bin/env python3
"""Looks for isolation defects in this repository. Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import check_isolation_patterns

if __name__ == "__main__":
    sys.exit(check_isolation_patterns(__file__, sys.argv[1:]))
