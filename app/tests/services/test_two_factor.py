import re
from collections import Counter
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import segno
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Base, Email, OneTimeToken, RecoveryCode, User, UserSession
from app.models.base import utc_now
from app.services import recovery_codes, sessions, tokens, two_factor
from app.services.errors import CodeWrong, LinkInvalid
from app.services.two_factor import Factor
from app.tests.authenticator import code_of, turn_on
from app.tests.factories import make_user
from app.tests.together import together

STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(utc_now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def codes(susan):
    """Turn two-factor sign-in on for susan and return her recovery codes."""
    return turn_on(susan)


def loaded(user_id: int) -> User:
    """Return a user as a request of another process has it."""
    return db.session.get_one(User, user_id, options=[joinedload(User.credential)])


def mails() -> list[tuple[str, dict]]:
    return [tuple(row) for row in db.session.execute(select(Email.kind, Email.details))]


def everything_stored() -> str:
    """Return all columns of all tables, bytes also as hex, as a dump would hold them."""
    rows = [db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    return " ".join(
        value.hex() + str(value) if isinstance(value, bytes) else str(value)
        for table in rows
        for row in table
        for value in row
    )


class TestTheKey:
    def test_it_has_160_bits_in_base_32(self, susan):
        assert re.fullmatch("[A-Z2-7]{32}", two_factor.key(susan))

    def test_it_stays_while_it_is_set_up_and_nothing_is_written(self, susan, count_queries):
        assert two_factor.key(susan) == two_factor.key(susan)
        assert count_queries == []

    def test_it_stays_the_same_once_on(self, susan):
        key = two_factor.key(susan)
        turn_on(susan)
        susan.session_token = "another"

        assert two_factor.key(susan) == key

    def test_everybody_and_every_session_has_another(self, susan, john):
        keys = {two_factor.key(susan), two_factor.key(john)}
        susan.session_token = "another"

        assert len({*keys, two_factor.key(susan)}) == 3

    def test_it_never_comes_back(self, susan, clock):
        keys = set()
        for _ in range(3):
            keys.add(two_factor.key(susan))
            codes = turn_on(susan)
            two_factor.disable(susan, codes[0])
            clock.shift(STEP)

        assert len(keys) == 3

    def test_another_master_key_makes_another(self, susan, make_app):
        turn_on(susan)
        key = two_factor.key(susan)

        with make_app(SECRET_KEY="another key altogether").app_context():
            assert two_factor.key(susan) != key

    def test_the_qr_code_tells_apps_what_they_need(self, susan):
        parts = urlsplit(two_factor.provisioning_uri(susan))

        assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Microblog:susan")
        assert parse_qs(parts.query) == {"secret": [two_factor.key(susan)], "issuer": ["Microblog"]}

    def test_the_qr_code_is_black_on_white_with_a_quiet_zone(self, susan):
        picture = two_factor.qr_code(susan).decode()
        code = segno.make(two_factor.provisioning_uri(susan), error="l")
        side = code.symbol_size(border=4)[0]

        assert f'viewBox="0 0 {side} {side}"' in picture
        assert f'fill="#fff" d="M0 0h{side}v{side}h-{side}z"' in picture
        assert 'stroke="#000"' in picture
        assert dark_modules(picture) == {
            (x + 4, y + 4)
            for y, row in enumerate(code.matrix)
            for x, is_dark in enumerate(row)
            if is_dark
        }


def dark_modules(picture):
    """Return the squares that the path of a QR code draws."""
    found = set()
    x = y = 0.0
    path = re.search(r'class="qrline"[^>]* d="([^"]+)"', picture)[1]
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "h":
            found |= {(int(x) + n, int(y)) for n in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return found


class TestTurningItOn:
    def test_it_takes_a_code_and_gives_recovery_codes(self, susan):
        assert not two_factor.is_on(susan)

        codes = turn_on(susan)

        assert two_factor.is_on(susan)
        assert len(set(codes)) == 8
        assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}", c) for c in codes)
        assert len(recovery_codes.ALPHABET) ** recovery_codes.LENGTH >= 2**40
        assert mails() == [("two_factor_on", {})]

    @pytest.mark.parametrize("code", ["", "00000x", "12345", "nonsense"])
    def test_a_wrong_code_changes_nothing(self, susan, code):
        with pytest.raises(CodeWrong):
            two_factor.enable(susan, code)

        assert not two_factor.is_on(susan)
        assert mails() == []

    def test_it_cannot_be_turned_on_twice(self, codes, susan, clock):
        clock.shift(STEP)
        with pytest.raises(CodeWrong):
            two_factor.enable(susan, code_of(susan))

        assert recovery_codes.remaining(susan) == 8

    def test_its_code_does_not_also_sign_in(self, codes, susan):
        with pytest.raises(CodeWrong):
            two_factor.check(susan, code_of(susan))

    def test_other_sessions_end(self, susan, john):
        def begin(user):
            return sessions.start(user, remembered=False, ip="", user_agent="")

        here, elsewhere, johns = begin(susan), begin(susan), begin(john)
        sessions.load(here)
        turn_on(susan)

        assert [bool(sessions.load(token)) for token in (here, elsewhere, johns)] == [
            True,
            False,
            True,
        ]

    def test_of_many_who_try_at_once_one_succeeds(self, app, susan):
        code = code_of(susan)

        def enable() -> list[str]:
            with app.app_context():
                codes = two_factor.enable(loaded(susan.id), code)
                db.session.commit()
                return codes

        outcomes = together([enable] * 20)

        assert Counter(type(outcome) for outcome in outcomes) == {list: 1, CodeWrong: 19}
        assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 8


class TestCodes:
    @pytest.mark.parametrize("ahead", [-1, 0, 1])
    def test_the_step_of_now_and_those_beside_it_count(self, codes, susan, clock, ahead):
        clock.shift(5 * STEP)

        assert two_factor.check(susan, code_of(susan, ahead=ahead)) is Factor.APP

    @pytest.mark.parametrize("ahead", [-3, -2, 2, 3, 100])
    def test_other_steps_do_not(self, codes, susan, clock, ahead):
        clock.shift(5 * STEP)

        with pytest.raises(CodeWrong):
            two_factor.check(susan, code_of(susan, ahead=ahead))

    def test_a_code_counts_once(self, codes, susan, clock):
        clock.shift(STEP)
        code = code_of(susan)
        two_factor.check(susan, code)

        with pytest.raises(CodeWrong):
            two_factor.check(susan, code)

    def test_after_a_newer_code_an_older_one_is_void(self, codes, susan, clock):
        clock.shift(5 * STEP)
        two_factor.check(susan, code_of(susan, ahead=1))

        with pytest.raises(CodeWrong):
            two_factor.check(susan, code_of(susan))

    @pytest.mark.parametrize("write", [
        lambda code: f"{code[:3]} {code[3:]}",
        lambda code: f"  {code[:3]}-{code[3:]}\n",
        lambda code: f"{code[:3]}\u202f{code[3:]}",
        lambda code: code.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    ])  # fmt: skip
    def test_it_may_be_typed_with_spaces_or_in_full_width(self, codes, susan, clock, write):
        clock.shift(STEP)

        assert two_factor.check(susan, write(code_of(susan))) is Factor.APP

    @pytest.mark.parametrize("zero", ["٠", "०", "𝟘", "߀"])
    def test_digits_of_other_scripts_do_no_harm(self, codes, susan, clock, zero):
        clock.shift(STEP)
        written = code_of(susan).translate({ord("0") + n: ord(zero) + n for n in range(10)})

        # Letters for mathematics are the same digits by Unicode's own rules; the others are not.
        if zero == "𝟘":
            assert two_factor.check(susan, written) is Factor.APP
        else:
            with pytest.raises(CodeWrong):
                two_factor.check(susan, written)

    @pytest.mark.parametrize(
        "code", ["", " ", "00000x", "0" * 7, "\ud800" * 6, "x" * 1000, "' OR 1"]
    )
    def test_what_is_no_code_is_refused(self, codes, susan, code):
        with pytest.raises(CodeWrong):
            two_factor.check(susan, code)

    def test_another_members_code_is_refused(self, codes, susan, john, clock):
        johns = turn_on(john)
        clock.shift(STEP)

        for code in (code_of(john), johns[0]):
            with pytest.raises(CodeWrong):
                two_factor.check(susan, code)

    def test_no_code_is_right_while_it_is_off(self, susan):
        with pytest.raises(CodeWrong):
            two_factor.check(susan, code_of(susan))

    def test_a_clock_that_was_wrong_for_a_while_locks_nobody_out(self, codes, susan, clock):
        clock.shift(timedelta(minutes=10))
        two_factor.check(susan, code_of(susan))
        clock.shift(timedelta(minutes=-10))

        assert two_factor.check(susan, codes[0]) is Factor.RECOVERY_CODE
        clock.shift(timedelta(minutes=11))
        assert two_factor.check(susan, code_of(susan)) is Factor.APP

    @pytest.mark.parametrize("kind", [Factor.APP, Factor.RECOVERY_CODE])
    def test_of_fifty_uses_at_once_one_succeeds(self, app, codes, susan, clock, kind):
        clock.shift(STEP)
        code = code_of(susan) if kind is Factor.APP else codes[3]

        def use() -> Factor:
            with app.app_context():
                factor = two_factor.check(loaded(susan.id), code)
                db.session.commit()
                return factor

        outcomes = Counter(map(str, together([use] * 50)))

        assert outcomes == {str(kind): 1, str(CodeWrong()): 49}


class TestRecoveryCodes:
    def test_each_works_once(self, codes, susan):
        for number, code in enumerate(codes, start=1):
            assert two_factor.check(susan, code) is Factor.RECOVERY_CODE
            assert recovery_codes.remaining(susan) == 8 - number
            with pytest.raises(CodeWrong):
                two_factor.check(susan, code)

    @pytest.mark.parametrize("write", [
        str.upper,
        lambda code: code.replace("-", ""),
        lambda code: f" {code.replace('-', ' ')} ",
        lambda code: code.replace("-", " – "),
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
    ])  # fmt: skip
    def test_case_hyphens_spaces_and_look_alikes_are_forgiven(self, codes, susan, write):
        for code in codes:
            assert two_factor.check(susan, write(code)) is Factor.RECOVERY_CODE

    def test_new_ones_replace_the_old(self, codes, susan):
        new = two_factor.new_recovery_codes(susan, codes[1])

        assert not set(new) & set(codes)
        assert recovery_codes.remaining(susan) == 8
        with pytest.raises(CodeWrong):
            two_factor.check(susan, codes[0])
        assert two_factor.check(susan, new[0]) is Factor.RECOVERY_CODE

    def test_there_are_none_while_it_is_off(self, susan):
        with pytest.raises(CodeWrong):
            two_factor.new_recovery_codes(susan, "000000")

        assert recovery_codes.remaining(susan) == 0

    def test_without_a_code_there_are_no_new_ones(self, codes, susan):
        with pytest.raises(CodeWrong):
            two_factor.new_recovery_codes(susan, "0000-0000")

        assert recovery_codes.remaining(susan) == 8

    def test_of_many_sets_made_at_once_one_is_left(self, app, codes, susan):
        def make(code: str) -> list[str]:
            with app.app_context():
                codes = two_factor.new_recovery_codes(loaded(susan.id), code)
                db.session.commit()
                return codes

        # Whoever comes second finds the code gone with the set it belonged to.
        together([partial(make, code) for code in codes])

        assert recovery_codes.remaining(susan) == 8


class TestTurningItOff:
    @pytest.mark.parametrize("kind", [Factor.APP, Factor.RECOVERY_CODE])
    def test_it_takes_a_code_and_leaves_nothing(self, codes, susan, clock, kind):
        clock.shift(STEP)
        two_factor.ask(susan, remembered=False)

        two_factor.disable(susan, code_of(susan) if kind is Factor.APP else codes[0])

        assert not two_factor.is_on(susan)
        assert susan.credential.totp_seed is None
        assert recovery_codes.remaining(susan) == 0
        assert db.session.scalar(select(func.count()).select_from(OneTimeToken)) == 0
        assert mails()[-1] == ("two_factor_off", {"by_admin": False})

    def test_a_wrong_code_changes_nothing(self, codes, susan):
        with pytest.raises(CodeWrong):
            two_factor.disable(susan, "00000x")

        assert two_factor.is_on(susan)
        assert recovery_codes.remaining(susan) == 8

    def test_an_admin_needs_none(self, codes, susan):
        two_factor.reset(susan)

        assert not two_factor.is_on(susan)
        assert mails()[-1] == ("two_factor_off", {"by_admin": True})

    def test_an_admin_turns_off_nothing_that_is_off(self, susan):
        two_factor.reset(susan)

        assert mails() == []


class TestBetweenTheSteps:
    def test_the_code_completes_what_the_password_began(self, codes, susan):
        secret = two_factor.ask(susan, remembered=True)
        assert two_factor.asked(secret) is susan

        passed = two_factor.answer(secret, code_of(susan, ahead=1))

        assert passed == (susan, Factor.APP, {"remembered": True})
        with pytest.raises(LinkInvalid):
            two_factor.asked(secret)

    def test_a_wrong_code_may_be_followed_by_the_right_one(self, codes, susan):
        secret = two_factor.ask(susan)
        with pytest.raises(CodeWrong):
            two_factor.answer(secret, "00000x")

        assert two_factor.answer(secret, codes[0]).factor is Factor.RECOVERY_CODE

    def test_it_waits_ten_minutes(self, codes, susan, clock):
        secret = two_factor.ask(susan)
        clock.shift(timedelta(minutes=10) - timedelta(seconds=1))
        assert two_factor.asked(secret)
        clock.shift(timedelta(seconds=1))

        with pytest.raises(LinkInvalid):
            two_factor.answer(secret, codes[0])
        assert recovery_codes.remaining(susan) == 8

    @pytest.mark.parametrize("column", ["suspended_at", "erased_at"])
    def test_whose_account_is_gone_meanwhile_is_refused(self, codes, susan, column):
        secret = two_factor.ask(susan)
        setattr(susan, column, utc_now())
        db.session.commit()

        with pytest.raises(LinkInvalid):
            two_factor.answer(secret, codes[0])

    def test_who_turned_it_off_meanwhile_begins_again(self, codes, susan):
        secret = two_factor.ask(susan)
        two_factor.reset(susan)

        with pytest.raises(LinkInvalid):
            two_factor.asked(secret)

    def test_a_link_of_another_kind_is_no_first_step(self, codes, susan):
        purpose = tokens.Purpose.RESET_PASSWORD
        secret = tokens.secret(tokens.issue(susan.id, purpose, timedelta(minutes=30)))

        with pytest.raises(LinkInvalid):
            two_factor.asked(secret)

    def test_of_fifty_who_send_the_same_code_one_is_let_in(self, app, codes, susan, clock):
        secret, code = two_factor.ask(susan), code_of(susan, ahead=1)

        def answer() -> str:
            with app.app_context():
                passed = two_factor.answer(secret, code)
                db.session.commit()
                return passed.factor.name

        outcomes = together([answer] * 50)

        assert outcomes.count("APP") == 1
        assert {type(outcome) for outcome in outcomes if outcome != "APP"} <= {
            CodeWrong,
            LinkInvalid,
        }


def test_a_dump_of_the_database_holds_nothing_that_signs_in(susan, make_app):
    make_user()
    key = two_factor.key(susan)
    codes = turn_on(susan)
    codes += two_factor.new_recovery_codes(susan, codes[0])
    secret = two_factor.ask(susan, remembered=False)
    session = sessions.start(susan, remembered=False, ip="", user_agent="")
    db.session.commit()
    raw_key = pyotp.TOTP(key).byte_secret()

    stored = everything_stored()

    assert susan.credential.password_hash in stored
    assert susan.credential.totp_seed.hex() in stored
    for text in (key, raw_key.hex(), str(raw_key), secret, session, *codes):
        assert text not in stored
    for code in codes:
        assert code.replace("-", "") not in stored
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1
