"""The service on a real port of this machine, for clients with websockets."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI


@pytest.fixture
async def server(service: FastAPI) -> AsyncIterator[uvicorn.Server]:
    """The running service behind a loopback port; `server.address` is host and port."""
    listener = socket.create_server(("127.0.0.1", 0))
    # Small buffers, so that a client that does not read is noticed after kilobytes, not megabytes.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    running = uvicorn.Server(
        uvicorn.Config(
            service,
            lifespan="off",
            log_config=None,
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
        )
    )
    running.address = "{}:{}".format(*listener.getsockname())  # type: ignore[attr-defined]
    task = asyncio.create_task(running.serve(sockets=[listener]))
    async with asyncio.timeout(5):
        while not running.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    yield running
    running.should_exit = True
    await task
    listener.close()
