"""`flask config`: the settings at work, and the tables of them in the documentation."""

from collections.abc import Iterable
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import make_url

from app.extensions import settings
from config import ROOT, Config

MOST_USED = (
    "SITE_NAME",
    "PORT",
    "HOST",
    "BASE_URL",
    "PROXY_HOPS",
    "DATABASE_URL",
    "SECRET_KEY",
    "MAIL_URL",
    "INSTANCE_PATH",
    "MAX_POST_LENGTH",
    "DEFAULT_LOCALE",
)
DOCUMENTS = {"README.md": MOST_USED, "docs/configuration.md": tuple(Config.model_fields)}
BEGIN = "<!-- Settings: written by `flask config docs`. -->"
END = "<!-- End of settings. -->"
MASK = "***"

config = AppGroup("config", help="Show the settings and write their documentation.")


@config.command()
def show() -> None:
    """Print the settings at work, secrets masked."""
    for name in Config.model_fields:
        click.echo(f"{name}={shown(settings, name)}")


@config.command()
def docs() -> None:
    """Write the tables of settings in README.md and docs/configuration.md."""
    for path, names in DOCUMENTS.items():
        document = ROOT / path
        document.write_text(with_table(document.read_text(), names))
        click.echo(f"{path}: {len(names)} settings")


def shown(config: Config, name: str) -> str:
    """Return the value of a setting as `.env` would have it; one left out as what stands for it."""
    # `base_url` is what BASE_URL comes to, and so on.
    value = getattr(config, name.lower(), getattr(config, name))
    if name in {"DATABASE_URL", "MAIL_URL"}:
        return without_password(value) if value else ""
    if Config.model_fields[name].repr is False:
        return MASK if value else ""
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, (tuple, list)) else str(value)


def without_password(address: str) -> str:
    """Return the address of a server with every password in it masked."""
    url = make_url(address)
    # libpq also takes password= and sslpassword= behind the question mark.
    hidden = {key: MASK for key in url.query if "password" in key}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def with_table(document: str, names: Iterable[str]) -> str:
    """Return the document with a table of these settings between its two marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise click.ClickException(f"a document lacks the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(names)}\n\n{END}{after}"


def table(names: Iterable[str]) -> str:
    """Return a Markdown table of settings: name, default, values, meaning."""
    fields = Config.model_json_schema()["properties"]
    rows = [(f"`{name}`", *describe(fields[name])) for name in names]
    head = [("Setting", "Default", "Values", "Meaning"), ("---",) * 4]
    return "\n".join(f"| {' | '.join(row)} |" for row in [*head, *rows])


def describe(field: dict[str, Any]) -> tuple[str, str, str]:
    """Return default, values and meaning of a setting from its JSON schema."""
    return default_of(field), values_of(field), field["description"].replace("|", "\\|")


def default_of(field: dict[str, Any]) -> str:
    default = field.get("shown_default", field["default"])
    if isinstance(default, bool):
        default = int(default)
    return "" if default in ("", [], None) else f"`{default}`"


def values_of(field: dict[str, Any]) -> str:
    match field:
        case {"enum": words}:
            return ", ".join(f"`{word}`" for word in words)
        case {"type": "boolean"} | {"anyOf": [{"type": "boolean"}, {"type": "null"}]}:
            return "`0`, `1`"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"{least} to {most}"
        case {"type": "string", "minLength": least, "maxLength": most}:
            return f"{least} to {most} characters"
        case {"type": "array"}:
            return "names"
    return "path" if field.get("format") == "path" else "text"
