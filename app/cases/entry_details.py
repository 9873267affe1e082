"""What one dated line holds beyond value and note, by the kind of its item; every field optional."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from app.cases.details import (
    MANY,
    Channel,
    ContactDetails,
    Count,
    Decided,
    Details,
    Guess,
    Minutes,
    Number,
)
from app.core.days import ClockTime, Day
from app.core.text import MaybeTitle, Note


class MeasurementDetails(Details):
    """One data point of a goal; the entry's `value` is in the goal's unit, `total` what it is out of."""

    total: Number | None = None
    correct: Number | None = None
    errors: Number | None = None
    rows: Annotated[list[Number], Field(max_length=MANY)] | None = Field(None, description="A rubric's rows.")
    setting: MaybeTitle | None = None
    activity: MaybeTitle | None = None
    help: Literal["independent", "verbal", "gestural", "model", "physical"] | None = None
    who: MaybeTitle | None = Field(None, description="The role that collected it.")
    tool: MaybeTitle | None = None
    phase: MaybeTitle | None = Field(None, description='"baseline", or what began: "break card".')
    absent: StrictBool | None = Field(None, description="Not collected: never a zero.")
    why: MaybeTitle | None = Field(None, description="Why it was not collected.")


class EvidenceDetails(Details):
    """A piece of evidence for present levels."""

    source: MaybeTitle | None = None
    who: MaybeTitle | None = None
    classmates: Note | None = None


class AccommodationCheckDetails(Details):
    """Whether an accommodation is really used, asked a few times a year."""

    term: MaybeTitle | None = None
    setting: MaybeTitle | None = None
    used: Literal["always", "sometimes", "not"] | None = None
    why_not: (
        Literal[
            "forgot",
            "embarrassed",
            "did_not_need_it",
            "not_offered",
            "did_not_know_how",
            "does_not_help",
            "other",
        ]
        | None
    ) = None
    student_view: Note | None = None
    teacher_view: Note | None = None
    result: Note | None = None
    wants_goal: StrictBool | None = Field(None, description="The student wants a goal to use it.")
    decision: Literal["keep", "change", "fade"] | None = None
    action: Note | None = None
    by_whom: MaybeTitle | None = None
    by_when: Day | None = None


class ServiceLogDetails(Details):
    """Minutes planned and delivered on one day; whether they are owed again is a local question."""

    planned_minutes: Minutes | None = None
    delivered_minutes: Minutes | None = None
    provider_role: MaybeTitle | None = None
    place: MaybeTitle | None = Field(None, description="push-in, pull-out …")
    group_size: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    goals: Annotated[list[MaybeTitle], Field(max_length=MANY)] | None = None
    status: Literal["delivered", "partial", "missed"] | None = None
    missed_reason: (
        Literal[
            "student_absent",
            "provider_absent",
            "school_closed_or_event",
            "testing",
            "student_declined",
            "no_coverage",
            "other",
        ]
        | None
    ) = None
    make_up: Literal["yes", "no", "per_policy"] | None = None
    make_up_on: Day | None = None


class DecisionDetails(Decided):
    """What was decided that day."""


class DeadlineStepDetails(Details):
    """A step towards a due day."""

    step: MaybeTitle | None = None
    by_whom: MaybeTitle | None = None
    status: Literal["open", "done", "waived"] | None = None


class ContactLogDetails(ContactDetails):
    """One try to reach the family, or one talk."""


class IncidentDetails(Details):
    """Antecedent, behavior, consequence; the entry's `value` counts or times it, `unit` says which."""

    time: ClockTime | None = None
    setting: Note | None = None
    activity: Note | None = None
    before: Note | None = Field(None, description="Antecedent.")
    behavior: Note | None = Field(None, description="What anyone would see.")
    after: Note | None = Field(None, description="Consequence.")
    duration: MaybeTitle | None = None
    count: Count | None = None
    unit: MaybeTitle | None = None
    intensity: Note | None = None
    present: Annotated[list[MaybeTitle], Field(max_length=MANY)] | None = Field(
        None, description="Roles of those who were there."
    )
    plan_in_use: Literal["yes", "partly", "no", "unsure"] | None = None
    guess: Guess | None = None


class CheckInDetails(Details):
    """A later talk with the student, after the first."""

    channel: Channel | None = None
    said: Note | None = None
    helps: Note | None = None
    next_step: Note | None = None


class TodoStepDetails(Details):
    """A step of a to-do."""

    done: StrictBool | None = None


class NoteLineDetails(Details):
    """A line under a note needs no more than its note."""


ENTRY_DETAILS: dict[str, type[Details]] = {
    "goal": MeasurementDetails,
    "present_levels": EvidenceDetails,
    "accommodation": AccommodationCheckDetails,
    "service": ServiceLogDetails,
    "meeting": DecisionDetails,
    "deadline": DeadlineStepDetails,
    "contact": ContactLogDetails,
    "behavior": IncidentDetails,
    "first_talk": CheckInDetails,
    "todo": TodoStepDetails,
    "note": NoteLineDetails,
}
