"""Writes the next migration from what the models say now; read it before you commit it.

Usage: revision.py "area: What changes."
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from app.core.migrate import configuration, migrate

with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite:///{Path(folder) / 'chain.sqlite3'}"
    migrate(url)
    command.revision(configuration(url), message=sys.argv[1], autogenerate=True)
