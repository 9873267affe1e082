"""The phone client's files, the API's own pages, and what operators watch."""

from fastapi import FastAPI

from app.core.settings import Settings


def add_site(service: FastAPI, settings: Settings) -> None:
    """Add everything that is not the API proper."""

    @service.get("/healthz", tags=["operation"])
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "ok"}
