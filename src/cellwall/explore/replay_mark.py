"""How a replaying process tells its result among what the scenario prints."""

from typing import Final

MARK: Final = "cellwall-replay:"  # before one line of JSON
