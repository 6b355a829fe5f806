"""Turning the second factor on and off."""
