"""The platform's tools, the factories that make them for a request, and the old registry and dispatcher."""
