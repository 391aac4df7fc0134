"""New tests of isolation: spelled by the target's roles, placed in an agent's scope."""
