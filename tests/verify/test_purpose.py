"""T2: the reader knows an unverified poll by its definition, and names a label that is missing."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings

from talkoot.verify.proofs import canonical
from talkoot.voting.ballot import (
    Anchor,
    BallotDefinition,
    Channel,
    Credential,
    Purpose,
    Route,
    VoteType,
)
from talkoot.voting.log import definition_json
from tests.verify.made import Lies, made
from tests.verify.test_lies import read
from tests.voting.log.test_definition_json import definitions
from tests.voting.results.made_up import RULES, a_definition

BY_MAIL = Route(credential=Credential.MAIL, channel=Channel.WEB, anchor=Anchor.MAIL_ADDRESS)


def a_poll() -> BallotDefinition:
    binding = a_definition(VoteType.APPROVAL, RULES[2])
    return replace(binding, purpose=Purpose.UNVERIFIED_POLL, routes=(BY_MAIL,))


def labelled(files: dict[str, Any]) -> None:
    """Write the column that every line of an unverified poll has."""
    head, *lines = files["result/ballots.csv"].decode().splitlines()
    rest = [f"{line},unverified poll" for line in lines]
    files["result/ballots.csv"] = "".join(f"{line}\n" for line in [f"{head},kind", *rest]).encode()


@given(definitions())
@settings(max_examples=30)
def test_the_reader_hashes_purpose_and_routes_as_we_do(definition: BallotDefinition) -> None:
    stored = definition_json(definition)
    assert sha256(canonical(stored)).digest() == definition.hash


def test_t2_an_unverified_poll_with_its_label_has_no_fault() -> None:
    assert read(made(a_poll(), lies=Lies(results=labelled))).faults == []


def without(files: dict[str, Any]) -> None:
    """Leave the label out of the result as well."""
    labelled(files)
    body = files["result/result.json"]
    files["result/result.json"] = body.replace(b',\n  "purpose": "unverified-poll"', b"")
    assert body != files["result/result.json"]


@pytest.mark.parametrize(
    ("lies", "named"),
    [
        (Lies(), "result/ballots.csv: columns"),
        (Lies(results=without), "result/result.json: purpose"),
    ],
    ids=["csv", "result"],
)
def test_t2_a_file_of_an_unverified_poll_without_its_label_is_named(lies: Lies, named: str) -> None:
    faults = read(made(a_poll(), lies=lies)).faults
    assert len(faults) == 1
    assert faults[0].startswith(named)
