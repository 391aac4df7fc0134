"""Git by plumbing: a clean environment, no program of the repository's configuration, never a shell."""
