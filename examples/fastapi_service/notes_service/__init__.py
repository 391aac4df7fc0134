"""A small service with many users: notes over HTTP, news of them over a WebSocket."""
