"""Settings: read, checked, and told in one line what is wrong."""

from pathlib import Path

import pytest

import config
from app.cli.config import shown
from config import ConfigError, derive_key, load, read_or_make_secret

GOOD_SECRET = "0123456789abcdef0123456789abcdef"


def read(**settings):
    return load(_env_file=None, **settings)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"PORT": "x"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://user:sekret@host/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql+psycopg://host/name"}, "DATABASE_URL"),
        ({"BASE_URL": "microblog.example"}, "BASE_URL"),
        ({"BASE_URL": "https://microblog.example/path"}, "BASE_URL"),
        ({"DEFAULT_LOCALE": "xx"}, "DEFAULT_LOCALE"),
        ({"DEFAULT_TIME_ZONE": "Mars/Olympus"}, "DEFAULT_TIME_ZONE"),
        ({"SECRET_KEY": "sekret"}, "SECRET_KEY"),
        ({"MAIL_URL": "mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "http://mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://user:sekret"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://user:sek#ret@mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://us/er:sekret@mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://user:sekret@[mail.example"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://user:sekret@mail.example:70000"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://user:sekret@mail.example?tls=no"}, "MAIL_URL"),
        ({"MAIL_URL": "smtps://mail.example?starttls=on"}, "MAIL_URL"),
        ({"MAIL_URL": "smtps://mail.example?starttls=off"}, "MAIL_URL"),
        ({"MAIL_URL": "smtp://mail.example?starttls="}, "MAIL_URL"),
        ({"MAIL_URL": "file://"}, "MAIL_URL"),
        ({"MAIL_URL": "file://mail/out"}, "MAIL_URL"),
        ({"MEDIA_URL": "media"}, "MEDIA_URL"),
        ({"MEDIA_URL": "file://media/out"}, "MEDIA_URL"),
        ({"MEDIA_URL": "file:///"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://bucket"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://s3.example/bucket"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@s3.example"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@s3.example/Bucket/folder"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sek/ret@s3.example/bucket"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@s3.example:70000/bucket"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@s3.example/bucket?tls=no"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@s3.example/bucket?zone=a"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@/bucket"}, "MEDIA_URL"),
        ({"MEDIA_URL": "s3://key:sekret@/bucket?region=a&tls=off"}, "MEDIA_URL"),
        ({"MEDIA_QUOTA_MB": "0"}, "MEDIA_QUOTA_MB"),
        ({"MAX_PICTURE_MB": "101"}, "MAX_PICTURE_MB"),
        ({"MAIL_FROM": "microblog"}, "MAIL_FROM"),
        ({"MAIL_FROM": "noreply@microblog..example"}, "MAIL_FROM"),
        ({"MAIL_FROM": "Microblog <noreply@microblog.example>"}, "MAIL_FROM"),
        ({"MAIL_FROM": "noreply@microblog.example\r\nBcc: eve@mail.example"}, "MAIL_FROM"),
        ({"APP_ENV": "production"}, "SECRET_KEY"),
        ({"APP_ENV": "production", "SECRET_KEY": "changeme" * 8}, "SECRET_KEY"),
        ({"APP_ENV": "production", "SECRET_KEY": GOOD_SECRET}, "BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_that_shows_no_secret(settings, name):
    with pytest.raises(ConfigError) as refused:
        read(**settings)

    assert refused.value.message.startswith(name)
    assert "\n" not in refused.value.message
    assert "sekret" not in refused.value.message


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_any_way_to_write_postgresql_is_understood(scheme):
    assert read(DATABASE_URL=f"{scheme}://u:p@h/n").database_url == "postgresql+psycopg2://u:p@h/n"


def test_a_folder_may_be_relative_or_of_ones_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert read(INSTANCE_PATH="data").INSTANCE_PATH == config.ROOT / "data"
    assert tmp_path / "data" == read(INSTANCE_PATH="~/data").INSTANCE_PATH


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("PORT", "5001")
    monkeypatch.setenv("TRUSTED_HOSTS", "a.example, b.example")
    monkeypatch.setenv("SITE_NAME", "")

    settings = read()

    assert settings.base_url == "http://localhost:5001"
    assert settings.trusted_hosts[:3] == ["localhost", "a.example", "b.example"]
    assert settings.SITE_NAME == "Microblog"


def test_a_dotenv_file_is_read(tmp_path):
    (tmp_path / ".env").write_text("SITE_NAME=Harbour\nPORT=5002\n")

    assert load(_env_file=tmp_path / ".env").SITE_NAME == "Harbour"


def test_the_secret_is_made_once_for_its_owner_only(tmp_path):
    folder = tmp_path / "instance"
    secret = read_or_make_secret(folder)

    assert len(secret) == 64
    assert read_or_make_secret(folder) == secret
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_each_purpose_has_a_key_of_its_own():
    assert derive_key("master", "a") != derive_key("master", "b")
    assert derive_key("master", "a") != derive_key("other", "a")


def test_printed_settings_show_no_secrets():
    settings = read(SECRET_KEY=GOOD_SECRET, DATABASE_URL="postgresql://u:sekret@h/n")

    assert GOOD_SECRET not in repr(settings)
    assert "sekret" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "kind", "port", "starttls"),
    [
        ("smtp://mail.example", "smtp", 587, True),
        ("smtp://mail.example:25?starttls=off", "smtp", 25, False),
        ("smtps://mail.example", "smtps", 465, False),
        ("console://", "console", 0, False),
        ("file:///var/mail/microblog", "file", 0, False),
    ],
)
def test_a_mail_url_says_where_mail_goes_and_how(url, kind, port, starttls):
    server = read(MAIL_URL=url).mail_server

    assert (server.kind, server.port, server.starttls) == (kind, port, starttls)


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("file://mail/out", "three slashes"),
        ("smtps://mail.example?starttls=on", "takes no options"),
    ],
)
def test_a_mail_url_that_would_be_misunderstood_is_refused_with_advice(url, advice):
    with pytest.raises(ConfigError, match=advice):
        read(MAIL_URL=url)


def test_a_password_of_the_mail_server_may_hold_any_character():
    server = read(MAIL_URL="smtp://post%40microblog:a%2Fb%3Ac%40d%23e%25@mail.example").mail_server

    assert (server.user, server.password) == ("post@microblog", "a/b:c@d#e%")
    assert "a/b" not in repr(server)


@pytest.mark.parametrize(
    ("url", "endpoint", "region"),
    [
        ("s3://k:s@s3.example/bucket", "https://s3.example", "us-east-1"),
        ("s3://k:s@s3.example:9000/bucket?tls=off", "http://s3.example:9000", "us-east-1"),
        ("s3://k:s@[::1]:9000/bucket?region=here", "https://[::1]:9000", "here"),
        ("s3://k:s@/bucket?region=eu-central-1", "", "eu-central-1"),
    ],
)
def test_a_media_url_says_where_pictures_go(url, endpoint, region):
    store = read(MEDIA_URL=url).media_store

    assert (store.kind, store.bucket, store.endpoint) == ("s3", "bucket", endpoint)
    assert (store.region, store.key, store.secret) == (region, "k", "s")


def test_pictures_go_to_the_instance_unless_a_folder_is_named(tmp_path):
    assert read(INSTANCE_PATH=tmp_path).media_store.path == tmp_path / "media"
    assert read(MEDIA_URL="file:///srv/my%20pictures").media_store.path == Path("/srv/my pictures")


def test_a_secret_of_the_media_storage_may_hold_any_character():
    settings = read(MEDIA_URL="s3://key:a%2Fb%3Ac%40d%23e%25+@s3.example/bucket")

    assert settings.media_store.secret == "a/b:c@d#e%+"
    assert "a/b" not in repr(settings.media_store)
    assert "a%2Fb" not in repr(settings)


def test_mail_comes_from_the_host_of_the_site():
    assert read(BASE_URL="https://microblog.example:8443").mail_from == "noreply@microblog.example"
    assert read(MAIL_FROM="post@bücher.example").mail_from == "post@xn--bcher-kva.example"


def test_addresses_are_confirmed_where_mail_is_really_sent():
    assert not read().require_confirmed_email
    assert not read(MAIL_URL="file:///tmp/mail").require_confirmed_email
    assert read(MAIL_URL="smtp://mail.example").require_confirmed_email
    assert not read(
        MAIL_URL="smtp://mail.example", REQUIRE_CONFIRMED_EMAIL="0"
    ).require_confirmed_email


def test_shown_settings_hide_the_password_of_the_mail_server():
    settings = read(MAIL_URL="smtps://user:sek%40ret@mail.example")

    assert shown(settings, "MAIL_URL") == "smtps://user:***@mail.example"
    assert "sek" not in repr(settings)
