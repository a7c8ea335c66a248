"""Turns data into pages; what is put into a template is escaped, and a missing value is an error."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.pages import wording

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
_environment = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    moment=wording.moment, hour=wording.hour, duration=wording.duration, day=wording.day
)


def page(template: str, status: int = 200, **data: Any) -> HTMLResponse:
    """A page from its template."""
    return HTMLResponse(_environment.get_template(template).render(**data), status)


def error_page(title: str, hint: str, status: int) -> HTMLResponse:
    """What went wrong and what to do, with a way on."""
    return page("trouble.html", status, title=title, hint=hint)
