"""What the platform does with agents, tools and rows."""
