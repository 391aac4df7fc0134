"""The gate "weakened": no test that was there proves less than it did. Only `gate.py` does I/O."""
