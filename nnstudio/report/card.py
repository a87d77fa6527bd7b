"""The model card: a Markdown file with what who uses a model has to know, headed as model hubs read it."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment

from nnstudio.report.content import Judged, Report
from nnstudio.report.templates import rendered, text_templates
from nnstudio.resources import modules_source
from nnstudio.spec.code.network import network_code
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.tasks import Task

MOST_CODE = 80
"""Lines of PyTorch that a card shows."""
HUB_METRICS = {"r2": "r_squared", "auroc": "roc_auc"}
"""The names that hubs have for measures, where those are others than ours."""


class Verbatim(str):
    """Text that is Markdown, YAML or code already."""

    __slots__ = ()


def render_card(report: Report, written: float) -> str:
    """The card of ``report``; ``written`` is when, in seconds since 1970, UTC."""
    text = rendered(
        _templates(),
        "card.md.j2",
        report,
        written,
        front=Verbatim("\n".join(_front_matter(report))),
        code=Verbatim(code_of(report)),
        in_shell=Verbatim(shlex.quote(one_line(report.file))),
        in_python=Verbatim(_quoted(one_line(report.file))),
    )
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)  # behind the last cell of tables whose columns are counted
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _templates() -> Environment:
    return text_templates(_final)


SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$])")


def _final(value: object) -> object:
    return value if isinstance(value, Verbatim) else escaped(str(value))


def escaped(text: str) -> str:
    """``text`` so that Markdown, and HTML in it, shows it as it is, on one line."""
    return SPECIAL.sub(r"\\\1", one_line(text)).replace("&", "&amp;").replace(r"\<", "&lt;")


def one_line(text: str) -> str:
    return " ".join(text.split())


def code_of(report: Report) -> str:
    """The network as PyTorch code; empty where that is too long to be read."""
    lines = network_code(report.walked, report.project.training.seed, modules_source()).text.strip().splitlines()
    return "\n".join(lines) if len(lines) <= MOST_CODE else ""


# ---- what hubs read ----


def _front_matter(report: Report) -> Iterator[str]:
    """YAML; every text is quoted as JSON quotes it, which YAML reads."""
    yield "license: unknown  # FOR THE AUTHOR: an identifier such as mit, apache-2.0 or cc-by-4.0"
    yield "library_name: pytorch"
    tag = pipeline_tag(report)
    if tag:
        yield f"pipeline_tag: {tag}"
    yield "tags:"
    yield from (f"- {tag}" for tag in ("nnstudio", "pytorch", "neural-network"))
    if report.first is not None:
        yield "metrics:"
        yield from (f"- {HUB_METRICS.get(key, key)}" for key in dict.fromkeys(_keys(report.first)))
        yield from _results(report, report.first, tag)


def _results(report: Report, first: Judged, tag: str) -> Iterator[str]:
    yield "model-index:"
    yield f"- name: {_quoted(report.name)}"
    yield "  results:"
    yield "  - task:"
    yield f"      type: {tag or 'other'}"
    yield "    dataset:"
    yield f"      name: {_quoted(first.found.source)}"
    yield f"      type: {_quoted(first.found.source)}"
    yield f"      split: {first.found.part}"
    yield "    metrics:"
    for score in first.found.scores:
        if math.isfinite(score.value):
            name = f"{score.title} of {score.target}" if score.target else score.title
            yield f"    - type: {HUB_METRICS.get(score.key, score.key)}"
            yield f"      name: {_quoted(name)}"
            yield f"      value: {score.value:.6g}"


def _keys(first: Judged) -> Iterator[str]:
    return (score.key for score in first.found.scores)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def pipeline_tag(report: Report) -> str:
    """What hubs call the task; empty where they have no name for it."""
    encoding = report.encoding
    if encoding.task is Task.RECONSTRUCTION:
        return ""
    if encoding.image:
        return "image-classification" if encoding.task.is_classification else ""
    if isinstance(encoding.layout, WindowLayout) and encoding.task is Task.REGRESSION:
        return "time-series-forecasting"
    return "tabular-classification" if encoding.task.is_classification else "tabular-regression"
