"""Sends the mail that is due."""

from app.core.db import Database
from app.core.settings import Settings


async def send_due(db: Database, settings: Settings) -> bool:
    """Send one round; True if any was due."""
    return False
