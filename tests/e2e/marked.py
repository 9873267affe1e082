"""A marker that passes the screen, put into every free text there is, and where it must not turn up."""

import io
from email.message import EmailMessage
from pathlib import Path
from typing import Any, get_args

import asyncpg
from pydantic import BaseModel

from app.core.text import FreeText

MARK = "marmalade lanterns sway quietly"
ALIAS = "Marmalade Lanterns"


def is_free(annotation: Any, metadata: list[Any]) -> bool:
    return any(isinstance(each, FreeText) for each in [*metadata, *getattr(annotation, "__metadata__", ())])


def marked(annotation: Any, metadata: list[Any] | None = None) -> Any:
    """The marker wherever this type holds free text, nested as it is; None where it holds none."""
    if is_free(annotation, metadata or []):
        return MARK
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        its = {name: marked(each.annotation, each.metadata) for name, each in annotation.model_fields.items()}
        return {name: value for name, value in its.items() if value is not None} or None
    for each in get_args(annotation):
        if isinstance(each, FreeText):
            continue
        if (value := marked(each)) is not None:
            return [value] if getattr(annotation, "__origin__", None) is list else value
    return None


def shapes_in(annotation: Any) -> list[type[BaseModel]]:
    """The shapes that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [shape for each in get_args(annotation) for shape in shapes_in(each)]


def paths(value: Any, at: str = "") -> set[str]:
    """The dotted paths of the markers in a body."""
    if value == MARK:
        return {at}
    if isinstance(value, dict):
        return {each for name, one in value.items() for each in paths(one, f"{at}.{name}" if at else name)}
    if isinstance(value, list):
        return {each for one in value for each in paths(one, f"{at}[]")}
    return set()


def shows(stored: bytes, *secrets: str) -> list[str]:
    """Which of these are readable in some bytes, however they are encoded or capitalised."""
    low = stored.lower()
    return [
        secret
        for secret in secrets
        if any(
            form in low
            for form in (
                secret.lower().encode(),
                secret.lower().encode("utf-16-le"),
                secret.lower().encode("utf-16-be"),
                secret.lower().encode().hex().encode(),
                secret.lower().replace(" ", "%20").encode(),
                secret.lower().replace(" ", "+").encode(),
            )
        )
    ]


def files_that_show(folder: Path, *secrets: str) -> dict[str, list[str]]:
    """The files under a folder that show any of these."""
    found = {
        str(path.relative_to(folder)): shows(path.read_bytes(), *secrets)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {path: what for path, what in found.items() if what}


def all_of(mail: EmailMessage) -> bytes:
    """A mail's heads and parts, decoded."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    heads = "\n".join(f"{name}: {value}" for name, value in mail.items())
    return "\n".join([heads, *map(str, parts)]).encode() + bytes(mail)


async def tables_of(database_url: str) -> bytes:
    """All that a PostgreSQL database holds, as a binary copy gives it."""
    db = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        held = io.BytesIO()
        for row in await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            await db.copy_from_table(row["tablename"], output=held, format="binary")
        return held.getvalue()
    finally:
        await db.close()
