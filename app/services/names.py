"""User names: what they are made of, which are kept back, and what to offer instead."""

import hashlib
import re
import string
from typing import Literal

from app.services.errors import DomainError

MIN_LENGTH = 2
MAX_LENGTH = 30
# What the names of erased accounts begin with.
ERASED = "deleted_"
USERNAME = re.compile(rf"[A-Za-z0-9_]{{{MIN_LENGTH},{MAX_LENGTH}}}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Those who speak for the site. Nobody may be called so, nor look as if: adm1n, r00t, _admin_.
STAFF = _words(
    """
    abuse admin admins administration administrator administrators help helpdesk host hostmaster
    microblog mod moderation moderator moderators mods official owner owners postmaster root
    security staff superuser support sysadmin sysop system team webmaster
    """
)

# First parts of addresses, of this application and of those to come, and words with a meaning.
RESERVED = STAFF | _words(
    """
    about account accounts activity all anonymous api app apps archive assets atom auth avatar
    avatars blocks blog bookmarks bot cache channel compose config contact conversations css
    dashboard debug delete deleted demo docs download edit edit_profile email embed error errors
    everyone example explore export favicon faq feed feeds federation file files follow followers
    following follows group guest healthz here home hovercard icon icons image images img import
    inbox index info invite invites javascript jobs js json keyboard language legal likes list lists
    live livez local login logout mail manifest media me members mentions message messages metrics
    mobile moment mutes new news nobody nodeinfo none notification notifications null oauth oembed
    outbox page pages password people ping policy popular post posts privacy profile profiles
    public readyz register remote replies report reports reposts reset robots rss rules save
    search self server service services session sessions settings share signin signout signup
    site sitemap static stats status statuses stream streaming tag tags terms theme thread
    timeline timelines token tokens tos trending trends undefined unfollow unsubscribe update
    upload uploads user username users vendor verify web webhook webhooks well_known widget www
    """
)

_DIGITS = string.digits + string.ascii_lowercase
_LOOK_ALIKE = str.maketrans("01i34578", "oll" + "eastb", "_")
_OTHER_CHARACTERS = re.compile(r"[^A-Za-z0-9_]+")
_SHAPES = ("{}_", "{}2", "the_{}", "{}_notes", "{}_here", "just_{}", "{}_too", "{}_writes")


def hash_of(username: str) -> bytes:
    """Return the form under which a name, in whatever letter case, stays taken for good."""
    return hashlib.sha256(username.lower().encode("utf-8", "surrogatepass")).digest()


class InvalidName(DomainError):
    """The user name cannot be had by anyone.

    :ivar code: `characters`, `length` or `reserved`
    """

    def __init__(self, code: Literal["characters", "length", "reserved"]) -> None:
        super().__init__(code)
        self.code = code


def check(name: str) -> None:
    """Refuse what cannot be a user name.

    :raises InvalidName: if it has other characters, the wrong length, or is kept back
    """
    if _OTHER_CHARACTERS.search(name):
        raise InvalidName("characters")
    if not USERNAME.fullmatch(name):
        raise InvalidName("length")
    if is_reserved(name):
        raise InvalidName("reserved")


def is_reserved(name: str) -> bool:
    """Say whether a name is kept back, or looks like one of the site's staff."""
    lower = name.lower()
    return lower in RESERVED or lower.startswith(ERASED) or _outline(name) in _STAFF_OUTLINES


def erased(user_id: int) -> str:
    """Return the name of an account that was erased, such as `deleted_w6dsqxo9lcl`."""
    return f"{ERASED}{_base36(user_id)}"


def suggestions(name: str) -> list[str]:
    """Return about six alternatives to a taken name; none for that of staff.

    All may be had as far as `check` knows; whether they are taken too, only the database can tell.
    """
    base = _OTHER_CHARACTERS.sub("_", name).strip("_")
    if not base or _outline(base) in _STAFF_OUTLINES:
        return []
    ideas = [shape.format(base[: MAX_LENGTH + 2 - len(shape)]) for shape in _SHAPES]
    return [idea for idea in dict.fromkeys(ideas) if not is_reserved(idea)][:6]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _outline(name: str) -> str:
    """Return a name as it looks at a glance: digits as letters, no underscores."""
    return name.lower().translate(_LOOK_ALIKE)


_STAFF_OUTLINES = frozenset(map(_outline, STAFF))
