"""Erasing accounts."""
