"""The debug mode: a proof that two instances share nothing that can change."""

from cellwall.runtime.isolation.proof import prove_isolated

__all__ = ["prove_isolated"]
