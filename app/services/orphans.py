"""Which files of pictures belong to nobody any more."""

from collections.abc import Collection

from app.services import pictures, portraits


def among(keys: Collection[str]) -> set[str]:
    """Return those of the keys that no picture and no member has."""
    own = {key for key in keys if portraits.owner_of(key)}
    return portraits.unknown_keys(own) | pictures.unknown_keys(set(keys) - own)
