"""What stands in addresses, beyond Werkzeug's own kinds."""

from flask import Flask
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """An id in its one plain writing: up to 18 digits, which ids need until the year 2453."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
