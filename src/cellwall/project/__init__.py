"""The target code base as configured: settings, roles and the environment its code runs in."""
