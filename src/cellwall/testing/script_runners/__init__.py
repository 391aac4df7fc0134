"""Runs the tests of scripts by their own runner, and tells how they ended as pytest's outcomes are told."""
