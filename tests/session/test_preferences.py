"""What the user likes is kept, and a damaged file is worth a default, never a failure."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import preferences as module
from nnstudio.session.preferences import (
    FOLDER_VARIABLE,
    MOST_RECENT,
    Preferences,
    folder_problem,
    load_preferences,
    obey,
    preferences_path,
    save_preferences,
)
from nnstudio.spec.params import fields_of
from tests.spec.strategies import json_values

anything = st.builds(
    Preferences,
    theme=st.sampled_from(["system", "light", "dark"]),
    engine=st.sampled_from(["process", "thread"]),
    size=st.sampled_from(["80", "200"]),
    threads=st.integers(0, 256),
    keep_unsaved=st.booleans(),
    cache_folder=st.text(max_size=9),
    recent=st.lists(st.text(max_size=9), max_size=MOST_RECENT).map(tuple),
)


@given(preferences=anything)
def test_preferences_round_trip(preferences: Preferences, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("config") / "made" / "preferences.json"
    save_preferences(preferences, path)
    assert load_preferences(path) == preferences
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"\xff\xfe\x00", b"[" * 100_000, b'{"theme": "pink", "engine": 7, "recent": "a"}'],
    ids=["empty", "cut", "list", "number", "bytes", "nested", "values"],
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.json"
    path.write_bytes(content)
    assert load_preferences(path) == Preferences()


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_gives_the_defaults(tmp_path: Path, name: str) -> None:
    assert load_preferences(tmp_path / name) == Preferences()


@pytest.mark.parametrize(
    ("content", "preferences"),
    [
        ({}, Preferences()),
        ({"theme": "dark"}, Preferences(theme="dark")),
        ({"notify": False}, Preferences(notify=False)),
        ({"notify": "no"}, Preferences()),
        ({"theme": ["dark"], "engine": "thread"}, Preferences(engine="thread")),
        ({"recent": ["a", 3, None, "b"]}, Preferences(recent=("a", "b"))),
        ({"recent": list("abcdefghijklmn")}, Preferences(recent=tuple("abcdefghij"))),
        ({"theme": "light", "colour": "unknown"}, Preferences(theme="light")),
    ],
)
def test_what_is_good_in_a_file_is_kept(tmp_path: Path, content: object, preferences: Preferences) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert load_preferences(path) == preferences


@given(content=json_values | st.dictionaries(st.sampled_from(["theme", "engine", "recent"]), json_values))
def test_any_json_gives_preferences(content: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("config") / "preferences.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    preferences = load_preferences(path)
    save_preferences(preferences, path)
    assert load_preferences(path) == preferences


def test_the_last_file_comes_first_once_and_old_ones_go() -> None:
    preferences = Preferences(theme="dark")
    for name in [*"abcdefghijkl", "d"]:
        preferences = preferences.with_recent(Path(name))
    assert preferences == Preferences(theme="dark", recent=("d", *"lkjihgfec"))
    assert len(preferences.recent) == MOST_RECENT


def test_the_folder_can_be_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "mine"))
    assert preferences_path() == tmp_path / "mine" / "preferences.json"
    save_preferences(Preferences(theme="light"))
    assert load_preferences() == Preferences(theme="light")


def test_without_it_the_folder_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(module, "user_config_path", lambda name, **_: tmp_path / name)
    assert preferences_path() == tmp_path / "nnstudio" / "preferences.json"


def test_preferences_that_cannot_be_stored_say_so(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(OSError, match="taken"):
        save_preferences(Preferences(), tmp_path / "taken" / "preferences.json")


def test_every_field_explains_itself_in_sentences() -> None:
    declared = fields_of(Preferences)
    assert {field.name for field in declared} | {"recent"} == {field.name for field in fields(Preferences)}
    assert all(field.param.title and field.param.help.endswith(".") for field in declared)


def test_what_counts_from_the_start_on_is_in_the_environment() -> None:
    environment = {"NNSTUDIO_CACHE": "/given"}
    obey(Preferences(data_folder="/runs", cache_folder="/cache", stay_awake=False), environment)
    assert environment == {"NNSTUDIO_DATA": "/runs", "NNSTUDIO_CACHE": "/given", "NNSTUDIO_STAY_AWAKE": "0"}
    untouched: dict[str, str] = {}
    obey(Preferences(), untouched)
    assert untouched == {}


def test_a_folder_must_be_one_that_can_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert folder_problem("") == folder_problem(str(tmp_path / "new" / "deep")) == ""
    assert folder_problem("here") == "Type the whole path of a folder, or choose one with “Browse…”."
    assert folder_problem(str(tmp_path / "file" / "below")) == f"“{tmp_path / 'file'}” is a file."
