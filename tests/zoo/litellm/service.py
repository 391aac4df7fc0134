"""The gateway's handler of tokens, with an identity provider in the process."""

import base64
import json

from litellm.caching.caching import DualCache
from litellm.proxy._types import LiteLLM_JWTAuth
from litellm.proxy.auth.handle_jwt import JWTHandler


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token_of(user):
    return ".".join([_part({"alg": "RS256", "typ": "JWT"}), _part({"sub": user}), "c2ln"])


class Answer:
    status_code, text = 200, ""

    def __init__(self, claims):
        self.claims = claims

    def json(self):
        return self.claims


class Provider:
    async def get(self, url, headers):
        part = headers["Authorization"].split()[1].split(".")[1]
        return Answer(json.loads(base64.urlsafe_b64decode(part + "==")))


def handler():
    made = JWTHandler()
    made.user_api_key_cache, made.http_handler = DualCache(), Provider()
    url = "http://127.0.0.1/userinfo"
    made.litellm_jwtauth = LiteLLM_JWTAuth(oidc_userinfo_enabled=True, oidc_userinfo_endpoint=url)
    return made
