"""Every setting of Microblog: read once from the environment and `.env`, typed and checked.

The descriptions below are the documentation: `docs/configuration.md` is written from them
(`flask config docs`), and a test fails when the two differ.
"""

import dataclasses
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
LOCAL_HOSTS = ("localhost", "127.0.0.1")
PLACEHOLDER_SECRETS = ("change", "secret", "you-will-never-guess", "example", "default")
SQLITE_FILE = "microblog.db"
MAIL_PORTS = {"smtp": 587, "smtps": 465}
MAIL_URL_ADVICE = (
    "use smtp://user:password@host:587; in a password, write %2F for /, %3A for :, %40 for @, "
    "%23 for #, %3F for ? and %25 for %"
)
MEGABYTE = 1024 * 1024
# As long as the longest session in the database, which is what counts.
COOKIE_LIFETIME = timedelta(days=365)


class ConfigError(click.ClickException):
    """A setting is wrong. The message is one line that names it and says how to mend it."""


@dataclass(frozen=True)
class MailServer:
    """What a MAIL_URL says.

    :ivar kind: `smtp`, `smtps`, `console`, `file`, or `none` where mail has to wait
    :ivar path: the folder of `file`
    """

    kind: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = dataclasses.field(default="", repr=False)
    starttls: bool = False
    path: Path = Path()

    @property
    def is_smtp(self) -> bool:
        return self.kind in MAIL_PORTS

    @classmethod
    def parse(cls, url: str) -> Self:
        """:raises ValueError: saying what is wrong"""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # What it says may hold the password.
            raise ValueError(MAIL_URL_ADVICE) from None
        if parts.scheme == "console":
            return cls("console")
        if parts.scheme == "file":
            if parts.netloc or not parts.path:
                raise ValueError("name a folder with three slashes: file:///var/mail/microblog")
            return cls("file", path=Path(unquote(parts.path)))
        if parts.scheme not in MAIL_PORTS or not parts.hostname:
            raise ValueError("use smtp://, smtps://, file:// or console://")
        return cls._of_server(parts, port or MAIL_PORTS[parts.scheme])

    @classmethod
    def _of_server(cls, parts: SplitResult, port: int) -> Self:
        if parts.path.strip("/") or parts.fragment:
            raise ValueError(MAIL_URL_ADVICE)
        options = parse_qs(parts.query, keep_blank_values=True)
        if options and parts.scheme == "smtps":
            raise ValueError("smtps:// takes no options: it is TLS from the first byte")
        if options not in ({}, {"starttls": ["off"]}, {"starttls": ["on"]}):
            raise ValueError("the only option is ?starttls=off")
        return cls(
            parts.scheme,
            parts.hostname or "",
            port,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            starttls=parts.scheme == "smtp" and options.get("starttls") != ["off"],
        )


# Where a provider is, unless the address says otherwise.
TRANSLATION_HOSTS = {
    "libretranslate": "",
    "deepl": "api.deepl.com",
    "microsoft": "api.cognitive.microsofttranslator.com",
}
DEEPL_FREE_HOST = "api-free.deepl.com"
TRANSLATE_URL_ADVICE = (
    "use libretranslate://key@host:port, deepl://key or microsoft://key?region=name; "
    "in a key, write %2F for /, %40 for @, %23 for #, %3F for ? and %25 for %"
)


@dataclass(frozen=True)
class TranslationServer:
    """What a TRANSLATE_URL says.

    :ivar kind: `libretranslate`, `deepl` or `microsoft`
    :ivar base_url: without a slash at the end, such as `https://api.deepl.com`
    :ivar region: of a key of Microsoft's that is good for one region
    """

    kind: str
    base_url: str
    key: str = dataclasses.field(default="", repr=False)
    region: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """:raises ValueError: saying what is wrong"""
        try:
            parts = urlsplit(url)
            key, place = cls._key_and_place(parts)
            options = parse_qs(parts.query, keep_blank_values=True)
            # The port is asked for first, since it may be none.
            host = place.netloc if place.port or place.hostname else ""
        except (ValueError, KeyError):
            # What it says may hold the key.
            raise ValueError(TRANSLATE_URL_ADVICE) from None
        if not re.fullmatch("[!-~]+", url + key) or parts.fragment or "@" in parts.path:
            raise ValueError(TRANSLATE_URL_ADVICE)
        host = host or cls._usual_host(parts.scheme, key)
        if not host or not (key or parts.scheme == "libretranslate"):
            raise ValueError(TRANSLATE_URL_ADVICE)
        region, scheme = cls._options(parts.scheme, options)
        return cls(parts.scheme, f"{scheme}://{host}{parts.path.rstrip('/')}", key, region)

    @staticmethod
    def _key_and_place(parts: SplitResult) -> tuple[str, SplitResult]:
        """Return what stands before and after the @; all of it is key where that is enough."""
        # Not user and password: DeepL's keys hold a colon.
        key, at, place = parts.netloc.rpartition("@")
        if not at and TRANSLATION_HOSTS[parts.scheme]:
            key, place = place, ""
        return unquote(key, errors="strict"), urlsplit(f"//{place}")

    @staticmethod
    def _usual_host(kind: str, key: str) -> str:
        is_free = kind == "deepl" and key.endswith(":fx")
        return DEEPL_FREE_HOST if is_free else TRANSLATION_HOSTS[kind]

    @staticmethod
    def _options(kind: str, options: dict[str, list[str]]) -> tuple[str, str]:
        """Return the region, and `http` or `https`."""
        region = options.pop("region", [""])[0] if kind == "microsoft" else ""
        is_known = options in ({}, {"tls": ["off"]}, {"tls": ["on"]})
        if not is_known or not re.fullmatch("[a-z0-9-]*", region):
            raise ValueError("the only options are ?tls=off and, for microsoft://, ?region=name")
        return region, "http" if options.get("tls") == ["off"] else "https"


MEDIA_URL_ADVICE = (
    "use file:///folder or s3://key:secret@host:port/bucket, with ?region=name or ?tls=off if need "
    "be; in a secret, write %2F for /, %40 for @, %23 for #, %3F for ? and %25 for %"
)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class MediaStore:
    """What a MEDIA_URL says.

    :ivar kind: `file` or `s3`
    :ivar path: the folder of `file`
    :ivar endpoint: the server's address, such as `https://s3.example:9000`; "" for Amazon's
    """

    kind: str
    path: Path = Path()
    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    key: str = ""
    secret: str = dataclasses.field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """:raises ValueError: saying what is wrong"""
        try:
            parts = urlsplit(url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            # What it says may hold the secret.
            raise ValueError(MEDIA_URL_ADVICE) from None
        if parts.scheme == "file":
            if parts.netloc or not parts.path.strip("/"):
                raise ValueError("name a folder with three slashes: file:///var/media/microblog")
            return cls("file", path=Path(unquote(parts.path)))
        if parts.scheme != "s3":
            raise ValueError("use file:// or s3://")
        return cls._of_server(parts, port)

    @classmethod
    def _of_server(cls, parts: SplitResult, port: str) -> Self:
        options = parse_qs(parts.query, keep_blank_values=True)
        region = options.pop("region", [""])
        tls = options.pop("tls", ["on"])
        bucket = parts.path.strip("/")
        if options or len(region) > 1 or tls not in (["on"], ["off"]) or parts.fragment:
            raise ValueError(MEDIA_URL_ADVICE)
        if not parts.username or not parts.password or not _BUCKET.fullmatch(bucket):
            raise ValueError(MEDIA_URL_ADVICE)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        if not host and (not region[0] or port or tls == ["off"]):
            raise ValueError(
                "without a host, name Amazon's region: s3://…@/bucket?region=eu-west-1"
            )
        return cls(
            "s3",
            bucket=bucket,
            endpoint=f"http{'' if tls == ['off'] else 's'}://{host}{port}" if host else "",
            region=region[0] or "us-east-1",
            key=unquote(parts.username),
            secret=unquote(parts.password),
        )


class Config(BaseSettings):
    """The settings. Names are those of the environment variables."""

    model_config = SettingsConfigDict(
        env_file=ROOT / ".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        # A wrong value may be a secret; it must not be printed back.
        hide_input_in_errors=True,
    )

    APP_ENV: Literal["local", "production", "testing"] = Field(
        "local",
        description="`local` makes its own secret key; `production` refuses to start without "
        "`SECRET_KEY` and `BASE_URL`; `testing` is for the test suite.",
    )
    SITE_NAME: str = Field(
        "Microblog", min_length=1, max_length=60, description="The name shown on every page."
    )
    HOST: str = Field("127.0.0.1", description="The address to listen on.")
    PORT: int = Field(5000, ge=1, le=65535, description="The TCP port to listen on.")
    BASE_URL: str = Field(
        "",
        description="The public address, such as `https://microblog.example`. Every external link "
        "is made from it. Default: `http://localhost:PORT`.",
    )
    TRUSTED_HOSTS: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Further host names to answer to, separated by commas. The host of `BASE_URL` "
        "is always trusted, and so is this machine itself unless in production.",
    )
    PROXY_HOPS: int = Field(
        0,
        ge=0,
        le=10,
        description="How many reverse proxies of yours stand in front. With 0, `X-Forwarded-*` "
        "headers are ignored.",
    )
    INSTANCE_PATH: Path = Field(
        ROOT / "instance",
        description="The folder for the SQLite file, the secret key, members' exports and, unless "
        "`MEDIA_URL` says otherwise, pictures. Default: `instance`.",
        json_schema_extra={"shown_default": "instance"},
    )
    DATABASE_URL: str = Field(
        "",
        repr=False,
        description="`sqlite:///…` or `postgresql://…`. Default: a SQLite file in `INSTANCE_PATH`.",
    )
    DATABASE_POOL_SIZE: int = Field(
        10, ge=1, le=200, description="Most PostgreSQL connections of one web process."
    )
    DATABASE_PREPARE: bool = Field(
        default=True,
        description="Whether PostgreSQL plans the statements of lists once for each connection. "
        "Not behind a pooler that gives each transaction another one, such as PgBouncer.",
    )
    DATABASE_TIMEOUT: int = Field(
        10, ge=1, le=300, description="Seconds after which a statement or a wait is given up."
    )
    SECRET_KEY: str = Field(
        "",
        repr=False,
        description="The master key: cookies, links in mails and every second factor depend on it. "
        "At least 32 characters. Outside production one is made and kept in "
        "`INSTANCE_PATH/secret_key`.",
    )
    WEB_CONCURRENCY: int = Field(2, ge=1, le=64, description="Number of web processes.")
    WEB_THREADS: int = Field(4, ge=1, le=64, description="Threads of each web process.")
    WORKER_PROCESSES: int = Field(
        2, ge=1, le=64, description="Number of processes of `flask worker`, which runs the jobs."
    )
    MAIL_URL: str = Field(
        "",
        repr=False,
        description="Where mail goes: `smtp://user:password@host:587` (with STARTTLS; "
        "`?starttls=off` for a server on your own network), `smtps://user:password@host:465`, "
        "`file:///folder`, or `console://`, which prints it where the worker runs. That is the "
        "default, but in production mail waits until this is set: it holds links that sign in.",
    )
    MAIL_FROM: str = Field(
        "",
        description="The sender of mail. Default: `noreply` at the host of `BASE_URL`.",
    )
    TRANSLATE_URL: str = Field(
        "",
        repr=False,
        description="Who translates posts: `libretranslate://key@host:port` (the key if it wants "
        "one; `?tls=off` for a server on your own network), `deepl://key`, or "
        "`microsoft://key?region=name`. Default: nobody, and no post offers it.",
    )
    REQUIRE_CONFIRMED_EMAIL: bool | None = Field(
        None,
        description="Whether members must confirm their address before they post or follow. "
        "Default: `1` when `MAIL_URL` is a mail server, else `0`.",
    )
    MEDIA_URL: str = Field(
        "",
        repr=False,
        description="Where pictures are kept: `file:///folder`, or a bucket of S3 or of what is "
        "like it, `s3://key:secret@host:9000/bucket`, with `?region=name` where the server has "
        "regions and `?tls=off` for one on your own network; Amazon's own is "
        "`s3://key:secret@/bucket?region=name`. Default: `media` in `INSTANCE_PATH`.",
    )
    MAX_PICTURE_MB: int = Field(
        10, ge=1, le=100, description="Megabytes of a picture's file, as it is uploaded."
    )
    MEDIA_QUOTA_MB: int = Field(
        1000,
        ge=1,
        le=1_000_000,
        description="Megabytes that the pictures in one member's posts may take, as they are kept.",
    )
    MAX_POST_LENGTH: int = Field(
        500, ge=1, le=10_000, description="Characters in a post, as a reader counts them."
    )
    PAGE_SIZE: int = Field(25, ge=1, le=100, description="Posts or people on one page.")
    PAGE_CACHE_MB: int = Field(
        8,
        ge=0,
        le=1000,
        description="Megabytes in each web process for pages that readers who are not signed in "
        "asked for, to be shown again while nothing has changed. `0` keeps none.",
    )
    DEFAULT_LOCALE: Literal["en", "es", "ko"] = Field(
        "en", description="The language for readers whose browser asks for none we have."
    )
    DEFAULT_TIME_ZONE: str = Field(
        "UTC", description="The time zone for readers without one of their own."
    )
    RATELIMIT_ENABLED: bool = Field(
        True, description="`0` turns rate limits off, for load tests only."
    )
    LOG_FORMAT: Literal["text", "json"] = Field(
        "text", description="`text` for a terminal, `json` for a log collector."
    )
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least important level that is logged."
    )

    @field_validator("TRUSTED_HOSTS", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("DEFAULT_TIME_ZONE")
    @classmethod
    def _check_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("not a time zone; use a name such as Europe/Berlin") from None
        return value

    @field_validator("BASE_URL")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("give a scheme and a host, such as https://microblog.example")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
            raise ValueError("give no path; Microblog lives at the root of its host")
        return value.rstrip("/")

    @field_validator("INSTANCE_PATH")
    @classmethod
    def _make_absolute(cls, value: Path) -> Path:
        return (ROOT / value.expanduser()).resolve()

    @field_validator("DATABASE_URL")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if not value:
            return value
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            raise ValueError(
                "not a database address; use postgresql://user:password@host/name or leave it out"
            ) from None
        # SQLAlchemy's default for postgresql:// is psycopg 3; we ship psycopg2.
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg2")
        if url.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg2"}:
            raise ValueError("only sqlite:// and postgresql:// are supported")
        if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
            raise ValueError("name a file, such as sqlite:////var/lib/microblog/microblog.db")
        return url.render_as_string(hide_password=False)

    @field_validator("MAIL_URL")
    @classmethod
    def _check_mail_url(cls, value: str) -> str:
        if value:
            MailServer.parse(value)
        return value

    @field_validator("TRANSLATE_URL")
    @classmethod
    def _check_translate_url(cls, value: str) -> str:
        if value:
            TranslationServer.parse(value)
        return value

    @field_validator("MEDIA_URL")
    @classmethod
    def _check_media_url(cls, value: str) -> str:
        if value:
            MediaStore.parse(value)
        return value

    @field_validator("MAIL_FROM")
    @classmethod
    def _check_mail_from(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!#-'*+./\w=?^`{|}~-]+@[^\s@<>\"]+", value, re.ASCII):
            raise ValueError("give an address only, such as noreply@microblog.example")
        try:
            value.encode("idna")
        except UnicodeError:
            raise ValueError("the part after @ is no host name") from None
        return value

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        if self.APP_ENV == "testing" or not self.SECRET_KEY:
            return self
        is_placeholder = any(word in self.SECRET_KEY.lower() for word in PLACEHOLDER_SECRETS)
        if len(self.SECRET_KEY) < 32 or is_placeholder:
            raise ValueError(
                "SECRET_KEY is too weak; set it to the output of `openssl rand -hex 32`"
            )
        return self

    @model_validator(mode="after")
    def _check_production(self) -> Self:
        if self.APP_ENV != "production":
            return self
        if not self.SECRET_KEY:
            raise ValueError(
                "SECRET_KEY is missing; set it to the output of `openssl rand -hex 32`"
            )
        if not self.BASE_URL:
            raise ValueError("BASE_URL is missing; set it to the public address of this site")
        return self

    @property
    def base_url(self) -> str:
        return self.BASE_URL or f"http://localhost:{self.PORT}"

    @property
    def is_tls(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def database_url(self) -> str:
        return self.DATABASE_URL or f"sqlite:///{self.INSTANCE_PATH / SQLITE_FILE}"

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names to answer to, with and without their ports."""
        local = () if self.APP_ENV == "production" else LOCAL_HOSTS
        host = urlsplit(self.base_url).hostname or ""
        return [*dict.fromkeys((host, *self.TRUSTED_HOSTS, *local))]

    @property
    def mail_server(self) -> "MailServer":
        if not self.MAIL_URL:
            return MailServer("none" if self.APP_ENV == "production" else "console")
        return MailServer.parse(self.MAIL_URL)

    @cached_property
    def translation_server(self) -> "TranslationServer | None":
        return TranslationServer.parse(self.TRANSLATE_URL) if self.TRANSLATE_URL else None

    @cached_property
    def media_store(self) -> MediaStore:
        if not self.MEDIA_URL:
            return MediaStore("file", path=self.INSTANCE_PATH / "media")
        return MediaStore.parse(self.MEDIA_URL)

    @property
    def max_picture_bytes(self) -> int:
        return self.MAX_PICTURE_MB * MEGABYTE

    @property
    def media_quota_bytes(self) -> int:
        return self.MEDIA_QUOTA_MB * MEGABYTE

    @property
    def mail_from(self) -> str:
        """The sender's address, its host in ASCII as mail servers want it."""
        sender = self.MAIL_FROM or f"noreply@{urlsplit(self.base_url).hostname}"
        name, _, host = sender.partition("@")
        return f"{name}@{host.encode('idna').decode()}"

    @property
    def require_confirmed_email(self) -> bool:
        if self.REQUIRE_CONFIRMED_EMAIL is None:
            return self.mail_server.is_smtp
        return self.REQUIRE_CONFIRMED_EMAIL

    @cached_property
    def master_key(self) -> str:
        return self.SECRET_KEY or read_or_make_secret(self.INSTANCE_PATH)

    def key_for(self, purpose: str) -> bytes:
        """Return the key for one purpose, derived from the master key."""
        return bytes.fromhex(derive_key(self.master_key, purpose))

    def flask_settings(self) -> dict[str, Any]:
        """The settings in the words of Flask and its extensions."""
        secret = self.master_key
        return {
            "TESTING": self.APP_ENV == "testing",
            "SECRET_KEY": derive_key(secret, "session-cookie"),
            "WTF_CSRF_SECRET_KEY": derive_key(secret, "csrf"),
            # A token lives as long as its session: a long-open form must still be accepted.
            "WTF_CSRF_TIME_LIMIT": None,
            # It asks for a Referer, which careful browsers leave out; we compare the Origin.
            "WTF_CSRF_SSL_STRICT": False,
            "SESSION_COOKIE_NAME": "__Host-session" if self.is_tls else "session",
            "SESSION_COOKIE_SECURE": self.is_tls,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_REFRESH_EACH_REQUEST": False,
            "PERMANENT_SESSION_LIFETIME": COOKIE_LIFETIME,
            "MAX_CONTENT_LENGTH": 512 * 1024,
            "MAX_FORM_MEMORY_SIZE": 512 * 1024,
            "MAX_FORM_PARTS": 100,
            "PREFERRED_URL_SCHEME": urlsplit(self.base_url).scheme,
            "TRUSTED_HOSTS": self.trusted_hosts,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
            "BABEL_DEFAULT_LOCALE": self.DEFAULT_LOCALE,
            "BABEL_DEFAULT_TIMEZONE": self.DEFAULT_TIME_ZONE,
            "RATELIMIT_ENABLED": self.RATELIMIT_ENABLED,
            # Tests have a server of their own.
            "MAIL_SUPPRESS_SEND": False,
        }


def load(**overrides: Any) -> Config:
    """Read the settings from the environment and `.env`; keyword arguments win.

    :raises ConfigError: naming the first setting that is wrong
    """
    try:
        return Config(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{name}: {message}" if name else message) from None


def derive_key(master: str, purpose: str) -> str:
    """Return a key for one purpose, 64 hex digits: HKDF-SHA256 (RFC 5869), one block long."""
    extracted = hmac.digest(b"microblog", master.encode(), hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256).hex()


def read_or_make_secret(folder: Path) -> str:
    """Return the master key kept in the folder; make one, for its owner's eyes only, if need be.

    :raises ConfigError: if the folder cannot be written
    """
    path = folder / "secret_key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_secret(path)
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(
            f"INSTANCE_PATH: cannot use {folder} ({error.strerror}); "
            "make it writable or set INSTANCE_PATH to a folder that is"
        ) from None


def _write_secret(path: Path) -> None:
    """Put a new key into place in one step, so that processes starting together agree on one."""
    draft = path.with_name(f".secret_key.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32) + "\n")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
