"""`GET /api/about`: whom to turn to, for anyone who opens the door."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.core.http import PUBLIC, Config, StrictRoute, answer

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["operation"])


class About(BaseModel):
    """What the host says of this service."""

    privacy_contact: str | None = Field(description="Whom to tell of a breach or ask about privacy.")


@router.get("/about", response_model=About, openapi_extra=PUBLIC)
async def about(settings: Config) -> Response:
    """Whom to turn to; null where the host named nobody."""
    return answer(About(privacy_contact=settings.privacy_contact or None))
