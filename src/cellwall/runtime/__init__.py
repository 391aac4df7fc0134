"""The per-request building blocks that a service imports; each module here is one of them."""
