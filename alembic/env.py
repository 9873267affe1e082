"""Runs the chain of migrations on the database that the settings name, or on a connection it is handed."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.settings import Settings
from app.core.sqlite import sqlite_engine
from app.tables import metadata


def run(connection: Connection) -> None:
    """One transaction for the whole chain, so that a failed migration leaves nothing behind."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="clock.",
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Own and SQLModel types are written as plain SQLAlchemy ones, so that old migrations never change."""
    if kind != "type":
        return False
    name = type(item).__name__
    if name == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    if name == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


async def run_on_postgresql(url: str) -> None:
    """PostgreSQL is reached through asyncpg only; Alembic itself is plain functions."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


handed: Connection | None = context.config.attributes.get("connection")
url = context.config.attributes.get("url") or (Settings().database_url if handed is None else "")
if handed is not None:
    run(handed)
elif make_url(url).get_backend_name() == "sqlite":
    engine = sqlite_engine(url, writer=True)
    with engine.begin() as own:
        run(own)
    engine.dispose()
else:
    asyncio.run(run_on_postgresql(url))
