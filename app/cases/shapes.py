"""What comes in and goes out for cases, items and entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from app.cases.details import (
    ITEM_DETAILS,
    AccommodationDetails,
    BehaviorDetails,
    ContactDetails,
    DeadlineDetails,
    Details,
    FirstTalkDetails,
    GoalDetails,
    ItemKind,
    MeetingDetails,
    NoteDetails,
    Number,
    PresentLevelsDetails,
    ServiceDetails,
    TodoDetails,
)
from app.cases.entry_details import ENTRY_DETAILS
from app.core.days import Day
from app.core.ids import new_id
from app.core.text import FreeText, Note, Quote, Title

GradeBand = Literal["K-2", "3-5", "6-8", "9-12", "18-21"]
PlanType = Literal["IEP", "504", "ILP", "referral", "other"]
Support = Literal["monitor", "consult", "push_in", "pull_out", "separate"]
Kept = Annotated[
    dict[str, list[Quote]],
    Field(description="By field path (`details.concern`), the quotes that are no identifiers."),
]


class OneOf(FreeText):
    """An object that fits one of these shapes at least, left as it came; which one, its item's kind says.

    What is sent is measured here, before anything is looked up, so that a refusal for shape never depends on
    what is stored; what is stored is shown as it stands (`is_checked=False`). Its free texts are screened as
    soon as the item, and so its kind, is known.
    """

    def __init__(self, shapes: Mapping[str, type[Details]], *, is_checked: bool = True) -> None:
        self.shapes = tuple(shapes.values())
        self.is_checked = is_checked

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(Union[self.shapes])  # noqa: UP007

        def keep(raw: Any, check: core_schema.ValidatorFunctionWrapHandler) -> Any:
            if self.is_checked:
                try:
                    check(raw)
                except ValidationError as error:
                    raise ValueError("No kind has all of these details.") from error
            return raw

        return core_schema.no_info_wrap_validator_function(
            keep, inner, serialization=core_schema.plain_serializer_function_ser_schema(lambda raw: raw)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        inner: CoreSchema = schema["schema"]
        return handler(inner)


SomeItemDetails = Annotated[dict[str, Any], OneOf(ITEM_DETAILS)]
SomeEntryDetails = Annotated[dict[str, Any], OneOf(ENTRY_DETAILS)]
StoredItemDetails = Annotated[dict[str, Any], OneOf(ITEM_DETAILS, is_checked=False)]
StoredEntryDetails = Annotated[dict[str, Any], OneOf(ENTRY_DETAILS, is_checked=False)]


def _left_out() -> Any:
    """The default of a field that may be left out of a PATCH, but not be null."""
    return None


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CaseCreate(_In):
    """One student, by an alias that says nothing about the student."""

    id: UUID = Field(default_factory=new_id)
    alias: Title = Field(description="A made-up name; animals and plants pass the screen.")
    grade_band: GradeBand | None = None
    plan_type: PlanType
    support: Support | None = None
    notes: Note | None = None
    kept: Kept = {}


class CasePatch(_In):
    """What changes; null empties what may be empty."""

    alias: Title = Field(default_factory=_left_out)
    grade_band: GradeBand | None = None
    plan_type: PlanType = Field(default_factory=_left_out)
    support: Support | None = None
    notes: Note | None = None
    kept: Kept = {}


class CaseRead(BaseModel):
    """A case as its owner sees it."""

    id: UUID
    alias: str
    grade_band: GradeBand | None
    plan_type: PlanType
    support: Support | None
    notes: str | None
    created_at: datetime
    updated_at: datetime


class _ItemCreate(_In):
    id: UUID = Field(default_factory=new_id)
    title: Title
    due_on: Day | None = None
    kept: Kept = {}


class GoalCreate(_ItemCreate):
    kind: Literal["goal"]
    details: GoalDetails = GoalDetails()


class PresentLevelsCreate(_ItemCreate):
    kind: Literal["present_levels"]
    details: PresentLevelsDetails = PresentLevelsDetails()


class AccommodationCreate(_ItemCreate):
    kind: Literal["accommodation"]
    details: AccommodationDetails = AccommodationDetails()


class ServiceCreate(_ItemCreate):
    kind: Literal["service"]
    details: ServiceDetails = ServiceDetails()


class MeetingCreate(_ItemCreate):
    kind: Literal["meeting"]
    details: MeetingDetails = MeetingDetails()


class DeadlineCreate(_ItemCreate):
    kind: Literal["deadline"]
    details: DeadlineDetails = DeadlineDetails()


class ContactCreate(_ItemCreate):
    kind: Literal["contact"]
    details: ContactDetails = ContactDetails()


class BehaviorCreate(_ItemCreate):
    kind: Literal["behavior"]
    details: BehaviorDetails = BehaviorDetails()


class FirstTalkCreate(_ItemCreate):
    kind: Literal["first_talk"]
    details: FirstTalkDetails = FirstTalkDetails()


class TodoCreate(_ItemCreate):
    kind: Literal["todo"]
    details: TodoDetails = TodoDetails()


class NoteCreate(_ItemCreate):
    kind: Literal["note"]
    details: NoteDetails = NoteDetails()


ItemCreate = Annotated[
    GoalCreate
    | PresentLevelsCreate
    | AccommodationCreate
    | ServiceCreate
    | MeetingCreate
    | DeadlineCreate
    | ContactCreate
    | BehaviorCreate
    | FirstTalkCreate
    | TodoCreate
    | NoteCreate,
    Field(discriminator="kind"),
]
LooseItemCreate = Annotated[TodoCreate | NoteCreate, Field(discriminator="kind")]


class ItemPatch(_In):
    """What changes. `details` is merged by its top-level keys: what is left out stays, null removes."""

    title: Title = Field(default_factory=_left_out)
    due_on: Day | None = None
    details: SomeItemDetails = {}
    case_id: UUID | None = Field(
        None, description="Puts a to-do or a note without a case on a case of the caller's own."
    )
    kept: Kept = {}


class ItemRead(BaseModel):
    """An item as its owner sees it; `details` are those of its kind, without what was never said."""

    id: UUID
    case_id: UUID | None
    kind: ItemKind
    title: str
    due_on: Day | None
    details: StoredItemDetails
    created_at: datetime
    updated_at: datetime


class ItemForMentor(BaseModel):
    """An item as a mentor sees it: no days, only how far away it is."""

    id: UUID
    kind: ItemKind
    title: str
    details: StoredItemDetails
    due_in_days: int | None


class EntryCreate(_In):
    """One dated line. `details` are those of the item's kind; `value` is in the item's unit."""

    id: UUID = Field(default_factory=new_id)
    on: Day
    value: Number | None = None
    note: Note | None = None
    details: SomeEntryDetails = {}
    kept: Kept = {}


class EntryPatch(_In):
    """What changes. `details` is merged by its top-level keys: what is left out stays, null removes."""

    on: Day = Field(default_factory=_left_out)
    value: Number | None = None
    note: Note | None = None
    details: SomeEntryDetails = {}
    kept: Kept = {}


class EntryRead(BaseModel):
    """An entry as its owner sees it."""

    id: UUID
    item_id: UUID
    on: Day
    value: Number | None
    note: str | None
    details: StoredEntryDetails
    created_at: datetime
    updated_at: datetime
