"""Why a run stops before its end, as an exception that unwinds the coordinator in order."""


class Stop(Exception):  # noqa: N818  an order, not an error
    """Stop in order: journal the reason, end the children, keep everything for `resume`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
