"""Figures for one user, from that user's events."""

from collections import Counter

from analytics_service.tracking import query_events


def usage(user_id: str) -> dict[str, int]:
    """Give how often each event happened."""
    return dict(Counter(event.name for event in query_events(user_id=user_id)))


def favourite_agent(user_id: str) -> str | None:
    """Give the agent that the user runs most, None when there was no run."""
    agents = Counter(event.properties["agent"] for event in query_events(user_id=user_id, name="agent_run"))
    return agents.most_common(1)[0][0] if agents else None


def funnel(user_id: str, steps: list[str]) -> list[int]:
    """Give for each step how many events came after one of the step before; the first counts all of its own."""
    counts = [0] * len(steps)
    reached = 0
    for event in query_events(user_id=user_id):
        for index, step in enumerate(steps):
            if event.name == step and index <= reached:
                counts[index] += 1
                reached = max(reached, index + 1)
    return counts
