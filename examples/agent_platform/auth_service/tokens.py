"""The platform's tokens: who a request comes from."""

from cellwall import TokenIssuer
from cellwall.runtime.errors import TokenError as BadToken

__all__ = ["BadToken", "decode_token", "generate_token", "issuer", "user_of"]

issuer = TokenIssuer(audience="agent-platform", lifetime=900)  # the key is made new for each process
generate_token = issuer.generate_token
decode_token = issuer.decode_token


def user_of(token: str) -> str:
    """Give the user a token was issued to.

    Raises:
        BadToken: it is not good, or not good any more.
    """
    return str(decode_token(token)["user_id"])
