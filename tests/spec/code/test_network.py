"""What printed code looks like, and which line is about which row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.resources import source
from nnstudio.spec.code.network import network_code
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import Code
from nnstudio.spec.layers import (
    LSTM,
    Branches,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    Permute,
    ReLU,
    Repeat,
    Shape,
    TransformerEncoderLayer,
)
from nnstudio.spec.model import Model
from nnstudio.spec.shapes import walk
from tests.spec.nested import nested

MODULES = source("engine/modules.py") + source("engine/windowed.py")


def code_of(model: Model, shape: Shape, seed: int = 7) -> Code:
    return network_code(walk(model, shape), seed, MODULES)


def body(code: Code) -> str:
    return code.text[code.text.index("torch.manual_seed") :]


PLAIN = """\
import torch
from torch import nn

torch.manual_seed(7)
# A batch of N × 1 × 8 × 8 goes in, N × 3 comes out.
model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),  # N × 16 × 8 × 8
    nn.ReLU(),  # features.1: N × 16 × 8 × 8
    nn.Flatten(),  # N × 1024
    nn.Linear(1024, 3),  # N × 3
)
"""


def test_a_plain_stack_reads_as_one_would_write_it() -> None:
    model = nested(Conv2d(), ReLU(), Flatten(), Linear(3))
    named = replace(model, rows=(model.rows[0], replace(model.rows[1], name="features.1"), *model.rows[2:]))
    assert code_of(named, (1, 8, 8)).text == PLAIN


BLOCKS = """\
torch.manual_seed(7)
# A batch of N × 4 goes in, N × 8 comes out.
model = nn.Sequential(
    Branches(  # N × 8
        nn.Sequential(
            nn.Linear(4, 4),  # N × 4
        ),
        nn.Sequential(),
        join="concat",
    ),
    nn.Sequential(  # N × 8
        *(
            nn.Sequential(
                nn.Linear(8, 8),  # N × 8
                nn.ReLU(),  # N × 8
            )
            for _ in range(3)
        ),
    ),
)
"""


def test_blocks_hold_their_stacks_and_repetitions_are_written_once() -> None:
    model = nested((Branches("concat"), [Linear(4)], []), (Repeat(3), [Linear(8), ReLU()]))
    code = code_of(model, (4,))
    assert body(code) == BLOCKS
    start = code.text[: code.text.index("torch.manual_seed")].count("\n")
    ids = [code.row_at(number) for number in range(start, len(code.lines))]
    assert ids == [*[""] * 3, "a", "a", "b", *"aaaa", *"cccdecccc", ""]


def test_lines_and_rows_find_each_other() -> None:
    code = code_of(nested(Linear(4), ReLU(), Linear(3)), (2,))
    assert [code.lines[number].text.strip() for number in code.lines_of(["b", "c"])] == [
        "nn.ReLU(),  # N × 4",
        "nn.Linear(4, 3),  # N × 3",
    ]
    assert code.row_at(code.lines_of("c")[0]) == "c"
    assert code.row_at(-1) == code.row_at(10_000) == code.row_at(0) == ""
    assert code.lines_of([""]) == ()


def test_a_row_that_is_printed_several_times_has_all_these_lines() -> None:
    code = code_of(nested((Repeat(2), [Linear(8)])), (4,))
    assert [code.lines[number].text.strip() for number in code.lines_of("b")] == [
        "nn.Linear(4, 8),  # N × 8",
        "nn.Linear(8, 8),  # N × 8",
    ]


def test_a_long_call_has_a_line_for_each_argument() -> None:
    long = Conv2d(1024, 3, stride=2, padding=2, bias=False, dilation=2, groups=2, padding_mode="replicate")
    code = code_of(nested(long), (128, 32, 32))
    printed = [code.lines[number].text.strip() for number in code.lines_of("a")]
    assert printed[0] == "nn.Conv2d(  # N × 1024 × 16 × 16"
    assert printed[1:] == [
        "128,", "1024,", "3,", "stride=2,", "padding=2,", "groups=2,", "bias=False,", "dilation=2,",
        'padding_mode="replicate",', "),",
    ]  # fmt: skip


def test_text_stands_in_double_quotes() -> None:
    code = code_of(nested(TransformerEncoderLayer(activation="gelu")), (6, 8))
    assert 'activation="gelu"' in code.text


def test_only_modules_that_are_used_are_pasted_with_the_imports_that_they_need() -> None:
    assert "class" not in code_of(nested(Linear(3), Dropout()), (4,)).text
    code = code_of(nested(Permute(), LSTM()), (4, 6)).text
    assert [line.split("(")[0] for line in code.splitlines() if line.startswith("class")] == [
        "class Permute",
        "class _Recurrent",
        "class LSTM",
    ]
    assert code.startswith("from typing import Any\n\nimport torch\nfrom torch import Tensor, nn\n\n\nclass Permute(")
    assert "import math" not in code


def test_pasted_classes_are_word_for_word() -> None:
    found = pasted(MODULES, ["Branches"])
    assert len(found.definitions) == 1
    assert found.definitions[0] in MODULES
    with pytest.raises(KeyError):
        pasted(MODULES, ["Nowhere"])


def test_an_empty_network_is_printed_too() -> None:
    assert body(code_of(Model(), (4,))) == (
        "torch.manual_seed(7)\n# A batch of N × 4 goes in, N × 4 comes out.\nmodel = nn.Sequential()\n"
    )


def test_what_cannot_work_says_so_in_its_place() -> None:
    model = nested(Conv2d(), Linear(3))
    code = code_of(replace(model, rows=(model.rows[0], replace(model.rows[1], name="head"))), (4,))
    assert body(code).splitlines()[1:] == [
        "# A batch of N × 4 goes in.",
        "model = nn.Sequential(",
        "    # Convolution 2d needs pictures (channels × height × width), but gets 4.",
        "    # head: its input is not known.",
        ")",
    ]
    assert code.row_at(len(code.lines) - 2) == "b"


def test_branches_that_do_not_fit_are_printed_with_the_reason() -> None:
    lines = body(code_of(nested((Branches(), [Linear(3)], [])), (4,))).splitlines()
    assert lines[3] == "    # Branch 2 gives 4, which cannot be added to 3 of branch 1."
    assert lines[4] == "    Branches(  # unknown shape"
