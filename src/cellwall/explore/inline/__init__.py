"""Worker threads' jobs, run in the loop's own thread as steps of their own."""
