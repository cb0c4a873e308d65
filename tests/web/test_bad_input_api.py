"""Bad input at the API: every fault a problem document with a stable type, nothing recorded."""

from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest

from talkoot.base.errors import Unavailable
from talkoot.voting.ballot import Limits, Recast, VoteType
from tests.web.conftest import TownWith
from tests.web.town import CLOSES, OPENS, Town, Visitor, guesses, number, rules


def problem(answer: httpx2.Response) -> tuple[int, str]:
    """Give status and kind of a problem document, checking its form."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["type"].startswith("urn:talkoot:problem:")
    return answer.status_code, document["type"].removeprefix("urn:talkoot:problem:")


def path(town: Town, *more: str) -> str:
    return "/".join(("/api/v1/elections", str(town.election.id), *more))


async def token_of(town: Town, visitor: Visitor, code: int = 0) -> str:
    answer = await visitor.posted(path(town, "sign-in"), {"code": town.codes[code]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def ballot(town: Town, *chosen: int, submission: str | None = None) -> dict[str, object]:
    return {
        "submission_id": submission or str(uuid4()),
        "definition_hash": town.election.definition.hash.hex(),
        "marks": [{"project": number(at), "value": 1} for at in chosen],
    }


async def test_a_ballot_is_recorded_once_however_often_it_is_sent(town: Town) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)
    sent = ballot(town, 1, 2)
    first = await visitor.posted(path(town, "ballots"), sent, token)
    again = await visitor.posted(path(town, "ballots"), sent, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipt"] == again.json()["receipt"]
    assert (first.json()["replaced"], again.json()["replaced"]) == (False, None)
    other = await visitor.posted(path(town, "ballots"), ballot(town, 3), token)
    assert (other.status_code, other.json()["replaced"]) == (201, True)
    assert await town.recorded() == 2


async def test_the_definition_has_the_hash_that_ballots_name(town: Town) -> None:
    document = (await town.visitor().get(path(town))).json()
    assert document["definition_hash"] == town.election.definition.hash.hex()
    assert [p["id"] for p in document["definition"]["projects"]] == [
        number(at) for at in range(1, 7)
    ]
    listed = (await town.visitor().get("/api/v1/municipalities")).json()
    assert listed[0]["elections"][0]["id"] == str(town.election.id)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [("22222-2222-22222", 403, "unknown-code"), ("ABC", 422, "mistyped")],
)
async def test_a_wrong_code_is_a_problem(town: Town, code: str, status: int, kind: str) -> None:
    answer = await town.visitor().posted(path(town, "sign-in"), {"code": code})
    assert problem(answer) == (status, kind)


async def test_a_guesser_is_throttled(town: Town) -> None:
    visitor = town.visitor()
    for code in guesses(20):
        await visitor.posted(path(town, "sign-in"), {"code": code})
    answer = await visitor.posted(path(town, "sign-in"), {"code": town.codes[0]})
    assert problem(answer) == (429, "throttled")
    assert answer.headers["retry-after"] == str(answer.json()["retry_after"])


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ((), ["empty"]),
        ((1, 2, 3, 4), ["too-many"]),
        ((9,), ["unknown-project"]),
        ((1, 1), ["repeated-project"]),
    ],
)
async def test_a_faulty_ballot_names_every_fault(
    town: Town, chosen: tuple[int, ...], kinds: list[str]
) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, *chosen), token)
    assert problem(answer) == (422, "invalid-ballot")
    assert [fault["kind"] for fault in answer.json()["faults"]] == kinds
    assert await town.recorded() == 0


async def test_a_ballot_over_budget_is_a_problem(town_with: TownWith) -> None:
    town = await town_with(rules(VoteType.KNAPSACK, limits=Limits()))
    visitor = town.visitor()
    token = await token_of(town, visitor)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 1, 5, 6), token)
    assert problem(answer) == (422, "invalid-ballot")
    assert answer.json()["faults"][0]["found"] == 16_000_00


async def test_a_second_ballot_is_refused_where_one_may_vote_once(town_with: TownWith) -> None:
    town = await town_with(rules(recast=Recast.FIRST_COUNTS))
    visitor = town.visitor()
    token = await token_of(town, visitor)
    await visitor.posted(path(town, "ballots"), ballot(town, 1), token)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 2), token)
    assert problem(answer) == (409, "already-voted")
    assert await town.recorded() == 1


async def test_a_submission_used_for_another_ballot_is_a_problem(town: Town) -> None:
    visitor, submission = town.visitor(), str(uuid4())
    token = await token_of(town, visitor)
    await visitor.posted(path(town, "ballots"), ballot(town, 1, submission=submission), token)
    answer = await visitor.posted(
        path(town, "ballots"), ballot(town, 2, submission=submission), token
    )
    assert problem(answer) == (409, "submission-reused")


@pytest.mark.parametrize(
    ("seconds", "kind"), [(-1, "not-open-yet"), (20 * 86400 + 86400 + 300, "closed")]
)
async def test_the_wrong_phase_is_a_problem(town: Town, seconds: int, kind: str) -> None:
    town.clock.at = OPENS + timedelta(seconds=seconds)
    answer = await town.visitor().posted(path(town, "sign-in"), {"code": town.codes[0]})
    assert problem(answer) == (409, kind)


async def test_a_ballot_after_the_close_is_a_problem(town: Town) -> None:
    town.clock.at = CLOSES
    visitor = town.visitor()
    token = await token_of(town, visitor)
    town.clock.at = CLOSES + timedelta(seconds=300)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 1), token)
    assert problem(answer) == (409, "closed")
    assert await town.recorded() == 0


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
async def test_a_ballot_without_a_living_token_is_a_problem(town: Town, token: str) -> None:
    answer = await town.visitor().posted(path(town, "ballots"), ballot(town, 1), token)
    assert problem(answer) == (401, "not-signed-in")
    assert await town.recorded() == 0


async def test_a_cookie_is_no_token(town: Town) -> None:
    visitor = town.visitor()
    await visitor.signed_in(town.codes[0])
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 1))
    assert problem(answer) == (401, "not-signed-in")


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"{", "application/json", (400, "malformed")),
        (b'{"code": "\xff"}', "application/json", (400, "malformed")),
        (b"[]", "application/json", (422, "invalid-request")),
        (b'{"code": 7}', "application/json", (422, "invalid-request")),
        (b'{"code": "x", "more": 1}', "application/json", (422, "invalid-request")),
        (b'{"code": "x"}', "text/plain", (415, "wrong-media-type")),
        (b'{"code": "' + b"x" * 5_000_000 + b'"}', "application/json", (413, "too-large")),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_problem(
    town: Town, body: bytes, media_type: str, expected: tuple[int, str]
) -> None:
    answer = await town.visitor().client.post(
        path(town, "sign-in"), content=body, headers={"content-type": media_type}
    )
    assert problem(answer) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"submission_id": "x"},
        {"definition_hash": "00"},
        {"definition_hash": "G" * 64},
        {"marks": [{"project": "a", "value": "1"}]},
        {"marks": [{"project": "a", "value": -1}]},
        {"marks": [{"project": "a", "value": 1.5}]},
        {"marks": [{"project": "a", "value": 10**30}]},
        {"marks": None},
        {"voter_key": "00"},
    ],
)
async def test_a_ballot_of_another_shape_is_a_problem(
    town: Town, changed: dict[str, object]
) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 1) | changed, token)
    assert problem(answer) == (422, "invalid-request")
    assert await town.recorded() == 0


async def test_a_ballot_of_another_definition_is_a_problem(town: Town) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)
    sent = ballot(town, 1) | {"definition_hash": "0" * 64}
    answer = await visitor.posted(path(town, "ballots"), sent, token)
    assert problem(answer) == (409, "wrong-definition")
    assert await town.recorded() == 0


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/elections/x",
        "/api/v1/elections/7f0c4ad2-3f1e-4b6e-9d8a-6a1f0c2b3d4e",
        "/api/v2",
        "/api/v1/elections/",
    ],
)
async def test_an_unknown_address_is_a_problem(town: Town, address: str) -> None:
    assert problem(await town.visitor().get(address)) == (404, "not-found")


async def test_the_wrong_method_is_a_problem(town: Town) -> None:
    assert problem(await town.visitor().get(path(town, "ballots"))) == (405, "wrong-method")


async def test_a_door_that_cannot_record_says_try_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)

    async def gone(*_: object, **__: object) -> None:
        raise Unavailable("the database went away")

    monkeypatch.setattr(town.app.state.house.door, "cast", gone)
    answer = await visitor.posted(path(town, "ballots"), ballot(town, 1), token)
    assert problem(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert await town.recorded() == 0


async def test_results_are_there_after_the_count_only(town: Town) -> None:
    visitor = town.visitor()
    token = await token_of(town, visitor)
    await visitor.posted(path(town, "ballots"), ballot(town, 1, 2), token)
    assert problem(await visitor.get(path(town, "results"))) == (404, "no-result-yet")
    await town.counted()
    result = (await visitor.get(path(town, "results"))).json()
    assert [p["votes"] for p in result["projects"]] == [1, 1, 0, 0, 0, 0]


async def test_missing_keys_are_an_alarm_and_not_a_missing_page(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    (file,) = town.settings.keys_folder.glob("*.keys")
    kept = file.rename(file.with_suffix(".away"))
    answer = await town.visitor().posted(path(town, "sign-in"), {"code": town.codes[0]})
    assert problem(answer) == (500, "unexpected")
    assert any(record.levelname == "ERROR" for record in caplog.records)
    kept.rename(file)
    assert await token_of(town, town.visitor())
