from tests.factories import Cast


async def test_the_service_is_alive_for_everyone(cast: Cast, anyone):
    assert (await anyone.get("/healthz")).json() == {"status": "ok"}
    assert (await cast.teacher.get("/healthz")).status_code == 200


async def test_an_unknown_address_is_a_problem_with_what_to_do_next(anyone):
    reply = await anyone.get("/api/nothing-here")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"].endswith("/not-found")
    assert reply.json()["detail"]
