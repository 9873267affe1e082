"""Waiting for what happens in another process."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(is_so: Callable[[], Awaitable[bool]], within_s: float = 30) -> None:
    """Ask until the answer is yes."""
    end = time.monotonic() + within_s
    while not await is_so():
        assert time.monotonic() < end, f"not so within {within_s} s"
        await asyncio.sleep(0.1)
