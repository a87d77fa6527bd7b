"""What another program gives is held against PyTorch batch by batch; one that differs is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.data.answers import ClassTarget, InputTarget, Target, ValueTarget
from nnstudio.data.encoding.drawn import drawn
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, ImageFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding, decode_target
from nnstudio.engine.exporting.answering import Answering
from nnstudio.engine.exporting.compared import Arrays, compare, expected
from nnstudio.engine.predict import predict
from nnstudio.spec.errors import ExportError
from nnstudio.spec.layouts import SequenceLayout
from nnstudio.spec.losses import BCE, MSE, NLL, BCEWithLogits, CrossEntropy, Hinge, Loss, PoissonNLL
from nnstudio.spec.tasks import Task

FEATURES = tuple(NumberFeature(name, 0.0, 0.0, 1.0) for name in "abc")
YES = ClassTarget("y", ("no", "yes"))
THREE = ClassTarget("y", ("a", "b", "c"))
TWO_VALUES = ValueTarget(("u", "v"), (10.0, -3.0), (2.0, 0.5), (10.0, -3.0))
COUNT = ValueTarget(("n",), (0.0,), (1.0,), (4.0,))


def answering(task: Task, target: Target, loss: Loss, *last: nn.Module, outputs: int = 3) -> Answering:
    torch.manual_seed(1)
    encoding = Encoding(task, FEATURES, target)
    return Answering(nn.Sequential(nn.Linear(3, outputs), *last), loss, encoding)


def x_of(rows: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((rows, 3)).astype(np.float32)


CASES = [
    (Task.MULTICLASS, THREE, CrossEntropy(), (), 3, ("logits", "probabilities")),
    (Task.MULTICLASS, THREE, NLL(), (nn.LogSoftmax(1),), 3, ("log_probabilities", "probabilities")),
    (Task.BINARY, YES, BCEWithLogits(), (), 1, ("logits", "probabilities")),
    (Task.BINARY, YES, Hinge(), (), 1, ("logits", "probabilities")),
    (Task.BINARY, YES, BCE(), (nn.Sigmoid(),), 1, ("probabilities",)),
    (Task.REGRESSION, TWO_VALUES, MSE(), (), 2, ("standardised", "values")),
    (Task.REGRESSION, COUNT, PoissonNLL(), (), 1, ("log_values", "values")),
    (Task.REGRESSION, COUNT, PoissonNLL(log_input=False), (nn.Softplus(),), 1, ("values",)),
    (Task.RECONSTRUCTION, InputTarget(), MSE(), (), 3, ("reconstruction", "reconstruction_error")),
]


@pytest.mark.parametrize("case", CASES)
def test_the_answers_are_those_of_predict(
    case: tuple[Task, Target, Loss, tuple[nn.Module, ...], int, tuple[str, ...]],
) -> None:
    task, target, loss, last, outputs, names = case
    module, x = answering(task, target, loss, *last, outputs=outputs), x_of(20)
    assert tuple(output.name for output in module.outputs) == names
    given = dict(zip(names, (each.numpy() for each in module(torch.from_numpy(x))), strict=True))
    answers = predict(nn.Sequential(*module), loss, x)
    if "values" in given:
        values = decode_target(Encoding(task, FEATURES, target), answers).reshape(20, -1)
        np.testing.assert_allclose(given["values"], values, rtol=1e-6)
    else:
        answer = given.get("probabilities", given.get("reconstruction"))
        np.testing.assert_array_equal(answer, answers)
    if task is Task.RECONSTRUCTION:
        np.testing.assert_allclose(given["reconstruction_error"], ((answers - x) ** 2).mean(1), rtol=1e-6)


def test_it_is_the_network_under_its_own_names() -> None:
    module = answering(Task.REGRESSION, TWO_VALUES, MSE(), nn.ReLU(), outputs=2)
    assert list(module.state_dict()) == ["0.weight", "0.bias"]


class Other:
    """Another program: the same network, ``shift`` away; remembers how many examples came at once."""

    def __init__(self, module: Answering, shift: float = 0.0) -> None:
        self.module, self.shift, self.sizes = module, shift, list[int]()

    def __call__(self, x: NDArray[np.float32]) -> Arrays:
        self.sizes.append(len(x))
        return [each.numpy() + np.float32(self.shift) for each in self.module(torch.from_numpy(x))]


def test_batches_of_several_lengths_are_compared() -> None:
    module = answering(Task.MULTICLASS, THREE, CrossEntropy())
    other = Other(module)
    found = compare(expected(module, x_of(30)), other)
    assert other.sizes == [1, 2, 7, 20]
    assert (found.differences, found.rows, found.same_bits) == ({"logits": 0.0, "probabilities": 0.0}, 30, True)


def test_a_small_difference_is_told_and_a_large_one_refused() -> None:
    module = answering(Task.MULTICLASS, THREE, CrossEntropy())
    known = expected(module, x_of(30))
    found = compare(known, Other(module, 1e-6))
    assert not found.same_bits
    assert found.largest == pytest.approx(1e-6, rel=0.2)
    with pytest.raises(ExportError, match=r"Its logits are 0\.001 away from those of PyTorch"):
        compare(known, Other(module, 1e-3))


def test_another_shape_is_refused() -> None:
    module = answering(Task.MULTICLASS, THREE, CrossEntropy())
    with pytest.raises(ExportError, match="of the shape"):
        compare(expected(module, x_of(9)), lambda x: [each[:-1].numpy() for each in module(torch.from_numpy(x))])


def test_what_is_not_a_number_equals_itself_alone() -> None:
    module, x = answering(Task.MULTICLASS, THREE, CrossEntropy()), x_of(4)
    x[1, 1] = np.nan
    known = expected(module, x)
    assert compare(known, Other(module)).largest == 0.0
    with pytest.raises(ExportError):
        compare(known, lambda x: [each.nan_to_num().numpy() for each in module(torch.from_numpy(x))])


def test_both_parts_of_a_comparison_count() -> None:
    module = answering(Task.MULTICLASS, THREE, CrossEntropy())
    same = compare(expected(module, x_of(5)), Other(module))
    other = compare(expected(module, x_of(6)), Other(module, 1e-6))
    both = same | other
    assert (both.rows, both.same_bits, both.largest) == (11, False, other.largest)


def test_random_examples_look_like_encoded_ones() -> None:
    features = (
        NumberFeature("n", 0.0, 0.0, 1.0, indicator=True),
        CategoryFeature("c", ("a", "b"), missing=True, fill="a"),
        CategoryFeature("o", ("a", "b", "c"), missing=False, fill="a", code="ordinal"),
        CategoryFeature("i", ("a", "b", "c"), missing=True, fill="a", code="index"),
        DateFeature("d", ("month",), False, 0.0, 1.0, 0.0, 1.0),
    )
    x = drawn(Encoding(Task.BINARY, features, YES, SequenceLayout(2)), 200)
    assert x.shape == (200, 2, 4)
    assert x.dtype == np.float32
    numbers = x.reshape(200, 8)
    assert set(numbers[:, 1]) == {0.0, 1.0}, "whether it is missing"
    assert set(numbers[:, 2:5].sum(1)) == {0.0, 1.0}, "one place at most"
    assert set(numbers[:, 5]) == {0.0, 0.5, 1.0}
    assert set(numbers[:, 6]) == {0.0, 1.0, 2.0, 3.0}
    assert 0 <= numbers[:, 7].min() <= numbers[:, 7].max() <= 1
    image = ImageFeature("i", 3, 2, "rgb", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert drawn(Encoding(Task.BINARY, (image,), YES), 4).shape == (4, 3, 2, 3)
