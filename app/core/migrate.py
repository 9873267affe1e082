"""The one chain of migrations: bring a database up to date, or ask whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).resolve().parents[2] / "alembic"


def configuration(url: str) -> Config:
    """Alembic's settings for the database at `url`; there is no alembic.ini."""
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
    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision, `base` for an empty one."""
    command.downgrade(configuration(url), revision)


def newest() -> str:
    """The revision that this release expects."""
    head = ScriptDirectory.from_config(configuration("")).get_current_head()
    assert head is not None
    return head
