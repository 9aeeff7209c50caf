"""What a notebook shows that changes in place, and whether anyone is there to see it change."""

import base64
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_PER_SECOND = 2.0


def in_kernel() -> bool:
    """Whether outputs go to a Jupyter kernel, which can show pictures."""
    return hasattr(_shell(), "kernel")


def is_watched() -> bool:
    """Whether a reader sits before the notebook, rather than papermill, nbconvert or nbval.

    Those say with every cell that nobody can answer a question (``allow_stdin``). Set
    ``GANLIB_NO_LIVE`` for as if nobody were there.
    """
    if not in_kernel() or os.environ.get("GANLIB_NO_LIVE"):
        return False
    request = _shell().kernel.get_parent("shell") or {}
    return bool(request.get("content", {}).get("allow_stdin", True))


def _shell():
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def png_bundle(png: bytes, text: str) -> dict[str, str]:
    """A picture for ``display(…, raw=True)``, with the words for where it cannot be shown."""
    return {"image/png": base64.b64encode(png).decode(), "text/plain": text}


class Budget:
    """Bounds what a display costs: it measures each refresh, and puts off the next one until the
    refreshes are at most ``share`` of the time, and at most two a second.

    ``clock``: seconds from some beginning on.
    """

    def __init__(self, share: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.share, self.clock = share, clock
        self.next_at = -float("inf")

    def is_due(self) -> bool:
        return self.clock() >= self.next_at

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Around one refresh."""
        start = self.clock()
        try:
            yield
        finally:
            cost = self.clock() - start
            self.next_at = start + max(cost / self.share, 1 / MOST_PER_SECOND)
