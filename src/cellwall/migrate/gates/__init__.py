"""The checks that a patch must pass, one file each."""
