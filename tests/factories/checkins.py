"""A kiosk's adapters over a synced installation, and a face check that plays its part."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kiosk.adapters.faces import Looking, NotRecognised, Proof, Recognised
from kiosk.adapters.forms import SiteForms
from kiosk.adapters.site import Site
from kiosk.checkin import SiteCheckIn
from kiosk.drafts import Drafts
from kiosk.location import FixedLocator
from kiosk.shown import Action, Request
from tests.factories.devices import Kiosk
from tests.factories.world import SITE

PROOF = Proof(engine="fake", liveness="challenge", score=0.9, threshold=0.4, photo=b"jpeg")
FRAME: Any = SimpleNamespace(image=None, t=0.0, index=0)
Step = Looking | Recognised | NotRecognised


class PlayedFace:
    """Answers the steps it was given, one for each frame."""

    def __init__(self, *steps: Step, left: Proof | None = None) -> None:
        self._steps, self._left = list(steps), left

    def feed(self, image: Any, t: float) -> Step:
        """The next step."""
        return self._steps.pop(0)

    def abandoned(self) -> Proof | None:
        """What was seen in the middle of a challenge."""
        return self._left


def site_of(kiosk: Kiosk) -> Site:
    """The adapters' side of an installation that stands at the project."""
    return Site(
        kiosk.cache, kiosk.submitter, kiosk.journals, kiosk.outbox, FixedLocator(*SITE), kiosk.device_id, kiosk.clock
    )  # fmt: skip


def forms_of(kiosk: Kiosk, site: Site | None = None) -> SiteForms:
    """Its forms, with drafts in its folder."""
    return SiteForms(site or site_of(kiosk), lambda: Drafts(drafts_file(kiosk), bytes(32)))


def drafts_file(kiosk: Kiosk) -> Path:
    """Where its drafts lie."""
    return kiosk.folder / "drafts.db"


def check_in(
    kiosk: Kiosk, action: Action, project: str, steps: Sequence[Step], left: Proof | None = None
) -> SiteCheckIn:
    """A check-in of whoever the steps say."""
    site = site_of(kiosk)
    portraits = {
        one.person_id: "019c0000-0000-7000-8000-0000000000f1" for one in steps if isinstance(one, Recognised)
    }
    return SiteCheckIn(
        site, PlayedFace(*steps, left=left), Request(project, action), portraits, forms_of(kiosk, site)
    )
