"""The closed list of reasons for which a finding is listed for a human instead of repaired."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a finding was not repaired; the value is what users read in reports, `hint` what to try."""

    PATCH_STRING = "the name stands in a string given to patch()"
    ON_PURPOSE = "the test shows the bad pattern on purpose"
    LOCAL_DOUBLE = "a class of the same name is defined in the test itself"
    NO_ROLE = "no role is configured for the replacement"
    NO_CONTEXT = "there is no place here that could hold a user's context"
    SYNC_CALLER = "the replacement is awaited and the caller cannot become async"
    MEMBER_MISSING = "the replacement lacks an attribute that is used here"
    ESCAPES = "the value is kept or passed on where it cannot be followed"
    ARGUMENTS = "the call's arguments have no counterpart in the replacement"
    BY_HAND = "only a person can decide what belongs here"
    UNKNOWN_SHAPE = "no repair is known for this shape"
    UNITTEST = "unittest.TestCase takes no fixtures"
    APPLICATION_FILE = "application code is edited only with --include-app"
    UNPARSEABLE = "the file does not parse"
    GATE_REFUSED = "a gate refused the repair"
    OVERLAPS = "another repair at the same place came first"
