"""The templates of ``resources/report``, with what all of them are given."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nnstudio import __version__
from nnstudio.report import columns, judged, limits, network, settings, training, verdict
from nnstudio.report.content import Report
from nnstudio.resources import resource
from nnstudio.spec.parts import PART_WORDS
from nnstudio.spec.words import counted


def html_templates() -> Environment:
    """Whatever stands in a value is escaped."""
    return _prepared(Environment(autoescape=True, **_COMMON))  # type: ignore[arg-type]  # options of several types


def text_templates(escape: Callable[[object], object]) -> Environment:
    """Every value goes through ``escape``."""
    return _prepared(Environment(autoescape=False, finalize=escape, **_COMMON))  # type: ignore[arg-type]  # noqa: S701  # no HTML


_COMMON = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


def _prepared(environment: Environment) -> Environment:
    environment.loader = FileSystemLoader(resource("report"))
    environment.filters |= {"grouped": "{:,}".format, "counted": counted}
    environment.globals |= {
        "program": __version__,
        "part_words": PART_WORDS,
        "verdict": verdict,
        "network": network,
        "columns": columns,
        "training": training,
        "judged": judged,
        "limits": limits,
        "settings": settings,
    }
    return environment


def rendered(templates: Environment, name: str, report: Report, written: float, **more: str) -> str:
    """What a template makes of ``report``; ``written`` is when, in seconds since 1970, UTC."""
    return templates.get_template(name).render(report=report, written=training.moment_of(written), **more)
