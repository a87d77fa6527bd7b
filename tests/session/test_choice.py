"""Which layers are chosen is known in one place."""

from __future__ import annotations

from nnstudio.session.choice import Choice


def test_another_choice_is_told_once() -> None:
    choice, told = Choice(), list[tuple[str, ...]]()
    choice.changed.listen(lambda: told.append(choice.rows))
    choice.choose(["a", "b", "a"])
    choice.choose(("a", "b"))
    choice.choose([])
    assert told == [("a", "b"), ()]
