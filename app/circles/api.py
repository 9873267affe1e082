"""Routes of circles."""

from fastapi import APIRouter

from app.core.http import StrictRoute

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["circles"])
