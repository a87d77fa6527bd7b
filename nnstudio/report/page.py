"""The report as one HTML file: nothing in it comes from anywhere else, and it says all it says without a script."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from nnstudio import __version__
from nnstudio.report import columns, judged, limits, network, settings, training, verdict
from nnstudio.report.content import Report
from nnstudio.resources import resource
from nnstudio.session.colours import DARK, LIGHT, Colours
from nnstudio.session.words import counted
from nnstudio.spec.scores import PART_WORDS


def render_page(report: Report, written: float) -> str:
    """The page of ``report``; ``written`` is when, in seconds since 1970, UTC."""
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            report=report,
            written=training.moment_of(written),
            program=__version__,
            part_words=PART_WORDS,
            style=Markup(_style()),  # noqa: S704  # ours: colours and the style sheet of the program
            verdict=verdict,
            network=network,
            columns=columns,
            training=training,
            judged=judged,
            limits=limits,
            settings=settings,
        )
    )


@cache
def _templates() -> Environment:
    """The templates of the program; whatever stands in a value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(resource("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"grouped": "{:,}".format, "counted": counted}
    return environment


def _style() -> str:
    """The style sheet with the colours of the window, light and dark."""
    sheet = resource("report/report.css").read_text(encoding="utf-8")
    dark = "@media screen and (prefers-color-scheme: dark) {\n:root {\n" + _variables(DARK) + "}\n}\n"
    return ":root {\n" + _variables(LIGHT) + "}\n" + dark + sheet


def _variables(colours: Colours) -> str:
    return "".join(f"--{field.name.replace('_', '-')}: {getattr(colours, field.name)};\n" for field in fields(colours))
