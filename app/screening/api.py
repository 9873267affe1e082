"""`POST /api/screen`: what the screen sees in a text, while its writer can still change it."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app import deid
from app.accounts.signed_in import SignedIn
from app.core.http import StrictRoute
from app.core.text import DRAFT_MAX, Prose

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["screening"])
