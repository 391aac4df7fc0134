"""Whether a changed script of the tests proves less than before."""
