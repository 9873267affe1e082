"""Routes of signing in and out. A GET never consumes anything: mail scanners follow links."""

import asyncio
import logging
from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from app.accounts import service, sessions, sign_in
from app.accounts.devices import label_of
from app.accounts.sessions import OWN
from app.accounts.shapes import MeRead, SessionAsk, SignedInRead, SignInAsk, SignInAsked
from app.accounts.sign_in import SignedInNow
from app.accounts.signed_in import SignedIn
from app.core.db import Database
from app.core.errors import Forbidden, TooMany
from app.core.http import PUBLIC, Config, Db, StrictRoute, answer, refusals
from app.core.limits import Limits, network_of
from app.core.settings import Settings

log = logging.getLogger(__name__)

router = APIRouter(route_class=StrictRoute)

SERVER_PER_HOUR = 500


@router.post(
    "/auth/sign-in",
    status_code=202,
    response_model=SignInAsked,
    openapi_extra=PUBLIC,
    responses=refusals(403),
)
async def ask_to_sign_in(data: SignInAsk, request: Request, db: Db, settings: Config) -> Response:
    """Ask for a mail with a link and an eight-digit code, for this browser and the next ten minutes.

    The answer is the same for every address. The cookie it sets is what makes link and code count here only.
    """
    _refuse_tokens(request)
    address_hash = db.keyring.keyed_hash("email", data.email)
    _count_asking(request, address_hash)
    browser = request.cookies.get(cookie_name("signin", settings))
    secret = await db.write(lambda tx: sign_in.ask(tx, address_hash, browser))
    response = answer(SignInAsked(), 202)
    _set_cookie(response, "signin", secret, settings, max_age=int(sign_in.LASTS.total_seconds()))
    return response


@router.post(
    "/auth/session",
    status_code=201,
    response_model=SignedInRead,
    openapi_extra=PUBLIC,
    responses=refusals(401, 403),
)
async def sign_in_now(data: SessionAsk, request: Request, db: Db, settings: Config) -> Response:
    """Sign in with the mail's token, or with the address and the mail's code: once, where it was asked for.

    The first time, this makes the account; every time, it accepts the address's open invitations. It ends the
    session that this browser had. `device: "shared"` lasts 12 hours at most, and 30 minutes without use.
    """
    _refuse_tokens(request)
    browser = request.cookies.get(cookie_name("signin", settings))
    signed_in, user = await _redeem(db, data, browser, request, settings)
    if signed_in.ended_id:
        request.app.state.hub.close_session(signed_in.ended_id)
    response = answer(SignedInRead(user=user), 201)
    lasts = None if data.device == "shared" else int(OWN.total_seconds())
    _set_cookie(response, "sid", signed_in.session.secret, settings, max_age=lasts)
    _set_cookie(response, "signin", "", settings, max_age=0)
    return response


@router.delete("/auth/session", status_code=204, responses=refusals(403))
async def sign_out(request: Request, me: SignedIn, db: Db, settings: Config) -> Response:
    """Sign this browser out. On a shared device it is also told to forget what it kept."""
    _refuse_tokens(request)
    is_shared = await db.read(lambda tx: sessions.is_shared(tx, me.session_id))
    await db.write(lambda tx: sessions.end(tx, me, me.session_id, "cookie"))
    request.app.state.hub.close_session(me.session_id)
    request.app.state.indexes.drop(me.id)
    response = Response(status_code=204)
    forget_session(response, settings)
    if is_shared:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def _redeem(
    db: Database, data: SessionAsk, browser: str | None, request: Request, settings: Settings
) -> tuple[SignedInNow, MeRead]:
    finish = partial(
        sign_in.complete,
        device=data.device,
        label=label_of(request.headers.get("user-agent", "")),
        old_secret=request.cookies.get(cookie_name("sid", settings)),
        time_zone=data.time_zone,
    )
    if data.token is not None:
        token = data.token

        def with_token(tx: Connection) -> tuple[SignedInNow, MeRead]:
            done = finish(tx, sign_in.redeem_token(tx, token, browser))
            return done, service.read_me(tx, done.person_id)

        return await db.write(with_token)

    assert data.email is not None
    assert data.code is not None
    address_hash = db.keyring.keyed_hash("email", data.email)
    guess = await db.write(lambda tx: sign_in.count_code_try(tx, address_hash, browser))
    matching = await asyncio.to_thread(guess.matching, data.code)
    if matching is None:
        raise sign_in.SignInRefused()

    def with_code(tx: Connection) -> tuple[SignedInNow, MeRead]:
        done = finish(tx, matching)
        sign_in.forgive(tx, guess.sign_in_ids)
        return done, service.read_me(tx, done.person_id)

    return await db.write(with_code)


def cookie_name(name: str, settings: Settings) -> str:
    """`sid` on this machine itself, `__Host-sid` anywhere else."""
    return name if settings.is_development else f"__Host-{name}"


def forget_session(response: Response, settings: Settings) -> None:
    """Let the browser drop its session cookie."""
    _set_cookie(response, "sid", "", settings, max_age=0)


def _set_cookie(
    response: Response, name: str, value: str, settings: Settings, *, max_age: int | None
) -> None:
    response.set_cookie(
        cookie_name(name, settings),
        value,
        max_age=max_age,
        path="/",
        secure=not settings.is_development,
        httponly=True,
        samesite="strict",
    )


def _refuse_tokens(request: Request) -> None:
    """A script's token neither signs in nor out: it is made on the command line and revoked in the list."""
    if request.headers.get("authorization"):
        raise Forbidden("A bearer token cannot be used here.")


def _count_asking(request: Request, address_hash: str) -> None:
    """Who asks for mail too often waits; whether the address is known makes no difference."""
    limits: Limits = request.app.state.limits
    limits.take("sign-in mail", address_hash, 3, 15 * 60)
    limits.take("sign-in mail a day", address_hash, 10, 24 * 3600)
    limits.take("sign-in mail from", network_of(request.client.host if request.client else ""), 60, 3600)
    try:
        limits.take("sign-in mail of all", "", SERVER_PER_HOUR, 3600)
    except TooMany:
        log.error("more than %d sign-in mails were asked for within an hour", SERVER_PER_HOUR)
        raise
