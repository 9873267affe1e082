"""Which kind of draft a text is: a guess, right where its wording speaks."""

import pytest

from app.documents.kinds import guess

GOALS = (
    "The student will improve reading fluency with 80% accuracy.",
    "Given a passage at grade level, the student will read 105 words correct per minute on 3 weekly probes.",
    "The student will not call out and will behave appropriately in class 90% of the time.",
    "Goal: When given a checklist, the student will turn in 17 of 20 tasks in each 4-week period.",
    "By the end of the IEP year, she will be able to retell a story with three events in 4 of 5 trials.",
)
LEVELS = (
    "The student struggles with reading and is below grade level and needs a lot of help.",
    "Present levels of academic achievement: reads 72 words a minute; the class benchmark for fall is 94.",
    "Behavior is a major concern. The student is defiant and disruptive. Parents are not supportive.",
    "The student can do some math independently but has difficulty with organization. Mom is concerned.",
    "The student enjoys science texts. On three passages the student read a median of 72 words a minute.",
)
ACCOMMODATIONS = (
    "Extended time and preferential seating as needed.",
    "Student may use text-to-speech when appropriate. Reduced assignments. Frequent breaks.",
    "On quizzes longer than 15 minutes the teacher gives the student time and a half in the learning center.",
    "For assigned reading the student can listen with text-to-speech, but not on tests of decoding.",
)
NOTES = (
    "Team discussed placement and agreed a smaller setting is best. Parent was okay with it.",
    "Proposed: 45 minutes a day of writing for 9 weeks. Options considered and set aside: no change.",
    "Attendees: parent, general education teacher, school psychologist\nAgenda: review of progress",
)
MAILS = (
    "Dear parents,\nI wanted to let you know how the week went.\nBest regards,\nyour teacher",
    "Hi there,\n\nplease let me know whether Thursday works for the family.\n\nThanks",
)
BEHAVIOR = (
    "Antecedent: a request to write. Consequence: sent out. The replacement behavior is asking for a break.",
    "Behavior Intervention Plan. Target behavior: leaving the area. Reinforcement: a choice of activity.",
)
SERVICES = (
    "Speech-language therapy, 30 minutes per week, pull-out, provided by the speech-language pathologist.",
    "Service delivery: 45 minutes per day of specially designed instruction, push-in.",
)
OTHERS = ("", "Bring a pen.", "The bus leaves at three.")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (kind, text)
        for kind, texts in {
            "goal": GOALS,
            "present_levels": LEVELS,
            "accommodation": ACCOMMODATIONS,
            "meeting_notes": NOTES,
            "email": MAILS,
            "behavior": BEHAVIOR,
            "service": SERVICES,
            "other": OTHERS,
        }.items()
        for text in texts
    ],
)
def test_the_wording_says_what_it_is(kind: str, text: str):
    assert guess(text) == kind


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Present Levels of Academic Achievement and Functional Performance", "present_levels"),
        ("Related services", "service"),
        ("Accommodations and modifications", "accommodation"),
        ("Meeting notes", "meeting_notes"),
        ("Functional Behavior Assessment", "behavior"),
    ],
)
def test_a_heading_says_more_than_the_words_below_it(heading: str, kind: str):
    assert guess(f"{heading}\nThe student has 30 minutes per week.", [heading]) == kind
