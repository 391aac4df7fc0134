"""The per-request building blocks that a service imports."""
