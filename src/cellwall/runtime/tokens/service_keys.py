"""Ed25519 keys of services: the private one that signs, the public one that others trust."""

from dataclasses import dataclass, field
from typing import Final, final

from joserfc.jwk import OKPKey

CURVE: Final = "Ed25519"


@final
@dataclass(frozen=True, slots=True)
class TrustedKey:
    """The public key of one service, as PEM, until an optional date (seconds since the epoch)."""

    service: str
    kid: str
    public_pem: bytes
    accepted_until: float | None = None


@final
@dataclass(frozen=True, slots=True)
class ServiceKey:
    """The private key of one service. Its id is the thumbprint of its public half.

    Example:
        key = ServiceKey.generate()
        store_secret(key.private_pem)  # once; later: ServiceKey.from_pem(secret)
        others_trust = key.trusted_as("billing")

    Raises:
        ValueError: no Ed25519 key.
    """

    key: OKPKey = field(repr=False)

    def __post_init__(self) -> None:
        if self.key.curve_name != CURVE or not self.key.is_private:
            raise ValueError("a service signs with a private Ed25519 key")

    @classmethod
    def generate(cls) -> "ServiceKey":
        """Make a new random key."""
        return cls(OKPKey.generate_key(CURVE))

    @classmethod
    def from_pem(cls, private_pem: bytes) -> "ServiceKey":
        """Read a private key in PEM (PKCS 8)."""
        return cls(OKPKey.import_key(private_pem))

    @property
    def kid(self) -> str:
        """The id that tokens name this key by."""
        return self.key.thumbprint()

    @property
    def private_pem(self) -> bytes:
        """The private key as PEM: a secret."""
        return self.key.as_pem(private=True)

    def trusted_as(self, service: str, accepted_until: float | None = None) -> TrustedKey:
        """Give the public half, as what `service` signs with."""
        return TrustedKey(service, self.kid, self.key.as_pem(private=False), accepted_until)
