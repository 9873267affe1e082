"""The one chain of migrations: bring a database up to date, or ask whether it is.

Alembic is imported where a database changes: a service that finds its own up to date does without, and so
holds 10 MiB less.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parents[2] / "alembic"
_REVISION = re.compile(r"^revision = ['\"](\w+)", re.MULTILINE)
_DOWN_REVISION = re.compile(r"^down_revision = ['\"](\w+)", re.MULTILINE)


def configuration(url: str) -> "Config":
    """Alembic's settings for the database at `url`; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option(
        "file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(slug)s"
    )
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Take the database to a revision; must not be called from a running event loop."""
    from alembic import command

    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision, `base` for an empty one."""
    from alembic import command

    command.downgrade(configuration(url), revision)


def newest() -> str:
    """The revision that this release expects: the one that no other follows."""
    written = "".join(path.read_text("utf-8") for path in (FOLDER / "versions").glob("*.py"))
    revisions, followed = (set(named.findall(written)) for named in (_REVISION, _DOWN_REVISION))
    (head,) = revisions - followed
    return str(head)
