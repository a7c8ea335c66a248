"""Turns data into pages; what is put into a template is escaped, and a missing value is an error."""

from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.pages import wording
from server.state import State

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


def page(here: State, template: str, status: int = 200, **data: Any) -> HTMLResponse:
    """A page from its template; on a demo's server each says so."""
    return HTMLResponse(_environment.get_template(template).render(demo=here.demo, **data), status)


def error_page(here: State, title: str, hint: str, status: int, *, way: bool) -> HTMLResponse:
    """What went wrong and what to do; ``way``: with the way to the reader's own messages."""
    return page(here, "trouble.html", status, title=title, hint=hint, way=way)
