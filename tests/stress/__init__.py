"""Many users at once with cancellations: a harness that counts leaks and survivors. See `run.stress`."""
