"""The only place that keeps parsed bodies in memory: by digest, so that what is kept can never be out of date."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

#: Twelve modules with their banks, and a few revisions back.
_MOST: Final = 96


class Kept(Generic[Value]):
    """The values used last, shared by the threads of one process. Each worker has its own; they cannot differ."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> Value | None:
        """The value kept under `key`."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value; what was not used for longest makes room."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under `key`, made first if need be. Two threads may make it twice; it is the same."""
        found = self.find(key)
        return self.keep(key, make()) if found is None else found
