"""A number with what it counts, for summaries that people read."""


def number_of(number: int, noun: str) -> str:
    """Give "1 test" or "2 tests"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
