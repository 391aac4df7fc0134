"""The objects that two users share though they must not."""
