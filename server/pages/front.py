"""The front door and the files that pages need: the style, and a Chinese font for machines that have none."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from server.pages.view import STATIC, page
from server.state import Here

router = APIRouter(include_in_schema=False)
# By its place in the package, because the kit that it lies in belongs to the programs with windows.
FONT = Path(str(files("core"))) / "qt" / "resources" / "fonts" / "NotoSansSC-Regular.ttf"
_A_DAY = {"Cache-Control": "public, max-age=86400"}
_A_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/")
def front(here: Here) -> Response:
    """Says what this server is to who opened its bare address."""
    return page(here, "front.html")


@router.get("/static/zhiye.css")
def style() -> FileResponse:
    """The one style sheet."""
    return FileResponse(STATIC / "zhiye.css", media_type="text/css; charset=utf-8", headers=_A_DAY)


@router.get("/static/NotoSansSC-Regular.ttf")
def font() -> FileResponse:
    """Noto Sans SC (OFL); browsers fetch it only when no Chinese font of their own is found."""
    return FileResponse(FONT, media_type="font/ttf", headers=_A_YEAR)


@router.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")
