"""What a built-in agent can do for a task of a plan, one file each."""
