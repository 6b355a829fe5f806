"""Password, e-mail address and user name."""
