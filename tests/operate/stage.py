"""The command line as a host meets it, in a folder of her own."""

import io
import os
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from app.cli import main

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Host:
    """One installation: its folder, and what its `.env` would say."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**plain, "DATA_DIR": str(self.folder), "PYTHONPATH": str(ROOT), **self.settings}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """`colleague …` under way."""
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", *words],
            env=self.environment,
            # No .env of whoever runs the tests may leak in.
            cwd=self.folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`colleague …` to its end, in this process: starting Python each time takes seconds."""
        out, err, code = io.StringIO(), io.StringIO(), 0
        before, mask = Path.cwd(), os.umask(0o022)
        try:
            # No .env of whoever runs the tests may leak in.
            os.chdir(self.folder.parent)
            with (
                patch.dict(os.environ, self.environment, clear=True),
                patch.object(sys, "argv", ["colleague", *words]),
                patch.object(sys, "stdin", io.StringIO()),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            os.chdir(before)
            os.umask(mask)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
