"""Settings are read strictly: a mistyped name or value stops the process, in words."""

from pathlib import Path

import pytest

from talkoot.base.engine import Engine
from talkoot.base.settings import BadSettings, Settings, settings_from


def test_without_variables_the_defaults_stand() -> None:
    assert settings_from({"HOME": "/root"}) == Settings()
    assert settings_from({}).address == "http://127.0.0.1:8000"


def test_variables_are_read_with_their_types() -> None:
    found = settings_from({"TALKOOT_HOME": "/srv/t", "TALKOOT_PORT": "9000"})
    assert (found.home, found.port) == (Path("/srv/t"), 9000)
    assert found.keys_folder == Path("/srv/t/keys")


def test_a_count_runs_on_the_kernels_unless_the_slow_twins_are_asked_for() -> None:
    assert settings_from({}).engine is Engine.KERNELS
    assert settings_from({"TALKOOT_SLOW": "0"}).engine is Engine.KERNELS
    assert settings_from({"TALKOOT_SLOW": "1"}).engine is Engine.TWINS


def test_the_public_address_wins_and_loses_its_last_slash() -> None:
    assert settings_from({"TALKOOT_PUBLIC_URL": "https://aanesta.example/"}).address == (
        "https://aanesta.example"
    )


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TALKOOT_PROT": "9000"}, "TALKOOT_PROT"),
        ({"TALKOOT_PORT": "many"}, "port"),
        ({"TALKOOT_SLOW": "rather"}, "slow"),
    ],
)
def test_a_mistake_is_named(variables: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        settings_from(variables)
