"""Giving the password again before what is sensitive."""
