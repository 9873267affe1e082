"""Asks a confined process about untrusted bytes, by pipes, without blocking the loop (see `confined.py`)."""

import asyncio
import contextlib
import math
import signal
import sys
from pathlib import Path

CONFINED = Path(__file__).with_name("confined.py")


class TooHeavy(Exception):
    """It took more time, memory or words than it was given: the bytes themselves are at fault."""


class Broken(Exception):
    """The process fell over these bytes; trying again changes nothing."""


class Interrupted(Exception):
    """The process was stopped from outside, or could not start: nothing is known of the bytes, try later."""


async def ask(
    program: Path, given: bytes, *arguments: str, patience_s: float, answer_limit_bytes: int
) -> bytes:
    """What `program` answers about `given`. Raises TooHeavy, Broken or Interrupted; cancelling kills it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(CONFINED),
        str(program),
        str(math.ceil(patience_s)),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        # Otherwise Ctrl-C in the terminal would end the child, and what it reads would seem broken.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(patience_s):
            answer = await _exchange(child, given, answer_limit_bytes)
            code = await child.wait()
    except TimeoutError:
        raise TooHeavy() from None
    finally:
        await _end(child)
    if code in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP) or code > 0:
        raise Interrupted(f"the process ended with {code}")
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TooHeavy()
    if code:
        raise Broken()
    return answer


async def _end(child: asyncio.subprocess.Process) -> None:
    """Make sure the child is gone. What it still had to say is read away, or its end would not be noticed."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    assert child.stdout is not None
    while await child.stdout.read(65_536):
        pass
    await child.wait()


async def _exchange(child: asyncio.subprocess.Process, given: bytes, limit_bytes: int) -> bytes:
    """Feed the child while listening to it, so that neither waits on a full pipe."""
    assert child.stdin is not None
    assert child.stdout is not None
    feeding = asyncio.create_task(_feed(child.stdin, given))
    answer = bytearray()
    try:
        while piece := await child.stdout.read(65_536):
            answer += piece
            if len(answer) > limit_bytes:
                raise TooHeavy()
    finally:
        feeding.cancel()
        await asyncio.wait({feeding})
    return bytes(answer)


async def _feed(pipe: asyncio.StreamWriter, given: bytes) -> None:
    # A child that has already made up its mind closes its end, and its answer counts all the same.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(given)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
