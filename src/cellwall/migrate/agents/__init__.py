"""Who edits: the agents, one file each."""
