"""The report as one HTML file: nothing in it comes from anywhere else, and it says all it says without a script."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

from markupsafe import Markup

from nnstudio.report.content import Report
from nnstudio.report.templates import html_templates, rendered
from nnstudio.resources import resource
from nnstudio.session.colours import DARK, LIGHT, Colours

_templates = cache(html_templates)


def render_page(report: Report, written: float) -> str:
    """The page of ``report``; ``written`` is when, in seconds since 1970, UTC."""
    style = Markup(_style())  # noqa: S704  # ours: colours and the style sheet of the program
    return rendered(_templates(), "report.html.j2", report, written, style=style)


def _style() -> str:
    """The style sheet with the colours of the window, light and dark."""
    sheet = resource("report/report.css").read_text(encoding="utf-8")
    dark = "@media screen and (prefers-color-scheme: dark) {\n:root {\n" + _variables(DARK) + "}\n}\n"
    return ":root {\n" + _variables(LIGHT) + "}\n" + dark + sheet


def _variables(colours: Colours) -> str:
    return "".join(f"--{field.name.replace('_', '-')}: {getattr(colours, field.name)};\n" for field in fields(colours))
