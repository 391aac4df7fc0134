"""A desk that answers questions; each part has the old shared way beside the new one per request."""
