"""Routes of notify: the way out of notices by mail, and phones that want to be told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from app.accounts.posting import count_post
from app.accounts.signed_in import SignedIn
from app.core.http import Config, Db, StrictRoute, again, answer, created, refusals
from app.core.pages import plain_page
from app.notify import push, subscribing, unsubscribing
from app.notify.subscribing import PushKey, SubscriptionCreate, SubscriptionRead

router = APIRouter(prefix="/api", route_class=StrictRoute, tags=["notify"])

Token = Annotated[str, Path(max_length=60)]
ASK = """<p>From now on there would be nothing by mail when a question or an answer waits for you.
Sign-in and security mail still comes. Settings switch notices on again.</p>
<form method="post"><button>No more notices by mail</button></form>"""
DONE = """<p>There are no more notices by mail. What is asked and answered waits for you in the app.</p>
<p><a href="/settings">Settings</a> switch them on again.</p>"""


@router.get(
    "/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=refusals(404),
    openapi_extra={"security": []},
)
async def ask_before_unsubscribing(token: Token, db: Db) -> Response:
    """A page with one button. Looking at it changes nothing, since mail scanners follow links."""
    unsubscribing.person_of(db.keyring, token)
    return plain_page("Notices by mail", ASK)


@router.post(
    "/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=refusals(404),
    openapi_extra={"security": []},
)
async def unsubscribe(token: Token, db: Db) -> Response:
    """No more notices by mail (RFC 8058, one click): no sign-in, any body. Settings switch them on again."""
    await db.write(lambda tx: unsubscribing.switch_mail_off(tx, token))
    return plain_page("Notices by mail are off", DONE)


@router.get("/push/key", response_model=PushKey)
async def read_push_key(me: SignedIn, settings: Config) -> Response:
    """The public key that a phone subscribes with (`applicationServerKey`)."""
    return answer(PushKey(key=push.public_key(settings)))


@router.post(
    "/push/subscriptions",
    response_model=SubscriptionRead,
    status_code=201,
    responses=again(SubscriptionRead) | refusals(404, 409),
)
async def subscribe(
    data: SubscriptionCreate, me: SignedIn, db: Db, settings: Config, request: Request
) -> Response:
    """Tell this phone when there is news. Sent again, it says that the phone is still there.

    Only addresses of the known push services are taken (in development, any). What is pushed carries no
    content.
    """
    subscribing.check(data, settings)
    await count_post(request.app.state.limits, db, me)
    added, is_new = await db.write(lambda tx: subscribing.subscribe(tx, me, data))
    return created(added, is_new=is_new)


@router.delete("/push/subscriptions/{subscription_id}", status_code=204, responses=refusals(404))
async def end_subscription(subscription_id: UUID, me: SignedIn, db: Db) -> Response:
    """Tell this phone no more."""
    await db.write(lambda tx: subscribing.unsubscribe(tx, me, subscription_id))
    return Response(status_code=204)
