"""The report's formats, one file each."""
