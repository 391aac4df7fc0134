#!/usr/bin/env python3
"""Launches the agents of this repository's plan. Made by `cellwall init`."""

import sys

from cellwall.cli.entry_points import launch_test_update_agents

if __name__ == "__main__":
    sys.exit(launch_test_update_agents(__file__, sys.argv[1:]))
