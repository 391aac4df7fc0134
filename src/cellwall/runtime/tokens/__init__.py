"""Signed tokens that say whose request this is. What needs Redis is imported from its own module."""

from cellwall.runtime.tokens.default_issuer import decode_token, generate_token
from cellwall.runtime.tokens.issuer import TokenIssuer
from cellwall.runtime.tokens.keys import KeyRing, SigningKey
from cellwall.runtime.tokens.replay import MemoryReplayGuard, ReplayGuard
from cellwall.runtime.tokens.revocation import MemoryRevocationList, RevocationList
from cellwall.runtime.tokens.service_issuer import ServiceTokenIssuer
from cellwall.runtime.tokens.service_keys import ServiceKey, TrustedKey
from cellwall.runtime.tokens.service_verifier import ServiceIdentity, ServiceTokenVerifier
from cellwall.runtime.tokens.verified import VerifiedToken

__all__ = [
    "KeyRing",
    "MemoryReplayGuard",
    "MemoryRevocationList",
    "ReplayGuard",
    "RevocationList",
    "ServiceIdentity",
    "ServiceKey",
    "ServiceTokenIssuer",
    "ServiceTokenVerifier",
    "SigningKey",
    "TokenIssuer",
    "TrustedKey",
    "VerifiedToken",
    "decode_token",
    "generate_token",
]
