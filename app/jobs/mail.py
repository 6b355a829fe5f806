"""Sending the mail of the outbox."""
