"""Ways to look at the state of a run, one file each."""
