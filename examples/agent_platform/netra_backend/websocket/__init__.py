"""WebSocket: the pool, the endpoint, and the old manager."""
