"""The tests of Cellwall; a package so that `tests.servers` can be imported by benchmarks and scripts too."""
