"""Throwing away what is over."""
