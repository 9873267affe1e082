"""Small pages that stand without the phone client: plain HTML, one style, no script."""

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; --paper: #f8f6f1; --ink: #1e1c19; --ink-2: #514c45; --line: #dfd9ce;
  --accent: #0e5647; --on-accent: #ffffff; --well: #efebe3; }
@media (prefers-color-scheme: dark) { :root { --paper: #171614; --ink: #eeeae2; --ink-2: #bdb6aa;
  --line: #37342e; --accent: #85cfb6; --on-accent: #0b1f19; --well: #2a2824; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5rem system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 1.75rem 1.25rem 2.5rem; }
h1 { margin: 0 0 1.25rem; text-wrap: balance;
  font: 600 1.75rem/2.125rem ui-serif, "New York", "Iowan Old Style", Charter, "Noto Serif", Georgia, serif; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; font-weight: 600; }
p, ul, ol, pre { margin: 0 0 1rem; text-wrap: pretty; }
li { margin: 0 0 .5rem; }
a { color: var(--accent); }
code, pre { background: var(--well); border-radius: .1875rem; font-size: .9375rem; overflow-wrap: anywhere; }
code { padding: 0 .25rem; }
pre { padding: .75rem; overflow-x: auto; }
button { min-height: 3rem; padding: 0 1.75rem; border: 0; border-radius: 99rem; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer { margin-top: 1.75rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--ink-2);
  font-size: .9375rem; line-height: 1.375rem; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def plain_page(title: str, inside: str, status: int = 200, *, foot: str = "") -> HTMLResponse:
    """A page under its own policy. `inside` and `foot` are HTML of our own making; `title` is escaped."""
    footer = f"<footer>{foot}</footer>" if foot else ""
    return HTMLResponse(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · Pocket Colleague</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{inside}\n{footer}</main>\n</body>\n</html>\n",
        status,
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"},
    )
