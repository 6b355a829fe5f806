"""Choosing a new password by way of a mail."""
