#!/usr/bin/env python3
"""Reports on the isolation of this repository as a whole. Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import security_audit

if __name__ == "__main__":
    sys.exit(security_audit(__file__, sys.argv[1:]))
