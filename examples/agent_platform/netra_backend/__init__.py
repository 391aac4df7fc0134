"""The back end of the agent platform: agents, tools, WebSocket and database behind one FastAPI application."""
