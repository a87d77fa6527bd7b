"""Reports as values, with whatever names they are to show, and HTML as a tree that can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import numpy as np

from nnstudio.data.answers import ClassTarget, ValueTarget
from nnstudio.data.encoding.encoders import CategoryFeature, Feature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.judging.files import Figure
from nnstudio.report.content import Course, Judged, Mistakes, Report
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.events import EpochDone, RunFinished
from nnstudio.spec.facts import ColumnProfile, DataFacts, Relation, Rows, SourceFacts
from nnstudio.spec.layers import Linear, ReLU
from nnstudio.spec.model import Model, Row
from nnstudio.spec.parts import JudgedPart
from nnstudio.spec.project import Project
from nnstudio.spec.scores import ClassScore, Evaluation, Score
from nnstudio.spec.shapes import walk
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

CLASSES = ("Adelie", "Chinstrap", "Gentoo")
COLUMNS = ("bill", "island")
PARTS: tuple[JudgedPart, ...] = ("test", "validation", "train")


def classifier(
    classes: Sequence[str] = CLASSES, columns: Sequence[str] = COLUMNS, name: str = "penguins", epochs: int = 3
) -> Report:
    """A report on a network that tells ``classes`` apart by numbers and one category."""
    *numbers, category = columns
    features: tuple[Feature, ...] = (
        *(NumberFeature(column, 1.0, 2.0, 3.0) for column in numbers),
        CategoryFeature(category, tuple(classes), True, classes[0]),
    )
    encoding = Encoding(Task.MULTICLASS, features, ClassTarget("species", tuple(classes)))
    profiles = (
        *(number_profile(column) for column in numbers),
        ColumnProfile(category, Kind.CATEGORY, 0, len(classes), top=tuple((one, 20) for one in classes[:8])),
        ColumnProfile("species", Kind.CATEGORY, 0, len(classes), top=tuple((one, 20) for one in classes[:8])),
    )
    given = (
        *(Column(column, Kind.NUMBER) for column in numbers),
        Column(category, Kind.CATEGORY),
        Column("species", Kind.CATEGORY, Role.TARGET),
    )
    data = DataSpec(TableSource("/data/penguins.csv"), given, Task.MULTICLASS)
    model = Model((Row("a", Linear(8)), Row("b", ReLU(), name=f"{name} bend"), Row("c", Linear(len(classes)))))
    counts = tuple(20 + number for number in range(len(classes)))
    facts = DataFacts(
        Task.MULTICLASS,
        encoding.input_shape,
        Rows(sum(counts), 5 * len(classes), 5 * len(classes)),
        "species",
        classes=tuple(classes),
        class_counts=counts,
        relations=tuple(Relation(column, 0.5) for column in columns),
    )
    return Report(
        name,
        f"{name}.pth",
        "a" * 64,
        Project(data, model),
        encoding,
        walk(model, encoding.input_shape),
        versions={"nnstudio": "1.2.3", "torch": "9.8"},
        measures={"test accuracy": 0.91},
        course=course(epochs),
        data=SourceFacts(data.source, "sha256:ff", "", sum(counts), profiles, given, Task.MULTICLASS),
        facts=facts,
        judged=tuple(judged_classes(part, classes) for part in PARTS),
    )


def judged_classes(part: JudgedPart, classes: Sequence[str]) -> Judged:
    """Every class has five rows, one of which is taken for the next class."""
    k = len(classes)
    each = np.arange(k, dtype=np.float64)
    confusion = Figure(
        "confusion", 0, np.repeat(each, 2), np.stack([each, (each + 1) % k], 1).reshape(-1), np.tile([4.0, 1.0], k)
    )
    curve = np.array([0.0, 0.25, 1.0]), np.array([0.0, 0.75, 1.0]), np.array([1.0, 0.5, 0.0])
    figures = {("confusion", 0): confusion}
    figures |= {(kind, number): Figure(kind, number, *curve) for kind in ("roc", "pr") for number in range(k)}
    scores = (
        Score("accuracy", "Accuracy", "Share of the rows whose class is right.", 0.8, 0.714, 0.886, 1 / k),
        Score("calibration_error", "Calibration error", "How far off.", 0.123, better="lower"),
    )
    found = Evaluation(
        "m.pth", "a" * 64, part, "penguins.csv", 5 * k, Task.MULTICLASS, "species", scores, "", "", (),
        tuple(classes),
        tuple(ClassScore(name, 0.8, 0.8, 0.8, 5, 5, 0.9) for name in classes),
        baseline_answer=classes[0],
        resamples=1_000,
    )  # fmt: skip
    mistakes = Mistakes(("row", "true", "predicted"), (("7", classes[0], classes[1]),), k, (), 2)
    return Judged(found, figures, mistakes if part == "test" else None)


def regressor(targets: Sequence[str] = ("mass",), value: float = 312.5) -> Report:
    """A report on a network that predicts ``targets`` from two numbers."""
    whole = classifier()
    names = tuple(targets)
    zeros, ones = (0.0,) * len(names), (1.0,) * len(names)
    features = (NumberFeature("bill", 1.0, 2.0, 3.0), NumberFeature("wing", 1.0, 2.0, 3.0))
    encoding = Encoding(Task.REGRESSION, features, ValueTarget(names, zeros, ones, zeros))
    given = (
        Column("bill", Kind.NUMBER),
        Column("wing", Kind.NUMBER),
        *(Column(name, Kind.NUMBER, Role.TARGET) for name in names),
    )
    data = DataSpec(TableSource("/data/penguins.csv"), given, Task.REGRESSION)
    profiles = tuple(number_profile(column.name) for column in given)
    model = Model((Row("a", Linear(len(names))),))
    return replace(
        whole,
        project=Project(data, model),
        encoding=encoding,
        walked=walk(model, encoding.input_shape),
        data=SourceFacts(data.source, "sha256:ff", "", 60, profiles, given, Task.REGRESSION),
        facts=DataFacts(Task.REGRESSION, encoding.input_shape, Rows(40, 10, 10), ", ".join(names), answers=len(names)),
        judged=(judged_values(names, value),),
        course=None,
    )


def judged_values(names: tuple[str, ...], value: float) -> Judged:
    scores = [
        score
        for name in names
        for score in (
            Score("r2", "R²", "Share explained.", 0.78, 0.7, 0.85, 0.0, target=name),
            Score("mae", "MAE", "Size.", value, 300.0, 330.0, 690.0, "lower", name, in_target_unit=True),
        )
    ]
    line = np.linspace(0.0, 10.0, 11)
    figures = {
        (kind, place): Figure(kind, place, line, line + 1, np.ones(11))
        for kind in ("predicted", "residual")
        for place in range(len(names))
    }
    found = Evaluation(
        "m.pth", "a" * 64, "test", "penguins.csv", 11, Task.REGRESSION, ", ".join(names), tuple(scores), "", "", (),
        targets=names, baseline_answer="the mean of the training rows", resamples=1_000,
    )  # fmt: skip
    return Judged(found, figures, Mistakes(("row", "true", "predicted", "error"), (("3", "1", "2", "1"),), 11))


def number_profile(name: str) -> ColumnProfile:
    return ColumnProfile(
        name, Kind.NUMBER, 2, 40, 32.1, 59.6, 43.9, histogram=(1, 5, 0, 3), std=5.4, median=44.0, is_numeric=True
    )


def course(epochs: int) -> Course:
    done = tuple(
        EpochDone(number, {"loss": 1 / number, "accuracy": 0.5}, {"loss": 2 / number, "accuracy": 0.4}, 0.1, False, 0.1)
        for number in range(1, epochs + 1)
    )
    finished = RunFinished(
        "run-1", "completed", epochs, 2, {"loss": 0.1}, {"loss": 0.2}, {"loss": 0.3}, 4.2, 100.0, "", "",
        baseline=Baseline("“Adelie”"),
    )  # fmt: skip
    return Course("run-1", "penguins", 0.0, "1.2.3", done, finished, environment={"python": "3.11.7"})


# ---- HTML ----

VOID = frozenset({"meta", "img", "br", "hr", "link", "input"})
SHAPES = frozenset({"path", "rect", "circle"})


@dataclass(eq=False)
class Element:
    """An element with its attributes, what it holds, and the text in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def every(self, tag: str = "") -> list[Element]:
        found = [self] if not tag or self.tag == tag else []
        return found + [one for child in self.children for one in child.every(tag)]

    @property
    def text(self) -> str:
        return "".join([*self.own, *(child.text for child in self.children)])


class Tree(HTMLParser):
    """Reads a page, and fails where elements are not closed as they were opened."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert [one.tag for one in self._open] == [""], "something is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"an attribute of {tag} comes twice"
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID | SHAPES, f"{tag} cannot close itself"
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"{tag} closes something else"

    def handle_data(self, data: str) -> None:
        self._open[-1].own.append(data)


def tree(page: str) -> Element:
    return Tree(page).root


def check_self_contained(page: str) -> None:
    """Nothing in ``page`` is loaded from elsewhere, and nothing in it runs."""
    for element in tree(page).every():
        assert element.tag not in {"script", "link", "iframe", "object", "embed", "base", "form"}
        for name, value in element.attributes.items():
            assert not name.startswith("on"), f"{element.tag} would run {value}"
            if name in {"src", "href", "action", "data", "srcset", "poster", "background"}:
                assert value.startswith(("#", "data:image/png;base64,")), value
            assert "url(" not in value
    for style in tree(page).every("style"):
        assert "url(" not in style.text
        assert "@import" not in style.text
