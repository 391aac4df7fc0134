"""Yield amplification, a mode of its own: awaits that never suspend, such as mocks', made to suspend."""

from cellwall.explore.amplify.finder import AmplifyingFinder, amplifying
from cellwall.explore.amplify.rewriting import amplified_code, amplify_tree

__all__ = ["AmplifyingFinder", "amplified_code", "amplify_tree", "amplifying"]
