"""What has just happened in the demo town, so that its first person finds something new."""

from typing import NamedTuple


class Event(NamedTuple):
    """Somebody does something to somebody, or to a post by its name."""

    who: str
    target: str
    hours_ago: float


# What happened since, she has not seen yet.
LAST_LOOK = 0.75

# Of those in `Person.follows`, the ones that are new.
FOLLOWS = (Event("qamar", "noor", 0.3),)
LIKES = (
    Event("basil", "bench map", 0.6),
    Event("mirae", "bench map", 0.5),
    Event("okapi", "bench map", 0.2),
    Event("wren", "bench map", 0.07),
)
# Who approves whoever wants to follow them, and who waits for that.
LOCKED = "wren"
REQUESTS = (Event("teo_bakes", "wren", 20.0), Event("kaffeegraefin", "wren", 0.9))
MUTES = (Event("wren", "slowclock", 45.0),)
BLOCKS = (Event("wren", "donau", 70.0),)
