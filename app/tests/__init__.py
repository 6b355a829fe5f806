"""The test suite. `python tests.py` runs it on both databases."""
