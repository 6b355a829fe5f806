"""Which mails a member wants."""
