"""Keeps faces' templates good: made of several photos, and by the recogniser that is in use."""

from collections.abc import Callable
from functools import partial

import structlog

from core.context import Actor
from core.errors import DomainError, NotHere
from core.face.enrolment import PHOTOS_GOOD
from core.ids import new_id
from core.practitioners import queries
from core.practitioners.commands import GatheredPhoto, KeepTemplate
from core.practitioners.models import Portrait
from core.visits.evidence import own_photos
from server.state import State

A_TURN = 10
"""A stopping server waits for what is under way: about two seconds of work."""
_JOB = Actor("job", "0c2ff4a8-65c5-5b1e-9a0c-2c8a6e1d9a77")
log = structlog.get_logger()


class TemplateKeeper:
    """Looks after templates a handful at a time; what can't be made better is not tried again until the next start.

    A person's portrait alone is one photo. The pictures of his first visits — taken by a kiosk, alive, compared with
    that portrait, of visits that count — make his template steady: it is the mean of all of them.
    """

    def __init__(self, here: State) -> None:
        self._here = here
        self._failed: set[str] = set()
        self._tried: set[tuple[str, frozenset[str]]] = set()
        self._after: dict[str, str] = {}

    def keep_up(self) -> int:
        """One turn; answers how many templates were made anew."""
        model = self._here.portraits.model
        if model is None:
            return 0
        # Whose template another recogniser made can be compared nowhere: it is made anew from what is kept.
        others = self._turn(
            "other", partial(queries.of_other_engines, engine=model), lambda one: self._make(one, {})
        )
        few = partial(queries.of_few_photos, engine=model, photos=PHOTOS_GOOD)
        return others + self._turn("few", few, self._from_visits)

    def _turn(
        self, round_: str, find: Callable[..., list[Portrait]], make: Callable[[Portrait], bool]
    ) -> int:
        """Goes round, so that nobody waits behind those of whom nothing can be made."""
        with self._here.store.reading() as db:
            found = find(db, after=self._after.get(round_, ""))
        made = 0
        for portrait in found:
            self._after[round_] = portrait.id
            made += portrait.id not in self._failed and make(portrait)
            if made == A_TURN:
                return made
        if len(found) < queries.MOST:
            self._after[round_] = ""
        return made

    def _from_visits(self, portrait: Portrait) -> bool:
        here = self._here
        with here.store.reading() as db:
            kept = {one.source for one in queries.photos_of(db, portrait.id)}
            photos = own_photos(db, here.vault, here.blobs, portrait.person_id, portrait.id)
        new = {fact: photo for fact, photo in photos.items() if fact not in kept}
        look = (portrait.id, frozenset(new))
        if portrait.photos + len(new) < PHOTOS_GOOD or look in self._tried:
            return False
        self._tried.add(look)
        return self._make(portrait, new)

    def _make(self, portrait: Portrait, new: dict[str, bytes]) -> bool:
        """From the portrait, the photos that were kept before, and those of visits, in this order."""
        here, owner = self._here, portrait.person_id
        try:
            with here.store.reading() as db:
                kept = [here.vault.open(db, owner, one.image) for one in queries.photos_of(db, portrait.id)]
                image = here.vault.open(db, owner, portrait.image)
            gathered = here.portraits.gather(image, [*kept, *new.values()])
            if new and 1 + len(gathered.used) < PHOTOS_GOOD:
                return False
            fresh = [list(new.items())[place - len(kept)] for place in gathered.used if place >= len(kept)]
            command = KeepTemplate(
                person_id=owner, portrait_id=portrait.id, template=gathered.template.vector,
                engine=gathered.template.model, count=1 + len(gathered.used),
                gathered=[GatheredPhoto(source=fact, image=photo) for fact, photo in fresh],
            )  # fmt: skip
            here.bus.run(command, actor=_JOB, command_id=new_id())
        except DomainError as error:
            if not isinstance(error, NotHere):  # erased, or replaced meanwhile: there is nothing to keep good
                log.warning("template_not_made", portrait=portrait.id, code=error.code)
            self._failed.add(portrait.id)
            return False
        return True
