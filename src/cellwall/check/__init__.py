"""The isolation checker: rules find defects in code and tests, and repair what is safe to repair."""
