"""Questions to play with."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.factories import Actor, Cast

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(cast: Cast) -> Ask:
    """Ask in the shared circle, as the teacher unless told otherwise, and give the thread back."""

    async def asked(*, by: Actor | None = None, **said: Any) -> dict[str, Any]:
        said = {"circle_id": str(cast.circle_id), "body": "How do I begin the goal?", **said}
        reply = await (by or cast.teacher).post("/api/threads", json=said)
        assert reply.status_code == 201, reply.text
        return reply.json()

    return asked


@pytest.fixture
async def question(ask: Ask) -> dict[str, Any]:
    """A question to anyone, which nobody has yet."""
    return await ask()
