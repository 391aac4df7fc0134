"""Row-level security on PostgreSQL: the database itself shows a transaction the rows of its owner alone."""

from cellwall.runtime.database.rls.apply import apply_policies
from cellwall.runtime.database.rls.script import policies_sql
from cellwall.runtime.database.rls.signing import OwnerSigner
from cellwall.runtime.database.rls.storage import RowLevelSecurity

__all__ = ["OwnerSigner", "RowLevelSecurity", "apply_policies", "policies_sql"]
