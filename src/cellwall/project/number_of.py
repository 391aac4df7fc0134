"""A number with what it counts, for whatever people read: every part of Cellwall says it by this function."""


def number_of(number: int, one: str, many: str = "") -> str:
    """Give "1 test", "2 tests", "1,000 tests"; `many` where the plural is another, or a verb follows.

    >>> number_of(1, "test passes", "tests pass"), number_of(0, "copy", "copies")
    ('1 test passes', '0 copies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
