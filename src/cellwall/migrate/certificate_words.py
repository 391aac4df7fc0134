"""Says in words what the explorer tried when tests ran as many users: schedules and cancellations."""

from collections.abc import Mapping


def certificate_words(figures: Mapping[str, object]) -> str:
    """Give the words that follow "tests ran as N users"; "" where no schedules were explored."""
    if not figures.get("schedules"):
        return ""
    swept, points = figures.get("swept", 0), figures.get("points", 0)
    return f" under {figures['schedules']} schedules, cancelled at {swept} of {points} points"
