"""JavaScript and TypeScript: parsing, facts of a script, rules. Nothing here knows Python's `ast`."""
