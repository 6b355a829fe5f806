"""What a browser sends of a form, as it came."""

from html.parser import HTMLParser

from werkzeug.test import TestResponse


class _Reader(HTMLParser):
    """Gathers what the controls of one form hold; of buttons and files, nothing."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.is_inside = False
        self.fields: dict[str, str] = {}
        # The name of the text field or list that is being read.
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = given.get("id") == self.form_id
        elif self.is_inside and tag == "input":
            self._read_input(given)
        elif self.is_inside and tag in {"textarea", "select"}:
            self.name = given["name"]
            self.fields[self.name] = ""
        elif self.name and tag == "option" and "selected" in given:
            self.fields[self.name] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag in {"textarea", "select"}:
            self.name = ""

    def handle_data(self, data: str) -> None:
        if self.name and self.lasttag == "textarea":
            self.fields[self.name] += data

    def _read_input(self, given: dict[str, str]) -> None:
        is_sent = given.get("type") != "file" and "name" in given
        if is_sent and (given.get("type") != "checkbox" or "checked" in given):
            self.fields[given["name"]] = given.get("value", "")


def fields_of(page: TestResponse, form_id: str = "compose") -> dict[str, str]:
    """Return what would be sent of a form that is left as it is; {} if it is not on the page."""
    reader = _Reader(form_id)
    reader.feed(page.text)
    # HTML ignores a line end at the very beginning of a text field.
    return {
        name: value.removeprefix("\r\n").removeprefix("\n") for name, value in reader.fields.items()
    }
