"""The questions to PostgreSQL's catalog by which a start is allowed or refused. SQL only, no judgement."""

from collections.abc import Iterable
from typing import Final

from cellwall.runtime.database.rls.literal import literal
from cellwall.runtime.database.rls.names import SCHEMA, SIGNING_KEY

# Every role that this connection is, was before SET ROLE, or may become.
_REACH: Final = """WITH RECURSIVE reach(oid) AS (
    SELECT oid FROM pg_catalog.pg_roles WHERE rolname IN (current_user, session_user)
    UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN reach ON m.member = reach.oid)"""

ROLES: Final = f"""{_REACH}
SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole,
    rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
FROM pg_catalog.pg_roles JOIN reach USING (oid) ORDER BY 1"""

# Whoever owns the function or its schema, or may put another function in its place, is every owner.
FUNCTION: Final = f"""{_REACH}
SELECT p.prosecdef, n.nspowner IN (SELECT oid FROM reach) OR p.proowner IN (SELECT oid FROM reach)
    OR pg_catalog.has_schema_privilege(n.oid, 'CREATE')
FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid
WHERE n.nspname = '{SCHEMA}' AND p.proname = 'owner' AND p.pronargs = 0"""

REACHABLE_KEYS: Final = f"""SELECT 1 FROM pg_catalog.pg_class
WHERE oid = pg_catalog.to_regclass('{SIGNING_KEY}')
    AND pg_catalog.has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE')"""


def tables(names: Iterable[str]) -> str:
    """Ask for each table: is it there, its flags, is its owner one of ours, which rights we must not have."""
    return f"""{_REACH}, wanted(name) AS (SELECT unnest({_array(names)}))
SELECT w.name, c.oid IS NOT NULL, c.relrowsecurity, c.relforcerowsecurity,
    c.relowner IN (SELECT oid FROM reach),
    pg_catalog.array_to_string(ARRAY(
        SELECT p FROM unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) p
        WHERE pg_catalog.has_table_privilege(c.oid, p)), ', ')
FROM wanted w LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.name) ORDER BY 1"""


def policies(names: Iterable[str]) -> str:
    """Ask for each table's policies: name, restrictive, for all commands and roles, what they compare."""
    return f"""SELECT w.name, p.polname::text, NOT p.polpermissive,
    p.polcmd = '*' AND p.polroles = '{{0}}', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM unnest({_array(names)}) w(name)
JOIN pg_catalog.pg_policy p ON p.polrelid = pg_catalog.to_regclass(w.name)"""


def blurred(columns: Iterable[tuple[str, str]]) -> str:
    """Ask which owner's columns hold two different owners to be equal: case-blind, padded, or cut."""
    pairs = ", ".join(f"({literal(table)}, {literal(column)})" for table, column in columns)
    return f"""SELECT w.name, t.typname::text FROM (VALUES {pairs}) w(name, attribute)
JOIN pg_catalog.pg_attribute a
    ON a.attrelid = pg_catalog.to_regclass(w.name) AND a.attname = w.attribute
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
WHERE t.typname NOT IN ('text', 'varchar', 'int2', 'int4', 'int8', 'uuid')
    OR NOT coalesce(c.collisdeterministic, true)
ORDER BY 1"""


def unwalled_children(names: Iterable[str]) -> str:
    """Ask for partitions and heirs of the tables that we may use and that have no wall of their own."""
    return f"""WITH RECURSIVE wanted(oid) AS (
    SELECT pg_catalog.to_regclass(name)::oid FROM unnest({_array(names)}) name),
kin(oid) AS (SELECT oid FROM wanted
    UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN kin ON i.inhparent = kin.oid)
SELECT c.oid::regclass::text FROM kin JOIN pg_catalog.pg_class c USING (oid)
WHERE NOT c.relrowsecurity AND c.oid NOT IN (SELECT oid FROM wanted WHERE oid IS NOT NULL)
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY 1"""


def views_that_see_more(names: Iterable[str]) -> str:
    """Ask for views over the tables that we may use and that read as a role which has no wall before it."""
    return f"""WITH RECURSIVE seen(oid, spared) AS (
    SELECT pg_catalog.to_regclass(name)::oid, false FROM unnest({_array(names)}) name
    UNION
    SELECT v.oid, s.spared OR v.relkind = 'm' OR ((r.rolsuper OR r.rolbypassrls)
        AND 'true' NOT IN (SELECT option_value::boolean::text
            FROM pg_catalog.pg_options_to_table(v.reloptions) WHERE option_name = 'security_invoker'))
    FROM seen s
    JOIN pg_catalog.pg_depend d ON d.refobjid = s.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.classid = 'pg_catalog.pg_rewrite'::regclass
    JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
    JOIN pg_catalog.pg_class v ON v.oid = w.ev_class
    JOIN pg_catalog.pg_roles r ON r.oid = v.relowner
    WHERE v.relkind IN ('v', 'm'))
SELECT DISTINCT oid::regclass::text FROM seen
WHERE spared AND pg_catalog.has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY 1"""


def _array(names: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, names))}]::text[]"
