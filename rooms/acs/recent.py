"""What a process remembers for a while, within a bound of memory."""

import time
from collections import OrderedDict
from collections.abc import Callable


class Recent:
    """Keys of which something was learned in the last `seconds`: the last `size` of them."""

    def __init__(
        self, seconds: float, size: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._size = size
        self._monotonic = monotonic
        self._since: OrderedDict[str, float] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        since = self._since.get(key)
        return since is not None and self._monotonic() - since < self._seconds

    def add(self, key: str) -> None:
        """Remembers a key from now on."""
        self._since[key] = self._monotonic()
        self._since.move_to_end(key)
        if len(self._since) > self._size:
            self._since.popitem(last=False)
