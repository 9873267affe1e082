"""How an archive says things: headings, topics, states, days and moments in their owner's time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.cases.wording import day_in_words, told

__all__ = ["KINDS", "STATES", "TOPICS", "day_in_words", "moment_in_words", "short_day", "told"]

KINDS = {
    "meeting": "Meetings",
    "deadline": "Due days",
    "goal": "Goals",
    "present_levels": "Present levels",
    "accommodation": "Accommodations",
    "service": "Services",
    "behavior": "Behavior",
    "contact": "Talks with the family",
    "first_talk": "First talks",
    "todo": "To do",
    "note": "Notes",
}
TOPICS = {
    "draft": "Look at my draft",
    "meeting": "Get me ready for a meeting",
    "placement": "Placement and LRE",
    "behavior": "Behavior, FBA, BIP",
    "family": "Family conversation",
    "team": "Working with the team",
    "accommodations": "Teachers and accommodations",
    "data": "Data and progress",
    "paperwork": "Timeline and paperwork",
    "caseload": "Caseload and workload",
    "wrong": "Asked to do something that feels wrong",
    "think": "Just think with me",
}
STATES = {
    "waiting": "waiting for someone",
    "claimed": "being answered",
    "answered": "answered",
    "closed": "done",
    "open": "open",
    "accepted": "taken over",
    "declined": "left as it was",
    "resolved": "dealt with",
}


def short_day(day: date) -> str:
    """As in "Mar 5, 2027"."""
    return f"{day:%b} {day.day}, {day.year}"


def moment_in_words(at: datetime, time_zone: str) -> str:
    """As in "Friday, March 5, 2027, 7:31 pm", where its owner lives."""
    there = at.astimezone(ZoneInfo(time_zone))
    half = "am" if there.hour < 12 else "pm"
    return f"{day_in_words(there.date())}, {there.hour % 12 or 12}:{there:%M} {half}"
