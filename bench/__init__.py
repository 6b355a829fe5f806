"""Measurements. Nothing here is a test: machines are noisy, so figures are ratios of one run."""
