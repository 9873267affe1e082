"""What mails and pushes say: constant but for the weekday of a need-by. No name, no school."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Words:
    """One mail's words; `heading` is its subject too. `path` is where its button leads."""

    heading: str
    said: tuple[str, ...]
    act: str
    path: str
    after: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()  # of several notices in one: words and path
    code: str | None = None


NOTICES = {
    "question_waiting": Words(
        "A question is waiting",
        ("A colleague has asked something that you could answer, in your own time.",),
        "Open the question",
        "/inbox",
    ),
    "question_given": Words(
        "A question was handed to you",
        ("Another mentor thought you could answer it well. It is with you now.",),
        "Open the question",
        "/inbox",
    ),
    "question_returned": Words(
        "Your question is waiting for someone",
        ("The mentor you had chosen gave it back. Choose another, or leave it open to everyone.",),
        "Choose again",
        "/threads",
    ),
    "reply_waiting": Words(
        "You have a reply",
        ("There is an answer to your question. Read it, or listen, when it suits you.",),
        "Open the answer",
        "/threads",
    ),
    "follow_up_waiting": Words(
        "There is more on a question you have",
        ("The colleague who asked has written again.",),
        "Open the question",
        "/inbox",
    ),
    "one_look": Words(
        "Something you wrote is still on your phone",
        ("It needs one look before it goes: something in it looks like it could point to someone.",),
        "Look at it",
        "/",
    ),
    "archive_ready": Words(
        "Your archive is ready",
        ("Everything you have written and said is in it. It is kept for a week, for you alone.",),
        "Fetch it",
        "/settings",
    ),
}

SEVERAL = Words("There is news for you", ("This has come together for you:",), "Open Pocket Colleague", "/")

SIGN_IN = Words(
    "Your code for Pocket Colleague",
    ("Type this code where you started. It counts for ten minutes, once.",),
    "Sign in",
    "/sign-in",
    after=(
        "The button counts only in the browser that asked.",
        "If you did not ask for this, leave it. Nothing happens without the code.",
    ),
)

INVITATION = Words(
    "You are invited to Pocket Colleague",
    (
        "Someone who hosts a circle of special educators would like you in it: a place to ask a colleague, "
        "and to answer one.",
        "Sign in with this address and you are in. The invitation is good for seven days.",
    ),
    "Come in",
    "/sign-in",
    after=("If you do not know what this is about, leave it.",),
)

TOKEN_MADE = Words(
    "A token was made for your account",
    ("A script that has it can read and write as you, until it ends or you end it.",),
    "See your devices and tokens",
    "/settings",
    after=("If this was not you or the person who runs the service, end it now.",),
)

SIGNED_IN = Words(
    "A further sign-in to your account",
    ("A browser or app was signed in with a code from this mailbox.",),
    "See your devices",
    "/settings",
    after=("If this was you, there is nothing to do. If not, end it now.",),
)


def notice(kind: str, *, thread_path: str | None, need_by: date | None, today: date) -> Words:
    """A notice's words, leading to its thread."""
    words = NOTICES[kind]
    if thread_path:
        words = replace(words, path=thread_path)
    if need_by and today <= need_by < today + timedelta(days=7):
        words = replace(words, heading=f"{words.heading}, needed by {WEEKDAYS[need_by.weekday()]}")
    return words


def together(notices: Iterable[Words]) -> Words:
    """Several notices as one mail; the same said twice of one place is said once."""
    lines = tuple(dict.fromkeys((each.heading, each.path) for each in notices))
    return replace(SEVERAL, lines=lines)


def sign_in(token: str, code: str) -> Words:
    """The token rides in the fragment, which no server or proxy on the way is sent."""
    return replace(SIGN_IN, path=f"{SIGN_IN.path}#token={token}", code=code)
