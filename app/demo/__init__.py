"""A believable week in a circle of invented people, so that a newcomer sees the product working.

The words are data: `story/*.json` holds who, what and when, `voices/` the spoken notes as small files
(made once by `scripts/demo_voices.py`), and `story.told(now)` puts both on the calendar. Each file
holds one or more of the lists below; lists of one name from several files are joined.

Everything has a `key`, unique in its list, by which other parts point at it; an item's is written
`case.item` when pointed at. Keys never reach the screen.

circle
    key, name, time_zone (where the story's "today" is), made_by (a person).
people
    key, name, email, roles (teacher, mentor, steward), region, time_zone, quiet_hours as in the
    contract; a mentor's `topics`.
cases
    key, owner (a person), alias, grade_band, plan_type, support, notes, items.
    item: key (short, `tts` of `otter.tts`), kind, title, due_on?, details, entries?
    entry: on, value? (a number), note?, details?
threads
    key, author, topic, help, title, case|null, items (a list of `case.item`), meeting|null (an item),
    need_by? (a day; without it the meeting's evening before counts), mentor|null (whom the author
    chose), holder|null (who has it now), claimed? {by, at}, state, messages, drafts, takeaways,
    read {person: seq}, closed? {by, at}.
    message: by, at, and `body` or `voice`; the first one is the question, its place is its seq.
    draft: key, kind, title, item|null, versions, comments.
    version: by, at, and one of
        text      the whole text,
        accepts   the comment whose suggestion, put into the version before, makes this one,
        changes   [{from, to}], the author's own edits of the version before.
    comment: key, by, at, version (from 1), quote (its exact words, once in that version), body,
        suggestion|null, state (open, accepted, declined, resolved).
    takeaway: by, at, text (exact words of its source), `message` (a seq) or `comment` (a key),
        item|null, meeting|null.
voices
    key, by, gist, script (what is said, so also the transcript), marks [{at, kind}] where `at` is the
    passage the mark stands on.

A case, item, entry, thread, message, version, comment, takeaway or voice may carry `kept` as in the contract,
where the screen asks about a word of the story that is no identifier; so far it asks about none.

A **day** is one of
    {"day": -3}                              calendar days from today; "school": true moves a Saturday or
                                             Sunday back to the Friday
    {"school_day": -3}                       Mondays to Fridays only; from a weekend, Friday is 0
    {"week": -2, "weekday": "thursday"}      0 is the week that today is in
    {"next": "friday", "weeks": 1, "days": -1}   the first one after today, then so many weeks and days on
A **moment** (every `at`) is {"school_day": -2, "time": "20:31"} on the clock of whoever `by` names, or
{"minutes_ago": 50}. In any text, `{month -9}` is the name of the month nine weeks ago.

`told(now)` returns the same lists with days as "YYYY-MM-DD", moments as RFC 3339 UTC, months as words,
every version with its `text` (and `accepts`, where it came from a comment), every comment with `start`
and `end`, and every voice with `file` (a path), `duration_ms` and marks as [{at_ms, kind}].
Within a thread, moments never run backwards and never lie ahead of `now`.
"""
