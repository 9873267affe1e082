"""What an id looks like: a UUID, version 7 when the service makes it."""

from uuid import UUID

import uuid_utils.compat as uuid_utils


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ids made later sort later, which keeps indexes compact."""
    return uuid_utils.uuid7()
