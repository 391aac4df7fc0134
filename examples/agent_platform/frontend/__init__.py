"""The page that a user's browser shows."""
