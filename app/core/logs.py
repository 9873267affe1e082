"""What is logged: moment, level, where from, a constant sentence. Never what anyone wrote, never a secret."""

import logging
import sys

import orjson

from app.core.clock import now


class Line(logging.Formatter):
    """One JSON object a line, so that nothing logged can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": now(),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            # Its text could quote what was sent.
            said["error"] = record.exc_info[0].__name__
        return orjson.dumps(said).decode()


class Words(logging.Formatter):
    """For someone who tries this on her own machine and reads along."""

    def format(self, record: logging.LogRecord) -> str:
        error = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname.lower()}: {record.getMessage()}{error}"


def set_up(*, for_reading: bool) -> None:
    """Log to standard error: plain words where someone reads along, JSON lines for a log collector."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Words() if for_reading else Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Alembic and the HTTP clients narrate; addresses and statements are not for the log.
    for name in ("alembic", "httpx", "httpcore", "asyncio", "uvicorn.access", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
