"""`serve` and `worker` as processes: first steps, a taken port, and stopping in time (F2)."""

import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.operate.stage import Host, free_port


@contextmanager
def served(host: Host) -> Iterator["subprocess.Popen[str]"]:
    """The service, answering; killed in the end if it has not stopped by then."""
    process = host.start("serve")
    try:
        for _ in range(150):
            try:
                if httpx.get(f"{address(host)}/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            pytest.fail("serve did not come up")
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: "subprocess.Popen[str]", words: str) -> str:
    """What a process prints, up to the line with these words."""
    assert process.stdout is not None
    said = ""
    patience = threading.Timer(30, process.kill)
    patience.start()
    for line in process.stdout:
        said += line
        if words in line:
            break
    patience.cancel()
    return said


def address(host: Host) -> str:
    return f"http://localhost:{host.settings['PORT']}"


@pytest.fixture
def at_port(host: Host) -> Host:
    host.settings["PORT"] = str(free_port())
    return host


def test_the_first_steward_gets_in_as_serve_says(at_port):
    with served(at_port) as process:
        invited = at_port.run(
            "invite", "mara.quill@example.org", "--circle", "Our circle", "--role", "steward"
        )
        assert invited.returncode == 0, invited.stderr
        with httpx.Client(base_url=address(at_port), headers={"Sec-Fetch-Site": "same-origin"}) as browser:
            asked = browser.post("/api/auth/sign-in", json={"email": "mara.quill@example.org"})
            assert asked.status_code == 202
            said = until(process, "#token=")
            process.send_signal(signal.SIGTERM)
            rest, err = process.communicate(timeout=15)
    out = said + rest
    assert "colleague invite you@example.org" in err
    assert address(at_port) in err
    assert re.search(r"^\s*[0-9]{8}$", out, re.MULTILINE)
    assert "#token=" in out
    assert browser.cookies["signin"] not in out + err


def test_a_taken_port_is_said_in_words(at_port):
    with socket.create_server(("127.0.0.1", int(at_port.settings["PORT"]))):
        refused = at_port.run("serve")
    assert refused.returncode == 1
    assert f"Port {at_port.settings['PORT']} is taken" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_stops_in_time_although_a_client_hangs(at_port):
    at_port.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    token = at_port.run("token", "mara.quill@example.org").stdout.strip()
    with served(at_port) as process:
        hanging = socket.create_connection(("127.0.0.1", int(at_port.settings["PORT"])))
        hanging.sendall(
            b"POST /api/circles HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer " + token.encode() + b"\r\nContent-Length: 1000\r\n\r\n{"
        )
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
        assert time.monotonic() - began <= 12
        hanging.close()


def test_worker_runs_apart_and_stops(at_port):
    at_port.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    process = at_port.start("worker")
    try:
        assert "Mail to mara.quill@example.org" in until(process, "You are invited")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=15)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Traceback" not in err
