"""A half-filled form is found by the lane of the face and filled by the lane of the form."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

from kiosk.adapters.forms import SiteForms
from kiosk.adapters.site import Site
from kiosk.drafts import Drafts
from kiosk.shown import Draft


def test_each_lane_has_its_own_way_to_the_drafts(tmp_path: Path) -> None:
    forms = SiteForms(cast(Site, None), lambda: Drafts(tmp_path / "drafts.db", bytes(32)))
    with ThreadPoolExecutor(1) as face, ThreadPoolExecutor(1) as form:
        assert not face.submit(forms.has_draft, "a/b/c").result()
        form.submit(forms.keep, "a/b/c", Draft(work="检测")).result()
        assert face.submit(forms.has_draft, "a/b/c").result()
