"""The database: models, the session of a request, and the old shared session."""
