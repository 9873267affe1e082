"""Processes to measure and a client that costs next to nothing beside them."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).parents[1]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Process:
    """A server under measurement."""

    port: int
    running: subprocess.Popen[bytes]

    @property
    def cpu_s(self) -> float:
        """Processor time its threads have used so far, to the nanosecond rather than the clock's tick."""
        used = 0
        for thread in Path(f"/proc/{self.running.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                used += int((thread / "schedstat").read_text().split()[0])
        return used / 1e9

    @property
    def memory(self) -> int:
        """Bytes of memory it holds now."""
        return int(Path(f"/proc/{self.running.pid}/statm").read_text().split()[1]) * PAGE


@contextlib.contextmanager
def process(command: list[str], port: int, probe: str, **environment: str) -> Iterator[Process]:
    """A server in a process of its own, for as long as the context is open; without `probe`, not a server."""
    running = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600 if probe else 0):
            if running.poll() is not None:
                raise SystemExit(f"{command} did not start")
            with contextlib.suppress(OSError):
                if Caller(port).call("GET", probe)[0] < 500:
                    break
            time.sleep(0.1)
        yield Process(port, running)
    finally:
        running.terminate()
        running.wait(timeout=20)


class Caller:
    """One kept-alive connection; knows just enough HTTP for answers with a content-length."""

    def __init__(self, port: int, token: str = "") -> None:
        self.head = f"Host: localhost:{port}\r\n"
        if token:
            self.head += f"Authorization: Bearer {token}\r\n"
        self.port = port
        self._connect()

    def _connect(self) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Status and body. A connection that lay idle for too long is opened anew."""
        said = {"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        try:
            return self._call(method, path, head, body)
        except ConnectionError:
            self._connect()
            return self._call(method, path, head, body)

    def _call(self, method: str, path: str, headers: str, body: bytes) -> tuple[int, bytes]:
        head = f"{method} {path} HTTP/1.1\r\n{self.head}{headers}"
        self.line.sendall(head.encode() + b"\r\n" + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head_in, _, rest = data.partition(b"\r\n\r\n")
        lower = head_in.lower()
        length = 0
        if b"content-length:" in lower:
            length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(rest) < length:
            rest += self._more()
        return int(head_in[9:12]), rest

    def _more(self) -> bytes:
        more = self.line.recv(1 << 18)
        if not more:
            raise ConnectionError("the server hung up")
        return more
