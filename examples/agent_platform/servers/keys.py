"""Keys of the services: each gets a folder with what it needs and no more."""

import secrets
from pathlib import Path

from joserfc.jwk import OKPKey

from auth_service import service_tokens, tokens
from cellwall import TokenIssuer
from cellwall.runtime.tokens import RevocationList, ServiceKey, TrustedKey

CHECKS_USERS = ("auth_service", "netra_backend")


def make_keys(folder: Path) -> None:
    """Write new keys below `folder`, readable for this account alone."""
    keys = {name: ServiceKey.generate() for name in service_tokens.SERVICES}
    users = secrets.token_bytes(32)
    for name, key in keys.items():
        own = folder / name
        own.mkdir(parents=True, mode=0o700)
        _write(own / "private.pem", key.private_pem)
        if name in CHECKS_USERS:
            _write(own / "users.key", users)
        for other, its_key in keys.items():
            if other != name:
                _write(own / f"{other}.public.pem", its_key.trusted_as(other).public_pem)


def use_keys(
    service: str, folder: Path, token_seconds: int = 900, revocations: RevocationList | None = None
) -> None:
    """Let this process speak as one service, and check users' tokens where it has their key."""
    private = ServiceKey.from_pem((folder / "private.pem").read_bytes())
    trusted = [
        TrustedKey(path.name.removesuffix(".public.pem"), _kid(path.read_bytes()), path.read_bytes())
        for path in sorted(folder.glob("*.public.pem"))
    ]
    service_tokens.use_keys(service, private, trusted)
    if (users := folder / "users.key").exists():
        key = users.read_bytes()
        tokens.use_issuers(
            TokenIssuer(key, audience="agent-platform", lifetime=token_seconds, revocations=revocations),
            TokenIssuer(key, audience="agent-platform-refresh", lifetime=86_400, revocations=revocations),
        )


def _kid(public_pem: bytes) -> str:
    return OKPKey.import_key(public_pem).thumbprint()


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
