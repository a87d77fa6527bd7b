"""The card says what the page says, in Markdown that names cannot break, headed as hubs read it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from nnstudio.report.card import escaped, render_card
from nnstudio.report.content import Report
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, Row
from nnstudio.spec.shapes import walk
from tests.report.made import classifier, regressor

HOSTILE = (
    "a|b",
    "<script>alert(1)</script>",
    "line\nbreak",
    "`code` **bold** [x](http://y)",
    "# title",
    "$x$ ~y~ &amp;",
)


def card_of(report: Report) -> str:
    return render_card(report, 0.0)


def front_of(card: str) -> list[str]:
    _, front, _ = card.split("---\n", 2)
    return front.splitlines()


def test_it_is_headed_as_hubs_read_it() -> None:
    front = front_of(card_of(classifier()))
    assert front[0].startswith("license: unknown  # FOR THE AUTHOR")
    assert "library_name: pytorch" in front
    assert "pipeline_tag: tabular-classification" in front
    assert "- accuracy" in front
    place = front.index("    - type: accuracy")
    assert front[place + 1 : place + 3] == ['      name: "Accuracy"', "      value: 0.8"]
    assert "pipeline_tag: tabular-regression" in front_of(card_of(regressor()))
    assert "    - type: r_squared" in front_of(card_of(regressor()))


def test_figures_that_are_none_are_left_out_of_the_head() -> None:
    front = front_of(card_of(regressor(value=float("nan"))))
    assert "    - type: mae" not in front


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_quoted_in_the_head(name: str) -> None:
    front = front_of(card_of(replace(classifier(), name=name)))
    (line,) = [line for line in front if line.startswith("- name: ")]
    assert json.loads(line.removeprefix("- name: ")) == name


def test_names_stay_in_their_cells() -> None:
    card = card_of(classifier(HOSTILE, [*HOSTILE, "island"], name="<b>"))
    tables = re.findall(r"(?:^\|.*\n)+", card, re.MULTILINE)
    assert len(tables) == 6
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table
    body = card.split("---\n", 2)[2]
    assert "<script" not in body
    assert "<b>" not in body.split("```")[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_escaped_means_itself(text: str) -> None:
    shown = escaped(text)
    back = re.sub(r"\\(.)", r"\1", shown.replace("&lt;", "<")).replace("&amp;", "&")
    assert back == " ".join(text.split())
    assert not re.search(r"(?<!\\)[`*_<>|#$~\[\]]", shown)


def test_the_scores_are_those_of_the_evaluation() -> None:
    assert "| Accuracy | 0.800 | 0.714 to 0.886 | 0.333 |" in card_of(classifier())
    assert "| MAE | 312.5 | 300 to 330 | 690 |" in card_of(regressor())


def test_a_setting_stands_behind_what_it_is_of() -> None:
    card = card_of(classifier())
    listed = [line for line in card.splitlines() if re.match(r"- (Loss|Optimiser|Batches|Training)\b", line)]
    assert {"- Loss", "- Optimiser"} <= {line.partition(":")[0] for line in listed}
    assert all(re.fullmatch(r"- [A-Z][a-z]+: \S.*", line) for line in listed), listed
    assert not re.search(r"[ \t]$", card, re.MULTILINE)


def test_it_asks_the_author_for_what_nobody_else_knows() -> None:
    card = card_of(classifier())
    assert "Licence of the weights: **to be chosen**" in card
    assert "not what causes what" in card
    assert "It knows no other class" in card


def test_the_code_loads_the_model() -> None:
    card = card_of(classifier())
    assert "nnstudio predict penguins.pth new-rows.csv" in card
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    compile(code, "card.md", "exec")
    assert 'torch.load("penguins.pth", weights_only=True)' in code
    assert "nn.Linear(5, 8)" in code


def test_a_long_network_is_not_printed() -> None:
    model = Model(tuple(Row(str(number), Linear(3)) for number in range(200)))
    card = card_of(replace(classifier(), walked=walk(model, (4,))))
    assert "nn.Linear" not in card
    assert "--python train.py" in card


def test_a_file_name_stays_in_its_place() -> None:
    card = card_of(replace(classifier(), file="my 'odd' \"model\".pth"))
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    compile(code, "card.md", "exec")
    assert "nnstudio predict 'my '\"'\"'odd'\"'\"' \"model\".pth'" in card
