"""Says in words what the explorer tried when tests ran as many users, and what it did not cover."""

from collections.abc import Mapping, Sequence

from cellwall.project.number_of import number_of


def certificate_words(figures: Mapping[str, object]) -> str:
    """Give the words that follow "tests ran as N users"; "" where no schedules were explored."""
    if not figures.get("schedules"):
        return ""
    swept, points = figures.get("swept", 0), int(str(figures.get("points", 0)))
    schedules = number_of(int(str(figures["schedules"])), "schedule")
    return f" under {schedules}, cancelled at {swept} of {number_of(points, 'point')}"


def left_out_words(sentences: Sequence[str]) -> str:
    """Give what was not covered, to stand at the end of a sentence; "" where nothing was left out."""
    return f"; not covered: {'; '.join(sorted(set(sentences)))}" if sentences else ""
