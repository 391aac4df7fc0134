"""The probes, one file each; `registry` has their order."""
