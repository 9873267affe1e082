"""What a mail is made of: headers that mailboxes understand, and not a word from a thread."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

from sqlalchemy import insert

from app.accounts.models import SignIn
from app.circles.models import Circle, Invitation
from app.core.clock import now
from app.core.ids import new_id
from app.core.seal import keyring
from app.notify import wording
from app.notify.letters import Letter, written
from tests.notify.sink import html_of, text_of


async def test_mails_about_one_thread_stand_together_and_can_be_switched_off(office, sink, teacher, mentor):
    thread_id = await office.question(mentor=mentor, tell=False, state="answered")
    await office.message(thread_id, mentor, seq=2)
    await office.worker()
    office.later(minutes=6)
    await office.message(thread_id, mentor, seq=3)
    await office.message(await office.question(mentor=mentor, tell=False), mentor, seq=2)
    await office.worker()
    first, both = sink.to(teacher.email)
    assert first["From"] == "Pocket Colleague <hello@colleague.example>"
    assert first["To"] == teacher.email
    assert first["Auto-Submitted"] == "auto-generated"
    assert abs((parsedate_to_datetime(first["Date"]) - now()).total_seconds()) < 600
    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", first["Message-ID"])
    assert first["Message-ID"] != both["Message-ID"]
    root = first["References"]
    assert re.fullmatch(r"<[0-9a-f]{32}\.thread@localhost>", root)
    assert first["In-Reply-To"] == root
    # Of two threads it belongs to neither.
    assert both["In-Reply-To"] is None
    assert re.fullmatch(r"<http://localhost:8000/api/unsubscribe/[\w-]{43}>", first["List-Unsubscribe"])
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    assert "<img" not in html_of(first)


async def test_two_people_in_one_thread_have_conversations_of_their_own(office, sink, mentor, other_mentor):
    await office.question()
    await office.worker()
    [first], [second] = sink.to(mentor.email), sink.to(other_mentor.email)
    assert first["References"] != second["References"]
    assert first["List-Unsubscribe"] != second["List-Unsubscribe"]


async def asked(office, **values):
    sign_in_id = new_id()
    row = {
        "id": sign_in_id,
        "browser_hash": "b",
        "email_hash": "e",
        "wrong_codes": 0,
        "created_at": now(),
        "expires_at": now() + timedelta(minutes=10),
    }
    await office.db.write(lambda tx: tx.execute(insert(SignIn), row | values))
    await office.tell("accounts.sign_in_asked", sign_in_id=sign_in_id)
    await office.worker()
    return sign_in_id


async def test_a_sign_in_mail_leaves_at_any_hour_with_a_code_and_a_link(office, sink, teacher):
    await office.set_person(teacher, quiet_hours=None, preferences={"mail": False})
    office.at("Thursday", "03:00")
    await asked(office, person_id=teacher.id)
    [message] = sink.to(teacher.email)
    assert re.findall(r"\b\d{8}\b", text_of(message))
    assert re.search(r"http://localhost:8000/sign-in#token=[\w-]{43}\b", text_of(message))
    assert re.search(r'href="http://localhost:8000/sign-in#token=[\w-]{43}"', html_of(message))
    assert message["List-Unsubscribe"] is None
    assert not re.findall(r"\d{8}", str(message["Subject"]))


async def test_an_address_without_account_or_invitation_gets_nothing(office, sink):
    await asked(office)
    assert await office.mails() == []
    assert sink.taken == []


async def test_a_sign_in_mail_is_not_tried_after_its_ten_minutes(office, sink, teacher):
    sink.mode = "rcpt_450"
    await asked(office, person_id=teacher.id)
    office.later(minutes=1, seconds=1)
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.attempts) == ("queued", 2)
    office.later(minutes=5, seconds=1)
    await office.worker()
    [row] = await office.mails()
    assert (row.state, row.attempts, row.last_code) == ("dead", 3, "450")


async def test_each_try_of_a_sign_in_mail_has_secrets_of_its_own(office, sink, teacher, monkeypatch):
    sink.mode = "data_451"
    sent = []

    def watched(letter, settings):
        sent.append(letter)
        return written(letter, settings)

    monkeypatch.setattr("app.notify.sending.written", watched)
    await asked(office, person_id=teacher.id)
    office.later(minutes=1, seconds=1)
    sink.mode = "ok"
    await office.worker()
    assert len({letter.words.code for letter in sent}) == 2
    assert sent[1].words.code in text_of(sink.to(teacher.email)[0])


async def test_a_sign_in_that_is_over_when_its_mail_comes_up_is_dropped(office, sink, teacher):
    sink.mode = "rcpt_450"
    await asked(office, person_id=teacher.id, expires_at=now())
    assert await office.states() == ["dropped"]


async def invite(office, email: str):
    invitation_id = new_id()

    def make(tx):
        key_id = tx.execute(
            Circle.__table__.select().where(Circle.id == office.cast.circle_id)  # type: ignore[attr-defined]
        ).one()
        key = keyring(tx).key(tx, key_id.key_id)
        tx.execute(
            insert(Invitation),
            {
                "id": invitation_id,
                "circle_id": office.cast.circle_id,
                "email_hash": "h",
                "email": key.seal("invitations", "email", invitation_id, email),
                "created_at": now(),
                "expires_at": now() + timedelta(days=7),
            },
        )

    await office.db.write(make)
    return invitation_id


async def test_an_invitation_goes_to_the_invited_address_once(office, sink):
    invitation_id = await invite(office, "new.teacher@example.org")
    await office.tell("circles.invited", invitation_id=invitation_id)
    await office.tell("circles.invited", invitation_id=invitation_id)
    await office.worker()
    [message] = sink.to("new.teacher@example.org")
    assert message["Subject"] == "You are invited to Pocket Colleague"
    assert "http://localhost:8000/sign-in" in text_of(message)
    assert "River Circle" not in message.as_string()
    await asked(office, invitation_id=invitation_id)
    assert re.findall(r"\b\d{8}\b", text_of(sink.to("new.teacher@example.org")[1]))


async def test_a_further_sign_in_and_a_token_are_told_at_once(office, sink, teacher):
    await office.set_person(teacher, quiet_hours=None, preferences={"mail": False})
    office.at("Thursday", "03:00")

    def session(tx):
        from app.accounts.models import Session

        session_id = new_id()
        row = {
            "id": session_id,
            "person_id": teacher.id,
            "secret_hash": str(session_id),
            "kind": "cookie",
            "device": "mine",
            "created_at": now(),
            "seen_at": now(),
            "expires_at": now(),
        }
        tx.execute(insert(Session), row)
        return session_id

    await office.tell("accounts.signed_in", session_id=await office.db.write(session))
    await office.tell("accounts.token_made", session_id=await office.db.write(session))
    await office.worker()
    assert sorted(sink.subjects(teacher.email)) == [
        "A further sign-in to your account",
        "A token was made for your account",
    ]


def test_every_mail_is_plain_ascii_in_both_forms(settings):
    every = [*wording.NOTICES.values(), wording.SEVERAL, wording.INVITATION, wording.TOKEN_MADE]
    every += [wording.SIGNED_IN, wording.sign_in("t" * 43, "01234567"), wording.together(every)]
    for words in every:
        letter = Letter("someone@example.org", "<x@localhost>", words, "<r@localhost>", "http://localhost/u")
        raw = written(letter, settings).as_bytes()
        assert raw.isascii()
        assert max(len(line) for line in raw.splitlines()) < 900
        for said in words.said:
            assert said in " ".join(text_of(written(letter, settings)).split())


def test_an_address_cannot_smuggle_a_header(settings):
    letter = Letter("someone@example.org\r\nBcc: x@example.org", "<x@localhost>", wording.INVITATION)
    try:
        raw = written(letter, settings).as_bytes()
    except ValueError:
        return
    assert b"\nBcc" not in raw
