"""Networks that somebody's weights seem to be of, in words and as an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.document import Document
from nnstudio.session.foreign import build_network, can_build, guess_words, offer_words
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.model import Model, Row, Weights, new_row
from nnstudio.spec.project import Project
from nnstudio.spec.rebuilt import Certainty, Rebuilt

ROWS = (new_row(Linear(4), "fc1"), replace(new_row(ReLU()), guess="Why not?"), new_row(Linear(3), "fc2"))


def opened(certainty: Certainty, what: str = "", rows: tuple[Row, ...] = ROWS, *notes: str) -> ModelOpened:
    return ModelOpened("/w/a.pth", "ab", "", {}, rebuilt=Rebuilt(certainty, what, rows, notes=notes))


@pytest.mark.parametrize(
    ("found", "what", "why"),
    [
        (opened("exact", "a whole module (Linear)", ROWS[:1]), "“a.pth” holds a whole module (Linear).", ""),
        (opened("known", "ResNet-18", ROWS[:1]), "“a.pth” has the names and shapes of ResNet-18.", ""),
        (
            opened("guessed", "a plain stack", ROWS, "It takes 4."),
            "“a.pth” seems to be a plain stack.",
            "It takes 4. 1 layer of it is a guess, marked as such.",
        ),
        (
            opened("part", "a network of which 1 of 2 fit", (ROWS[1], replace(ROWS[0], guess="So."))),
            "“a.pth” is a network of which 1 of 2 fit.",
            "2 layers of it are guesses, marked as such.",
        ),
        (
            opened("none", "", (), "It holds no layers."),
            "The network of “a.pth” cannot be rebuilt.",
            "It holds no layers.",
        ),
        (ModelOpened("/w/a.pth", "ab", "", {}), "The network of “a.pth” cannot be rebuilt.", ""),
    ],
    ids=["exact", "known", "guessed", "part", "none", "not tried"],
)
def test_what_a_file_holds_is_said(found: ModelOpened, what: str, why: str) -> None:
    assert offer_words(found) == (what, why)
    assert can_build(found) == (found.rebuilt is not None and bool(found.rebuilt.rows))


def test_a_long_name_is_shortened() -> None:
    found = replace(opened("known", "ResNet-18", ROWS[:1]), path="/w/a_name_that_is_longer_than_a_panel_is_wide.pth")
    assert offer_words(found)[0] == "“a_name_that_is_…nel_is_wide.pth” has the names and shapes of ResNet-18."


def test_its_network_replaces_the_stack_and_starts_from_its_weights() -> None:
    project = build_network(Project(model=Model((new_row(ReLU()),))), opened("guessed", "a plain stack"))
    assert project.model == Model(ROWS, Weights("/w/a.pth", "ab"))


def test_guesses_are_counted() -> None:
    assert guess_words(Project(model=Model(ROWS))) == "1 layer is a guess."
    assert guess_words(Project(model=Model((ROWS[1], replace(ROWS[0], guess="So."))))) == "2 layers are guesses."
    assert guess_words(Project(model=Model(ROWS[:1]))) == ""


def test_an_offer_goes_with_the_project() -> None:
    document = Document()
    document.offer(opened("known", "ResNet-18"))
    assert document.state.offered is not None
    document.open(Project())
    assert document.state.offered is None
