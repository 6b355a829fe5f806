"""What a process keeps of what it has read, for each database: bounded, and safe among threads."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app.extensions import db

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by their keys, at most so many; those that came first go first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._values: WeakKeyDictionary[Engine, OrderedDict[Key, Value]] = WeakKeyDictionary()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            return self._of_database().get(key)

    def put(self, key: Key, value: Value) -> None:
        with self._lock:
            values = self._of_database()
            values[key] = value
            if len(values) > self.most:
                values.popitem(last=False)

    def forget(self, is_meant: Callable[[Key], bool] = lambda _key: True) -> None:
        with self._lock:
            values = self._of_database()
            for key in [key for key in values if is_meant(key)]:
                del values[key]

    def _of_database(self) -> OrderedDict[Key, Value]:
        return self._values.setdefault(db.engine, OrderedDict())
