"""Works on several things at once."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice


def each[T, R](
    work: Callable[[T], R],
    things: Iterable[T],
    at_once: int,
    stop: Callable[[], None] = lambda: None,
) -> Generator[R]:
    """Yields the result of each, in order.

    Works on a few at once, and begins no others before their results are taken. If it ends early,
    it calls `stop` and waits for those that have begun.
    """
    pool = ThreadPoolExecutor(at_once)
    left, begun = iter(things), deque[Future[R]]()
    try:
        while True:
            begun.extend(pool.submit(work, thing) for thing in islice(left, at_once - len(begun)))
            if not begun:
                return
            yield begun.popleft().result()
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
