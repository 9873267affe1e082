"""Logs: one line an event, and never the words of an error."""

import json
import logging

import pytest

from app.core import logs


@pytest.fixture
def heard(capsys):
    """What has gone to standard error since the last look."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = before
    root.setLevel(level)


def test_a_forged_line_stays_inside_its_own(heard):
    logs.set_up(for_reading=False)
    logging.getLogger("app.test").warning("storage refused: %s", 'busy\n{"level":"info"}')
    (line,) = heard().splitlines()
    said = json.loads(line)
    assert (said["level"], said["from"]) == ("warning", "app.test")
    assert said["message"].startswith("storage refused: busy\n")


@pytest.mark.parametrize("for_reading", [True, False])
def test_what_an_error_says_is_not_logged(heard, for_reading):
    logs.set_up(for_reading=for_reading)
    try:
        raise ValueError("Wilson reads at home")
    except ValueError:
        logging.getLogger("app.test").exception("unexpected")
    said = heard()
    assert "ValueError" in said
    assert "Wilson" not in said
    assert "Traceback" not in said
