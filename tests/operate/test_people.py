"""Letting people in, and telling a host what is wrong."""

import sqlite3

import pytest

from app.core.seal import Keyring
from tests.operate.stage import Host


def rows(host: Host, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(host.folder / "colleague.sqlite3") as connection:
        return connection.execute(query).fetchall()


def test_invite_makes_the_tables_the_circle_and_the_invitation(host):
    invited = host.run(
        "invite",
        "Mara.Quill@Example.org",
        "--circle",
        "River Circle",
        "--role",
        "teacher",
        "--role",
        "steward",
    )
    assert invited.returncode == 0, invited.stderr
    assert "http://localhost:8000" in invited.stderr
    assert invited.stdout == ""

    again = host.run("invite", "joel.tarn@example.org", "--circle", " river  circle ", "--role", "mentor")
    assert again.returncode == 0
    assert rows(host, "SELECT count(*) FROM circles") == [(1,)]
    assert rows(host, "SELECT is_teacher, is_mentor, is_steward FROM invitations ORDER BY created_at") == [
        (1, 0, 1),
        (0, 1, 0),
    ]
    assert rows(host, "SELECT fact FROM outbox") == [("circles.invited",), ("circles.invited",)]


@pytest.mark.parametrize(
    "words",
    [
        ("invite", "nowhere", "--circle", "River", "--role", "teacher"),
        ("invite", "mara@example.org", "--circle", "River", "--role", "host"),
        ("invite", "mara@example.org", "--circle", "  ", "--role", "teacher"),
        ("invite", "mara@example.org", "--circle", "River"),
        ("invite", "mara@example.org", "--role", "teacher"),
        ("token", "nobody@example.org"),
        ("token", "nowhere"),
        ("verify-backup", "not-there"),
        ("nonsense",),
    ],
)
def test_what_cannot_be_done_is_said_in_words(host, words):
    refused = host.run(*words)
    assert refused.returncode in (1, 2)
    assert refused.stdout == ""
    assert refused.stderr.strip()
    assert "Traceback" not in refused.stderr


def test_token_prints_the_token_alone_and_its_owner_is_told(lived_in):
    made = lived_in.run("token", "mara.quill@example.org")
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip()) == 43
    assert made.stderr == ""
    if "DATABASE_URL" not in lived_in.settings:
        assert ("accounts.token_made",) in rows(lived_in, "SELECT fact FROM outbox")
        assert rows(lived_in, "SELECT kind FROM sessions") == [("bearer",)]
        assert rows(lived_in, "SELECT accepted_at IS NOT NULL FROM invitations") == [(1,)]


def test_a_lost_key_is_said_and_nothing_is_made_in_its_place(lived_in):
    (lived_in.folder / "keys").rename(lived_in.folder.parent / "keys-elsewhere")
    for words in (("token", "mara.quill@example.org"), ("serve",), ("migrate",), ("key", "export")):
        refused = lived_in.run(*words)
        assert refused.returncode == 1
        assert "key" in refused.stderr
        assert not (lived_in.folder / "keys").exists()


def test_a_wrong_key_is_said(lived_in):
    (lived_in.folder / "keys").rename(lived_in.folder.parent / "keys-elsewhere")
    Keyring.create(lived_in.folder / "keys")
    refused = lived_in.run("token", "mara.quill@example.org")
    assert refused.returncode == 1
    assert "not the one this database was written with" in refused.stderr


def test_settings_that_are_not_right_are_named_without_their_values(host):
    host.settings["SMTP_URL"] = "ftp://someone:a-secret@example.org"
    refused = host.run("doctor")
    assert refused.returncode == 1
    assert "SMTP_URL" in refused.stderr
    assert "a-secret" not in refused.stderr

    host.settings = {"BASE_URL": "https://colleague.example.org", "SMTP_URL": ""}
    refused = host.run("serve")
    assert refused.returncode == 1
    assert "SMTP_URL" in refused.stderr


def test_doctor_is_content_once_the_key_was_exported(lived_in, tmp_path):
    first = lived_in.run("doctor")
    assert first.returncode == 0
    assert "never exported" in first.stdout
    assert lived_in.run("key", "export", str(tmp_path / "key")).returncode == 0
    second = lived_in.run("doctor")
    assert "never exported" not in second.stdout
    assert "BAD" not in second.stdout


def test_doctor_says_what_is_broken(host):
    host.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    host.settings["SMTP_URL"] = "smtp://127.0.0.1:9"
    with (host.folder / "colleague.sqlite3").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    said = host.run("doctor")
    assert said.returncode == 1
    assert "mail relay 127.0.0.1:9" in said.stdout
    assert "BAD   The database" in said.stdout


def test_doctor_leaves_an_empty_folder_empty(host):
    said = host.run("doctor")
    assert said.returncode == 0
    assert list(host.folder.iterdir()) == []


def test_the_exported_key_is_private_and_whole(lived_in, tmp_path):
    target = tmp_path / "key"
    assert lived_in.run("key", "export", str(target)).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o600
    printed = lived_in.run("key", "export")
    assert printed.stdout == target.read_text()
    assert lived_in.run("key", "export", str(target)).returncode == 1
    for file in (lived_in.folder / "keys").iterdir():
        assert f"{file.name} {file.read_text().strip()}" in printed.stdout


def test_export_is_only_prepared_and_only_for_an_account(host):
    host.run("invite", "mara.quill@example.org", "--circle", "River", "--role", "teacher")
    assert host.run("export", "mara.quill@example.org").returncode == 1
    host.run("token", "mara.quill@example.org")
    asked = host.run("export", "mara.quill@example.org")
    assert asked.returncode == 0, asked.stderr
    assert rows(host, "SELECT state FROM exports") == [("preparing",)]
    assert ("export.asked",) in rows(host, "SELECT fact FROM outbox")
    assert not list(host.folder.rglob("*.zip"))


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DATABASE_URL", "mysql://root:a-secret@localhost/x", "DATABASE_URL begins with"),
        ("DATABASE_URL", "postgresql://u:a-secret@127.0.0.1:9/x", "cannot be reached"),
        ("DATABASE_URL", "sqlite:////dev/null/here/colleague.sqlite3", "cannot be opened"),
        ("PORT", "a-secret", "integer"),
        ("BASE_URL", "http://colleague.example.org", "https://"),
    ],
)
def test_what_cannot_be_opened_is_said_without_secrets(host, setting, value, said):
    host.settings[setting] = value
    for words in (("invite", "mara@example.org", "--circle", "River", "--role", "teacher"), ("doctor",)):
        refused = host.run(*words)
        assert refused.returncode == 1
        assert said in refused.stderr + refused.stdout
        assert "a-secret" not in refused.stderr + refused.stdout


def test_a_data_folder_that_cannot_be_made_is_said(host):
    host.folder.touch()
    for words in (("invite", "mara@example.org", "--circle", "River", "--role", "teacher"), ("serve",)):
        refused = host.run(*words)
        assert refused.returncode == 1
        assert "cannot be written" in refused.stderr
    assert "BAD   DATA_DIR" in host.run("doctor").stdout
