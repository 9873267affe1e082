"""`/problems/{slug}`: what a refusal means and what to do next, for people who follow its `type`."""

import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response
from markdown_it import MarkdownIt

from app.core.errors import NotFound
from app.core.pages import plain_page

router = APIRouter(prefix="/problems", include_in_schema=False)

PAGES = Path(__file__).resolve().parents[2] / "docs" / "problems"
FOOT = '<a href="/problems">All refusals</a> · <a href="/api/docs">The API</a>'
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,60}")
# Raw HTML in a page stays text.
_markdown = MarkdownIt("commonmark", {"html": False})


@router.get("")
async def list_problems() -> Response:
    """Every refusal there is a page for."""
    slugs = sorted(page.stem for page in PAGES.glob("*.md") if _SLUG.fullmatch(page.stem))
    rows = "".join(f'<li><a href="/problems/{slug}">{_title(slug)}</a></li>' for slug in slugs)
    return plain_page("What a refusal means", f"<ul>{rows}</ul>")


@router.get("/{slug}")
async def read_problem(slug: str) -> Response:
    """One refusal's page. 404 for a name that has none."""
    if not _SLUG.fullmatch(slug) or not (PAGES / f"{slug}.md").is_file():
        raise NotFound()
    title, inside = _page(slug)
    return plain_page(title, inside, foot=FOOT)


@cache
def _page(slug: str) -> tuple[str, str]:
    heading, _, rest = (PAGES / f"{slug}.md").read_text().partition("\n")
    return heading.removeprefix("# ").strip(), _markdown.render(rest)


def _title(slug: str) -> str:
    return _page(slug)[0]
