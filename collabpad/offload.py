"""Runs blocking work beside the event loop."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def offload(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` returns, computed in gevent's threadpool where gevent runs, else here.

    Never by `threading.Thread`: after monkey-patching that is a greenlet, and would block the loop.
    """
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return work(*args, **kwargs)
    import gevent

    def outcome() -> tuple[R | None, Exception | None]:
        try:
            return work(*args, **kwargs), None
        except Exception as error:  # noqa: BLE001  raised below: gevent would print it here
            return None, error

    result, error = gevent.get_hub().threadpool.apply(outcome)
    try:
        if error is not None:
            raise error
        return cast(R, result)
    finally:
        del error  # which knows this frame
