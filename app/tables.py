"""Imports every module with tables, so that Alembic and the tests see the whole schema."""

from sqlmodel import SQLModel

import app.accounts.models
import app.calendar
import app.cases.models
import app.circles.models
import app.core.audit
import app.core.changes
import app.core.outbox
import app.core.seal
import app.drafts.models
import app.export.models
import app.notify.models
import app.screening.models
import app.threads.models
import app.voice.models  # noqa: F401

metadata = SQLModel.metadata
