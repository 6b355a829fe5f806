"""The least that a Flask application does: return 10 kB."""

from flask import Flask

app = Flask(__name__)
BODY = "x" * 10_000


@app.get("/")
def home() -> str:
    return BODY
