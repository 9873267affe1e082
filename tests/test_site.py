"""The client's files, health, figures, and the readable pages."""

import base64
import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.core.settings import Settings, SettingsRefused
from app.main import create_app
from app.site.problems import PAGES

PAGE = b"<!doctype html><html><body><script>start(1)</script><script src='/x.js'></script></body></html>"
CODE = b"export const a = 1;" * 50
LARGE = b"\0asm" * 300_000


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With a small client, built as the real one is."""
    build = tmp_path / "build"
    for name, body in {
        "200.html": PAGE,
        "service-worker.js": b"self.x = 1;",
        "icon.svg": b"<svg/>",
        "_app/version.json": b'{"version":"1"}',
        "_app/immutable/chunks/a.js": CODE,
        "_app/immutable/workers/reader.js": b"onmessage = read",
        "_app/immutable/pyodide/1/python.wasm": LARGE,
    }.items():
        path = build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (build / "_app/immutable/chunks/a.js.gz").write_bytes(gzip.compress(CODE))
    (build / "_app/immutable/chunks/a.js.br").write_bytes(b"brotli of the same")
    settings.web_dir = build
    return settings


@pytest.mark.parametrize("path", ["/", "/threads/0190", "/sign-in", "/settings"])
async def test_every_address_of_the_client_is_its_one_page_under_the_whole_policy(anyone, path):
    page = await anyone.get(path)
    assert (page.status_code, page.content) == (200, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    digest = base64.b64encode(hashlib.sha256(b"start(1)").digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; "
        "connect-src 'self' ws://localhost:8000; worker-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["permissions-policy"].startswith("microphone=(self)")
    assert "content-security-policy" in (await anyone.head(path)).headers


async def test_files_with_a_hash_in_their_name_are_kept_for_a_year_and_the_others_asked_for(anyone):
    kept = await anyone.get("/_app/immutable/chunks/a.js")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"] == "text/javascript; charset=utf-8"
    for path in ("/service-worker.js", "/_app/version.json", "/icon.svg"):
        assert (await anyone.get(path)).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("*", "br"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
async def test_a_file_comes_in_the_smallest_form_that_the_browser_takes(anyone, accepted, coding):
    async with anyone.stream(
        "GET", "/_app/immutable/chunks/a.js", headers={"Accept-Encoding": accepted}
    ) as got:
        raw = b"".join([piece async for piece in got.aiter_raw()])
    assert got.headers.get("content-encoding") == coding
    assert got.headers["vary"] == "Accept-Encoding"
    assert raw == {"br": b"brotli of the same", "gzip": gzip.compress(CODE), None: CODE}[coding] or (
        coding == "gzip" and gzip.decompress(raw) == CODE
    )


async def test_only_a_worker_may_compile_webassembly_and_it_may_load_nothing_from_elsewhere(anyone):
    worker = await anyone.get("/_app/immutable/workers/reader.js")
    assert worker.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    )
    assert "wasm" not in (await anyone.get("/")).headers["content-security-policy"]


async def test_a_large_file_comes_whole_and_is_kept_like_any_other(anyone, settings):
    path = "/_app/immutable/pyodide/1/python.wasm"
    whole = await anyone.get(path)
    assert (whole.status_code, whole.content) == (200, LARGE)
    assert whole.headers["content-type"] == "application/wasm"
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = await anyone.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await anyone.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(LARGE)))
    (settings.web_dir / path.lstrip("/")).unlink()
    assert (await anyone.get(path)).status_code == 404


async def test_what_a_browser_has_is_not_sent_again(anyone):
    first = await anyone.get("/service-worker.js")
    again = await anyone.get("/service-worker.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await anyone.get("/service-worker.js", headers={"If-None-Match": '"else"'})
    assert other.status_code == 200


async def test_a_head_has_the_length_and_no_body(anyone):
    head = await anyone.head("/icon.svg")
    assert (head.content, head.headers["content-length"]) == (b"", "6")


@pytest.mark.parametrize(
    "path",
    [
        "/_app/immutable/chunks/gone.js",
        "/favicon.ico",
        "/api/nothing-here",
        "/api",
        "/_app/../../secret.txt",
        "/%2e%2e/%2e%2e/etc/passwd.txt",
    ],
)
async def test_a_file_that_is_not_there_is_a_problem_not_the_page(anyone, path):
    reply = await anyone.get(path)
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


async def test_the_api_keeps_its_own_refusals_for_other_methods(anyone):
    assert (await anyone.get("/api/auth/sign-in")).status_code == 405
    assert (await anyone.put("/threads/x")).status_code == 405
    assert (await anyone.post("/icon.svg")).status_code == 405


async def test_a_page_under_another_name_leads_to_the_right_one(service):
    transport = httpx.ASGITransport(app=service)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
        page = await browser.get("/threads/x?y=1")
        assert page.status_code == 307
        assert page.headers["location"] == "http://localhost:8000/threads/x?y=1"
        assert (await browser.get("/healthz")).status_code == 200
        assert (await browser.get("/api/me")).status_code == 401
        evil = await browser.get("//evil.example/x")
        assert evil.headers["location"].startswith("http://localhost:8000/")


async def test_a_proxy_that_keeps_its_inner_name_is_not_sent_in_circles(settings):
    settings = settings.model_copy(
        update={"base_url": "https://colleague.example.org", "smtp_url": "smtp://relay.example"}
    )
    settings.__dict__.pop("is_development", None)
    from app.site.client import Client

    client = Client(settings)

    def status(host: str) -> int:
        headers = [(b"host", host.encode())]
        return client.answer({"type": "http", "method": "GET", "path": "/", "headers": headers}).status_code

    assert status("colleague.example.org") == status("app:8000") == status("127.0.0.1:8000") == 200
    assert status("old-name.example.org") == 307
    assert "connect-src 'self' wss://colleague.example.org;" in client.policy


async def test_without_a_build_a_page_says_so_plainly(settings, tmp_path):
    settings.web_dir = tmp_path / "nowhere"
    app = create_app(settings, with_worker=False)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
        page = await browser.get("/")
    assert page.status_code == 503
    assert "<code>make build</code>" in page.text


async def test_ready_names_each_part(service, anyone, settings):
    ready = await anyone.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "database": "ok", "store": "ok", "worker": "elsewhere"},
    )
    async with service.state.worker.running():
        assert (await anyone.get("/readyz")).json()["worker"] == "ok"


async def test_ready_says_which_part_is_away(service, anyone, monkeypatch):
    async def away(*_: object) -> None:
        raise ConnectionError("a secret path")

    monkeypatch.setattr(service.state.objects, "ready", away)
    ready = await anyone.get("/readyz")
    assert (ready.status_code, ready.json()["store"], ready.json()["database"]) == (503, "away", "ok")
    assert "secret" not in ready.text
    assert (await anyone.get("/healthz")).json() == {"status": "ok"}


async def test_figures_count_by_route_and_never_by_address(anyone, teacher):
    await teacher.get("/api/threads/01939d1e-0000-7000-8000-000000000000")
    await anyone.get("/threads/someone-private")
    await anyone.get("/api/auth/sign-in")
    figures = (await anyone.get("/metrics")).text
    assert re.search(
        r'colleague_requests_total\{method="GET",route="/api/threads/\{thread_id\}",status="404"\} 1\.0',
        figures,
    )
    assert 'colleague_requests_total{method="GET",route="/api/auth/sign-in",status="405"} 1.0' in figures
    assert 'route="other"' in figures
    assert "someone-private" not in figures
    assert "01939d1e" not in figures
    assert 'colleague_mails{state="dead"} 0.0' in figures
    assert "colleague_outbox_waiting 0.0" in figures
    assert "colleague_sockets 0.0" in figures
    assert "colleague_request_seconds_bucket" in figures


async def test_figures_are_for_this_machine_or_the_token_only(service):
    service.state.settings.metrics_token = "let-me-see"
    afar = httpx.ASGITransport(app=service, client=("203.0.113.9", 4711))
    near = httpx.ASGITransport(app=service, client=("127.0.0.1", 4711))
    async with httpx.AsyncClient(transport=afar, base_url="http://localhost:8000") as one:
        assert (await one.get("/metrics")).status_code == 404
        wrong = {"Authorization": "Bearer let-me"}
        right = {"Authorization": "Bearer let-me-see"}
        assert (await one.get("/metrics", headers=wrong)).status_code == 404
        assert (await one.get("/metrics", headers=right)).status_code == 200
    async with httpx.AsyncClient(transport=near, base_url="http://localhost:8000") as one:
        assert (await one.get("/metrics")).status_code == 200
        # What a proxy on this machine passes on comes from elsewhere.
        passed_on = {"X-Forwarded-For": "203.0.113.9"}
        assert (await one.get("/metrics", headers=passed_on)).status_code == 404


async def test_the_api_docs_bring_their_own_viewer(anyone):
    page = await anyone.get("/api/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses == ["/icon.svg", "/api/docs/viewer.css", "/api/docs/viewer.js", "/api/docs/start.js"]
    for address in addresses:
        got = await anyone.get(address)
        assert got.status_code == 200, address
    assert b"SwaggerUIBundle" in (await anyone.get("/api/docs/viewer.js")).content
    assert (await anyone.get("/api/openapi.json")).json()["openapi"].startswith("3.1")


async def test_every_problem_is_a_readable_page(anyone):
    listed = (await anyone.get("/problems")).text
    slugs = [page.stem for page in PAGES.glob("*.md")]
    assert len(slugs) > 10
    for slug in slugs:
        page = await anyone.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert "<h1>" in page.text
        assert "style-src 'sha256-" in page.headers["content-security-policy"]
        assert f'href="/problems/{slug}"' in listed
    for slug in ("nothing", "%2e%2e", "UPPER"):
        assert (await anyone.get(f"/problems/{slug}")).status_code == 404


def test_production_without_a_mail_relay_does_not_start(tmp_path):
    settings = Settings(_env_file=None, base_url="https://colleague.example.org", data_dir=tmp_path)
    with pytest.raises(SettingsRefused, match="SMTP_URL"):
        create_app(settings)


@pytest.mark.parametrize("wrong", ["http://relay", "smtp://", "relay:25", "smtp:relay"])
def test_a_relay_of_the_wrong_form_is_refused_without_showing_its_password(tmp_path, wrong):
    with pytest.raises(ValueError, match="SMTP_URL is written") as refused:
        Settings(_env_file=None, data_dir=tmp_path, smtp_url=wrong.replace("//", "//u:hunter2@"))
    assert "hunter2" not in str(refused.value)


async def test_anyone_can_learn_whom_to_tell_of_a_breach(anyone, service: FastAPI):
    assert (await anyone.get("/api/about")).json() == {"privacy_contact": None}
    service.state.settings.privacy_contact = "Pat Ellery, privacy@example.org"
    assert (await anyone.get("/api/about")).json() == {"privacy_contact": "Pat Ellery, privacy@example.org"}
