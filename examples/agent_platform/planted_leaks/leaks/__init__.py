"""One leak in each file; the folder is the list."""
