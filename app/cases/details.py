"""What an item holds beyond title and day, by kind: one class per kind, every field optional.

Words follow the field (34 CFR 300.320 and the logs case managers keep). Unknown fields are refused. Fields of
free text have the types of `core.text`, so the screen reads them; days have `core.days.Day`, so that what a
mentor sees can leave them out. Roles stand for people everywhere: "class teacher", never a name.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from app.core.days import ClockTime, Day
from app.core.text import MaybeTitle, Note

ItemKind = Literal[
    "goal",
    "present_levels",
    "accommodation",
    "service",
    "meeting",
    "deadline",
    "contact",
    "behavior",
    "first_talk",
    "todo",
    "note",
]

Number = Annotated[
    StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)],
    Field(ge=-1_000_000, le=1_000_000),
]
Count = Annotated[StrictInt, Field(ge=0, le=100_000)]
Minutes = Annotated[StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)], Field(ge=0, le=100_000)]
# Lines on one item: enough for any plan, few enough that a page stays a page.
MANY = 60

Measure = Literal[
    "percent",
    "trials",
    "frequency",
    "rate",
    "duration",
    "latency",
    "interval",
    "rubric",
    "task_steps",
    "work_completion",
    "yes_no",
]
Channel = Literal["phone", "text", "email", "in_person", "video", "note", "platform", "other"]
Guess = Literal["escape", "attention", "item", "sensory", "unsure"]


class Details(BaseModel):
    """The ground of every kind's details."""

    model_config = ConfigDict(extra="forbid")


class Objective(Details):
    """A step on the way to a goal; some states and alternate assessments ask for them."""

    text: Note | None = None
    by_on: Day | None = None
    met: StrictBool | None = None


class GoalDetails(Details):
    """An annual goal: baseline, target and data share one unit."""

    area: MaybeTitle | None = Field(None, description="Area of need: reading, writing, self-advocacy …")
    text: Note | None = Field(None, description="The goal as it stands in the plan.")
    condition: Note | None = Field(None, description="Given what, when, with whom.")
    will: Note | None = Field(None, description="What the student will do, as anyone would see it.")
    criterion: Note | None = None
    measure: Measure | None = None
    unit: MaybeTitle | None = None
    direction: Literal["increase", "decrease"] | None = None
    baseline: Number | None = None
    baseline_on: Day | None = None
    target: Number | None = None
    target_on: Day | None = None
    measured_by: Note | None = Field(None, description="The tool on data day, and who uses it.")
    how_often: MaybeTitle | None = None
    objectives: Annotated[list[Objective], Field(max_length=MANY)] | None = None
    report_on: Annotated[list[Day], Field(max_length=MANY)] | None = Field(
        None, description="Days of progress reports."
    )
    progress: Literal["not_introduced", "no_progress", "some_progress", "sufficient", "met"] | None = None
    progress_note: Note | None = Field(None, description="The data sentence for the report.")


class PresentLevelsDetails(Details):
    """Present levels of one area: what goes well first, and how the disability affects the curriculum."""

    area: MaybeTitle | None = None
    strengths: Note | None = None
    family: Note | None = Field(None, description="What the family says.")
    student: Note | None = Field(None, description="What the student says.")
    now: Note | None = Field(None, description="What the student can do now, counted.")
    classmates: Note | None = Field(None, description="What classmates do on the same.")
    pattern: Note | None = None
    effect: Note | None = Field(
        None, description="How it affects involvement and progress in the general curriculum."
    )
    need: Note | None = Field(None, description="The need a goal should pick up.")
    source: Note | None = None
    as_of: Day | None = None


class AccommodationDetails(Details):
    """What, how much, where and when, and who starts it."""

    type: Literal["accommodation", "modification", "unsure"] | None = None
    scope: Literal["classroom", "testing", "both"] | None = None
    amount: Note | None = None
    place: Note | None = Field(None, description="Where and when it holds.")
    who_starts: Note | None = Field(None, description="The role that starts it.")
    reason: Note | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    review_on: Day | None = None


class ServiceDetails(Details):
    """One line of the service grid: minutes, per, place, provider's role, start and end."""

    service: MaybeTitle | None = None
    minutes: Minutes | None = None
    per: Literal["day", "week", "month", "quarter", "term", "year"] | None = None
    place: MaybeTitle | None = None
    provider_role: MaybeTitle | None = None
    group_size: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    is_consultation: StrictBool | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class Tick(Details):
    """One line of a checklist."""

    text: MaybeTitle | None = None
    done: StrictBool | None = None


class Option(Details):
    """A way the team weighed, and why it was not taken."""

    text: Note | None = None
    why_not: Note | None = None


class Action(Details):
    """Who does what by when."""

    text: Note | None = None
    by_whom: MaybeTitle | None = Field(None, description="A role.")
    by_when: Day | None = None
    done: StrictBool | None = None


class Decided(Details):
    """What a meeting came to; on the meeting itself, or as an entry of its log."""

    attendees: Annotated[list[MaybeTitle], Field(max_length=MANY)] | None = Field(None, description="Roles.")
    data: Note | None = Field(None, description="The data on the table.")
    options: Annotated[list[Option], Field(max_length=MANY)] | None = None
    decision: Note | None = None
    parent_words: Note | None = None
    disagreement: Note | None = None
    pwn: Literal["needed", "sent", "not_needed", "unsure"] | None = Field(
        None, description="Prior written notice (34 CFR 300.503)."
    )
    pwn_sent_on: Day | None = None
    actions: Annotated[list[Action], Field(max_length=MANY)] | None = None


class MeetingDetails(Decided):
    """A meeting; its day is the item's `due_on`."""

    meeting_kind: (
        Literal[
            "annual_review",
            "iep_initial",
            "iep_review",
            "amendment",
            "eligibility",
            "reevaluation",
            "s504",
            "ilp_review",
            "manifestation",
            "transition",
            "family",
            "team",
            "other",
        ]
        | None
    ) = None
    time: ClockTime | None = Field(None, description="When it begins, on its owner's clock.")
    minutes: Annotated[StrictInt, Field(ge=1, le=1440)] | None = None
    purpose: Note | None = Field(None, description="One sentence: what for, and the decision wanted.")
    points: Annotated[list[Note], Field(max_length=MANY)] | None = Field(
        None, description="Three points to make."
    )
    say_it: Note | None = Field(None, description="The sentence to say when it gets hard.")
    bring: Annotated[list[MaybeTitle], Field(max_length=MANY)] | None = Field(
        None, description="Data and samples to bring."
    )
    question: Note | None = Field(None, description="What is still open.")
    check_locally: Note | None = None
    checklist: Annotated[list[Tick], Field(max_length=MANY)] | None = None
    interpreter: Literal["not_needed", "needed", "booked"] | None = None
    excused: Annotated[list[MaybeTitle], Field(max_length=MANY)] | None = Field(
        None, description="Roles excused in writing."
    )
    notice_sent_on: Day | None = None
    draft_shared_on: Day | None = None
    held_on: Day | None = None
    how_it_went: Note | None = None


class DeadlineDetails(Details):
    """A day something is due, and why; the day itself is the item's `due_on`."""

    rule: (
        Literal[
            "eval",
            "iep_initial",
            "services_start",
            "in_effect",
            "annual",
            "reeval",
            "reeval_plan",
            "notice",
            "draft_out",
            "pwn",
            "safeguards",
            "progress",
            "removals",
            "mdr",
            "iaes",
            "transition",
            "majority",
            "records",
            "s504",
            "ilp",
            "acc_check",
            "other",
        ]
        | None
    ) = None
    anchor_on: Day | None = Field(None, description="Day 0 of the rule.")
    length: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None
    unit: Literal["calendar", "business", "school", "months", "years"] | None = None
    direction: Literal["after", "before"] | None = None
    source: Note | None = None
    status: Literal["open", "done", "waived"] | None = None
    done_on: Day | None = None
    waived_on: Day | None = None
    waived_by: MaybeTitle | None = Field(None, description="Roles that agreed.")
    note: Note | None = None


class ContactDetails(Details):
    """A talk with the family: what they said in their words, and what follows."""

    direction: Literal["in", "out"] | None = None
    channel: Channel | None = None
    who: MaybeTitle | None = Field(None, description="A role: parent, both parents, grandparent …")
    purpose: Note | None = None
    concern: Note | None = Field(None, description="The concern in their words.")
    response: Note | None = None
    next_step: Note | None = None
    by_whom: MaybeTitle | None = None
    next_step_by: Day | None = None
    followed_up: StrictBool | None = None
    in_plan: StrictBool | None = Field(None, description="Put into the plan's parent concerns.")
    language: MaybeTitle | None = None
    interpreter: StrictBool | None = None
    reached: StrictBool | None = None


class BehaviorDetails(Details):
    """A behavior worth watching: the pattern so far, and a guess at its purpose, marked as one."""

    setting: Note | None = None
    activity: Note | None = None
    before: Note | None = Field(None, description="Antecedent.")
    behavior: Note | None = Field(None, description="What anyone would see.")
    after: Note | None = Field(None, description="Consequence.")
    definition: Note | None = Field(None, description="So that two people count the same.")
    duration: MaybeTitle | None = None
    intensity: Note | None = Field(None, description="As defined where it happens.")
    plan_in_use: Note | None = Field(None, description="Whether the plan was in use, in words.")
    guess: Guess | None = None


class FirstTalkDetails(Details):
    """The first talk with a student, in the student's own words."""

    needs: Note | None = None
    helps: Note | None = None
    goals: Note | None = None
    interests: Note | None = None
    plan: Note | None = None
    i_will: Note | None = Field(None, description="What the case manager will do.")
    review_on: Day | None = None


class TodoDetails(Details):
    """One thing to do."""

    done: StrictBool | None = None
    done_on: Day | None = None
    note: Note | None = None


class NoteDetails(Details):
    """Something worth keeping."""

    body: Note | None = None


ITEM_DETAILS: dict[str, type[Details]] = {
    "goal": GoalDetails,
    "present_levels": PresentLevelsDetails,
    "accommodation": AccommodationDetails,
    "service": ServiceDetails,
    "meeting": MeetingDetails,
    "deadline": DeadlineDetails,
    "contact": ContactDetails,
    "behavior": BehaviorDetails,
    "first_talk": FirstTalkDetails,
    "todo": TodoDetails,
    "note": NoteDetails,
}


def kept_json(details: Details) -> dict[str, Any]:
    """Details as they are stored and shown: only what was said."""
    return details.model_dump(mode="json", exclude_none=True)
