"""The function that every policy asks for the owner, believing the setting or only a signed one. Pure SQL."""

from typing import Final

from cellwall.runtime.database.rls.names import OWNER, SCHEMA, SIGNING_KEY
from cellwall.runtime.database.rls.signing import DOMAIN

_HEAD: Final = f"CREATE OR REPLACE FUNCTION {OWNER}() RETURNS text STABLE"

# One SELECT without settings of its own: the planner puts it into the policy, and the call costs nothing.
_BELIEVING: Final = (
    f"{_HEAD} PARALLEL SAFE LANGUAGE sql SECURITY INVOKER AS $cellwall$ "
    f"SELECT nullif(pg_catalog.current_setting('{OWNER}', true), '') $cellwall$"
)

# A token is `MAC KEY:EXPIRES:BACKEND:OWNER`, the MAC an HMAC-SHA256 in 64 hex digits; see signing.py.
# MACs are compared by their hashes under the key, so that time tells nothing about the right one.
_VERIFYING: Final = f"""{_HEAD} PARALLEL RESTRICTED LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $cellwall$
DECLARE
    token text := current_setting('{OWNER}', true);
    message text;
    signed record;
    mac bytea;
BEGIN
    IF token IS NULL OR token = '' THEN
        RETURN NULL;
    END IF;
    message := substr(token, 66);
    SELECT inner_pad, outer_pad INTO signed FROM {SIGNING_KEY} WHERE id = split_part(message, ':', 1);
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'cellwall: the owner is not signed by a known key';
    END IF;
    mac := sha256(signed.outer_pad || sha256(signed.inner_pad || convert_to('{DOMAIN}' || message, 'UTF8')));
    IF sha256(signed.outer_pad || convert_to(left(token, 64), 'UTF8'))
        <> sha256(signed.outer_pad || convert_to(encode(mac, 'hex'), 'UTF8')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'cellwall: the owner is not signed by a known key';
    END IF;
    IF split_part(message, ':', 2)::bigint < extract(epoch FROM clock_timestamp()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'cellwall: the signed owner has expired';
    END IF;
    IF split_part(message, ':', 3) NOT IN ('0', pg_backend_pid()::text) THEN
        RAISE insufficient_privilege USING MESSAGE = 'cellwall: the owner was signed for another connection';
    END IF;
    RETURN substr(message, length(split_part(message, ':', 1)) + length(split_part(message, ':', 2))
        + length(split_part(message, ':', 3)) + 4);
END $cellwall$"""


def owner_function_sql(*, signed: bool) -> list[str]:
    """Give what makes the schema and the function; with `signed` also the keys' table."""
    schema = [
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC",
    ]
    if not signed:
        return [*schema, _BELIEVING]
    keys = (
        f"CREATE TABLE IF NOT EXISTS {SIGNING_KEY} "
        "(id text PRIMARY KEY, inner_pad bytea NOT NULL, outer_pad bytea NOT NULL)"
    )
    return [*schema, keys, f"REVOKE ALL ON {SIGNING_KEY} FROM PUBLIC", _VERIFYING]
