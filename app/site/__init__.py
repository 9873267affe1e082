"""What is not the API proper: the phone client's files, the readable pages, and what operators watch."""

from fastapi import FastAPI

from app.core.settings import Settings
from app.site import about, docs, health, metrics, problems
from app.site.client import Client
from app.site.metrics import Figures


def add_site(service: FastAPI, settings: Settings) -> None:
    """Add it all. Call this after the API's routers: what no route takes goes to the client's files."""
    service.state.figures = Figures()
    for router in (about.router, health.router, metrics.router, docs.router, problems.router):
        service.include_router(router)
    service.router.default = Client(settings)
