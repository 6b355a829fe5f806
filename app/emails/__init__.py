"""What mails say: one function for each kind in `messages`. Nothing here sends."""
