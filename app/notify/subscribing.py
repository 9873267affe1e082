"""Phones that want to be told: adding one, saying that it is still there, taking it away."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, delete, insert, select, update

from app.access import Me, people
from app.core import audit
from app.core.clock import now
from app.core.errors import IdTaken, Invalid, NotFound
from app.core.ids import new_id
from app.core.seal import Key, keyring
from app.core.settings import Settings
from app.notify.addressing import subscriptions
from app.notify.push import may_be_called

UNSEEN = timedelta(days=60)
MOST = 20


def _decoded(said: str) -> bytes:
    try:
        return base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("This is not base64url.") from error


def _public_key(said: str) -> str:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(said))
    except ValueError as error:
        raise ValueError("This is not a P-256 public key.") from error
    return said


def _secret(said: str) -> str:
    if len(_decoded(said)) != 16:
        raise ValueError("This is not a secret of 16 bytes.")
    return said


class SubscriptionKeys(BaseModel):
    """What pushes to this phone are encrypted with."""

    model_config = ConfigDict(extra="forbid")

    p256dh: Annotated[str, Field(max_length=100), AfterValidator(_public_key)]
    auth: Annotated[str, Field(max_length=40), AfterValidator(_secret)]


class SubscriptionCreate(BaseModel):
    """A browser's `PushSubscription` as its `toJSON` gives it, with an id if the phone chooses one."""

    model_config = ConfigDict(extra="forbid")

    id: UUID = Field(default_factory=new_id)
    endpoint: str = Field(max_length=1000)
    keys: SubscriptionKeys
    expiration_time: float | None = Field(default=None, alias="expirationTime")

    def sealed_words(self) -> dict[str, Any]:
        """What has to be kept to push to it."""
        return {"endpoint": self.endpoint, "keys": self.keys.model_dump()}


class SubscriptionRead(BaseModel):
    """A phone that will be told."""

    id: UUID


class PushKey(BaseModel):
    """What a phone subscribes with."""

    key: str


def check(data: SubscriptionCreate, settings: Settings) -> None:
    """Raises Invalid for an address that nothing is ever pushed to."""
    if not may_be_called(data.endpoint, settings):
        raise Invalid(errors=[{"field": "endpoint", "reason": "This is not an address of a push service."}])


def subscribe(tx: Connection, me: Me, data: SubscriptionCreate) -> tuple[SubscriptionRead, bool]:
    """Add a phone, or note that it is still there. Returns it, and whether it is new.

    A phone that someone else signed in on before is hers now. Raises IdTaken, NotFound.
    """
    ring, moment = keyring(tx), now()
    key = _key_of(tx, me)
    endpoint_hash = ring.keyed_hash("push", data.endpoint)
    known = tx.execute(select(subscriptions).where(subscriptions.c.id == data.id)).one_or_none()
    if known and known.person_id != me.id:
        raise NotFound()
    if known and known.endpoint_hash != endpoint_hash:
        raise IdTaken()
    there = (
        known
        or tx.execute(
            select(subscriptions).where(subscriptions.c.endpoint_hash == endpoint_hash)
        ).one_or_none()
    )
    if there and there.person_id == me.id:
        sealed = key.seal_json("push_subscriptions", "subscription", there.id, data.sealed_words())
        tx.execute(
            update(subscriptions)
            .where(subscriptions.c.id == there.id)
            .values(subscription=sealed, seen_at=moment)
        )
        return SubscriptionRead(id=there.id), False
    if there:
        tx.execute(delete(subscriptions).where(subscriptions.c.id == there.id))
    tx.execute(
        insert(subscriptions),
        {
            "id": data.id,
            "person_id": me.id,
            "endpoint_hash": endpoint_hash,
            "subscription": key.seal_json("push_subscriptions", "subscription", data.id, data.sealed_words()),
            "created_at": moment,
            "seen_at": moment,
        },
    )
    _keep_few(tx, me)
    audit.note(tx, "push.subscribe", person_id=me.id, object_id=data.id)
    return SubscriptionRead(id=data.id), True


def _key_of(tx: Connection, me: Me) -> Key:
    key_id = tx.execute(select(people.c.key_id).where(people.c.id == me.id)).scalar_one()
    return keyring(tx).key(tx, key_id)


def _keep_few(tx: Connection, me: Me) -> None:
    """Forget phones unseen for sixty days, and the oldest beyond a sane number."""
    hers = select(subscriptions.c.id).where(subscriptions.c.person_id == me.id)
    newest = tx.execute(
        hers.where(subscriptions.c.seen_at > now() - UNSEEN)
        .order_by(subscriptions.c.seen_at.desc(), subscriptions.c.id.desc())
        .limit(MOST)
    ).scalars()
    tx.execute(
        delete(subscriptions).where(
            subscriptions.c.person_id == me.id, subscriptions.c.id.not_in(list(newest))
        )
    )


def unsubscribe(tx: Connection, me: Me, subscription_id: UUID) -> None:
    """Tell this phone no more. Raises NotFound."""
    taken = tx.execute(
        delete(subscriptions).where(subscriptions.c.id == subscription_id, subscriptions.c.person_id == me.id)
    ).rowcount
    if not taken:
        raise NotFound()
    audit.note(tx, "push.unsubscribe", person_id=me.id, object_id=subscription_id)
