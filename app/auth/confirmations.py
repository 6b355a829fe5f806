"""Confirming an e-mail address."""
