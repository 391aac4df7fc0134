"""What can go wrong in a migration; the name says whose fault it is.

MigrateError
├── PlanError            the plan cannot be executed (path:line in the message)   exit 2
├── RepositoryError      the repository is not in a state to start from           exit 2
├── RunUsageError        an option or a run id that does not fit                  exit 2
├── StorageError         the disk is full, read-only or lost                      exit 3, resumable
├── GitError             git did not do what it was asked                         exit 3, resumable
├── PatchError           a patch is broken, or reaches where it must not         the patch is refused
└── StaleLeaseError      a patch came with a lease that is no longer held         the patch is refused
"""


class MigrateError(Exception):
    """Base of all errors of this room; the text says what happened, where, and what to try."""


class PlanError(MigrateError):
    """The plan cannot be executed."""


class RepositoryError(MigrateError):
    """The repository is not in a state that a run can start from."""


class RunUsageError(MigrateError):
    """An option, a pattern name or a run id that does not fit."""


class StorageError(MigrateError):
    """Writing failed; what was there before is intact."""


class GitError(MigrateError):
    """Git did not do what it was asked to."""


class PatchError(MigrateError):
    """A patch is broken, or reaches where no patch may."""


class StaleLeaseError(MigrateError):
    """The lease that a patch was made under is no longer held."""
