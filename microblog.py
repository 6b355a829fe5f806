"""The application, for `flask` and gunicorn."""

from app import create_app

app = create_app()
