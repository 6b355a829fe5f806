import statistics

import bcrypt
import pytest
from argon2 import PasswordHasher
from werkzeug.security import generate_password_hash

from app.services import passwords
from app.services.passwords import Weakness, hash_password, needs_rehash, verify, weakness
from app.tests.growth import cpu_seconds

PASSWORD = "a heron, disapproving"


def test_a_password_fits_its_own_hash_only():
    kept = hash_password(PASSWORD)

    assert verify(kept, PASSWORD)
    assert not verify(kept, PASSWORD + " ")
    assert not verify(kept, PASSWORD.upper())


def test_hashes_are_argon2id_and_salted():
    one, other = hash_password(PASSWORD), hash_password(PASSWORD)

    assert one.startswith("$argon2id$")
    assert one != other


@pytest.mark.parametrize(
    "password",
    ["é" * 64, "미" * 64, "🌿" * 64, "p\0ssword twelve", "  spaces at both ends  ", "a\ud800" * 9],
)
def test_any_characters_make_a_password(password):
    kept = hash_password(password)

    assert verify(kept, password)
    assert not verify(kept, password[:-1])


def test_no_character_of_a_long_password_is_ignored():
    kept = hash_password("é" * 255 + "a")

    assert verify(kept, "é" * 255 + "a")
    assert not verify(kept, "é" * 255 + "b")


def test_the_same_password_from_another_keyboard_fits():
    kept = hash_password("caf\u00e9 caf\u00e9 123")

    assert verify(kept, "cafe\u0301 cafe\u0301 １２３")


@pytest.mark.parametrize("prefix", [b"2a", b"2b", b"2y"])
def test_bcrypt_hashes_of_other_programs_fit(prefix):
    kept = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).replace(
        b"$2b$", b"$" + prefix + b"$"
    )

    assert verify(kept.decode(), PASSWORD)
    assert not verify(kept.decode(), "another password")


def test_long_passwords_fit_the_bcrypt_hash_that_had_cut_them():
    kept = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()

    assert verify(kept, "x" * 80)
    assert not verify(kept, "x" * 71)


@pytest.mark.parametrize("method", ["scrypt:1024:8:1", "pbkdf2:sha256:1000"])
def test_werkzeug_hashes_fit(method):
    kept = generate_password_hash(PASSWORD, method)

    assert verify(kept, PASSWORD)
    assert not verify(kept, "another password")


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "x",
        "$2b$",
        "$2b$99$x",
        "$argon2id$",
        "scrypt:a:b:c$x$y",
        "scrypt:3:8:1$x$y",
        "scrypt:9999999999:8:1$x$y",
        "pbkdf2:nix:1000$x$y",
        "pbkdf2:sha256:99999999999999999999$x$y",
        "pbkdf2:sha256:1$x$é",
        "pbkdf2:sha256$x$y",
        "pbkdf2:sha256:0$x$y",
        "md5$a$b",
    ],
)
@pytest.mark.parametrize("password", [PASSWORD, "", "\0", "\ud800"])
def test_a_broken_hash_fits_nothing(kept, password):
    assert not verify(kept, password)


def test_an_unknown_user_is_refused():
    assert not verify(None, PASSWORD)
    assert not verify(None, "")


def test_unknown_users_take_as_long_as_wrong_passwords(monkeypatch):
    # As costly as in production; elsewhere tests hash in no time.
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(2, 19 * 1024, 1))
    passwords._dummy_hash.cache_clear()
    kept = hash_password(PASSWORD)
    verify(None, PASSWORD)

    known, unknown = [], []
    for _ in range(15):
        known.append(cpu_seconds(verify, kept, "a wrong password"))
        unknown.append(cpu_seconds(verify, None, "a wrong password"))
    passwords._dummy_hash.cache_clear()

    assert statistics.median(known) > 0.01
    assert statistics.median(unknown) == pytest.approx(statistics.median(known), rel=0.2)


def test_a_megabyte_is_refused_without_being_hashed_whole():
    kept = hash_password(PASSWORD)
    long = "\u0301\u0316" * 500_000

    assert not verify(kept, long)
    assert weakness(long, []) is Weakness.TOO_LONG
    assert cpu_seconds(verify, kept, long) < 1


def test_only_hashes_of_today_s_cost_are_kept():
    assert not needs_rehash(hash_password(PASSWORD))
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD))
    assert needs_rehash(bcrypt.hashpw(b"x", bcrypt.gensalt(4)).decode())
    assert needs_rehash(generate_password_hash("x", "pbkdf2:sha256:1000"))
    assert needs_rehash("")


@pytest.mark.parametrize("password", ["", "elevenchars", "ﷺ", "\u1112\u1161\u11ab" * 5])
def test_short_passwords_are_refused(password):
    assert weakness(password, []) is Weakness.TOO_SHORT


def test_passwords_over_256_characters_are_refused():
    assert weakness("heron and canal " * 16, []) is not Weakness.TOO_LONG
    assert weakness("heron and canal " * 16 + "x", []) is Weakness.TOO_LONG


@pytest.mark.parametrize(
    "password", ["password1234", "aaaaaaaaaaaa", "qwertyuiop[]", "1" * 256, "password" * 30]
)
def test_common_passwords_are_refused(password):
    assert weakness(password, []) is Weakness.COMMON


def test_one_s_own_name_and_address_make_a_common_password():
    password = "thistlewick1987"

    assert weakness(password, []) is None
    assert weakness(password, ["thistlewick", "me@thistlewick.example"]) is Weakness.COMMON


@pytest.mark.parametrize("password", [PASSWORD, "미" * 3 + "heron canal", "correct horse battery"])
def test_good_passwords_are_let_pass(password):
    assert weakness(password, ["wren", "wren@town.example"]) is None


@pytest.mark.parametrize(
    "password",
    [
        "({[<1!|7+" * 9,
        "4@8({[<3694&#!1|(0$5+7" * 4,
        "1qaz2wsx" * 30,
        "20112012" * 30,
        "\u0301\u0316" * 128,
    ],
)
def test_strength_is_told_in_time(password):
    assert cpu_seconds(weakness, password, ["a" * 5000, "1" * 5000]) < 3
