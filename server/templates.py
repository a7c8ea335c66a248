"""Keeps faces' templates good: made of several photos, of visits that count, and by the recogniser that is in use."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

import structlog

from core.context import Actor
from core.employment.queries import MOST, of_few_photos, of_other_engines
from core.errors import BadInput, Conflict, DomainError, NotHere, Refused
from core.face.enrolment import PHOTOS_GOOD
from core.ids import new_id
from core.practitioners.commands import GatheredPhoto, KeepTemplate
from core.practitioners.models import Portrait
from core.practitioners.queries import photos_of
from core.visits.evidence import face_proof
from core.visits.portraits import lapsed_photos, photographed, with_lapsed_photos
from server.pauses import Pauses
from server.state import State

A_TURN = 4
"""So many are worked on in a turn: a stopping server waits for what is under way, two seconds of work at most."""
_JOB = Actor("job", "0c2ff4a8-65c5-5b1e-9a0c-2c8a6e1d9a77")
log = structlog.get_logger()


class Turn(NamedTuple):
    """How many templates were made anew, and of how many that was tried."""

    made: int = 0
    tried: int = 0


class TemplateKeeper:
    """Looks after templates a handful at a time.

    A person's portrait alone is one photo. The pictures of his first visits — taken by a kiosk, alive, compared with
    that portrait, of visits that count — make his template steady. Where a visit no longer counts, its pictures go.
    """

    def __init__(self, here: State) -> None:
        self._here = here
        self._unfit: set[str] = set()
        """Portraits of which this recogniser can make nothing; not tried again until the next start."""
        self._useless: set[tuple[str, frozenset[str]]] = set()
        """Photos that don't make a portrait's template better."""
        self._pauses = Pauses()
        self._after: dict[str, str] = {}

    def keep_up(self) -> Turn:
        """One turn: first what must not stay, then what can be compared nowhere, then what could be better."""
        model, made, tried = self._here.portraits.model, 0, 0
        if model is None:
            return Turn()
        few = partial(of_few_photos, engine=model, photos=PHOTOS_GOOD)
        rounds: tuple[tuple[str, _Find, _Make], ...] = (
            ("lapsed", with_lapsed_photos, self._again),
            ("other", partial(of_other_engines, engine=model), self._again),
            ("few", few, self._from_visits),
        )
        for name, find, make in rounds:
            for portrait in self._due(name, find):
                done = self._tried(name, portrait, make)
                made, tried = made + (done or 0), tried + (done is not None)
                if tried == A_TURN:
                    return Turn(made, tried)
        return Turn(made, tried)

    def _due(self, name: str, find: "_Find") -> Iterator[Portrait]:
        """Goes round, so that nobody waits behind those of whom nothing can be made."""
        with self._here.store.reading() as db:
            found, now_ms = find(db, after=self._after.get(name, "")), self._here.store.now_ms(db)
        for portrait in found:
            self._after[name] = portrait.id
            if portrait.id not in self._unfit and self._pauses.over(name, portrait.id, now_ms):
                yield portrait
        if len(found) < MOST:
            self._after.pop(name, None)

    def _tried(self, name: str, portrait: Portrait, make: "_Make") -> bool | None:
        """Whether a template was made; None where there was nothing to do.

        What failed for a reason that may pass is tried again later. So is what another recogniser made: where two
        servers have different ones, each makes the other's templates anew, less and less often.
        """
        try:
            done = make(portrait)
        except DomainError as error:
            if not isinstance(
                error, NotHere | Conflict
            ):  # erased or replaced meanwhile, or another server was faster
                log.warning("template_not_made", portrait=portrait.id, code=error.code)
            self._pause(name, portrait)
            return False
        if done and name == "other":
            self._pause(name, portrait)
        return done

    def _pause(self, name: str, portrait: Portrait) -> None:
        with self._here.store.reading() as db:
            self._pauses.begin(name, portrait.id, self._here.store.now_ms(db))

    def _again(self, portrait: Portrait) -> bool:
        return self._make(portrait, ())

    def _from_visits(self, portrait: Portrait) -> bool | None:
        here = self._here
        with here.store.reading() as db:
            kept = {one.source for one in photos_of(db, portrait.id)}
            new = [
                one
                for one in photographed(db, here.blobs, portrait.person_id, portrait.id)
                if one not in kept
            ]
        look = (portrait.id, frozenset(new))
        if portrait.photos + len(new) < PHOTOS_GOOD or look in self._useless:
            return None
        made = self._make(portrait, new, PHOTOS_GOOD)
        if not made:
            self._useless.add(look)
        return made

    def _make(self, portrait: Portrait, new: Collection[str], least: int = 1) -> bool:
        """From the portrait, the photos that were kept and still count, and those of visits, in this order."""
        command = self._command(portrait, new)
        if command is None or command.count < least:
            return False
        self._here.bus.run(command, actor=_JOB, command_id=new_id())
        return True

    def _command(self, portrait: Portrait, new: Collection[str]) -> KeepTemplate | None:
        """What to keep; None where this recogniser can make nothing of what there is."""
        here, owner = self._here, portrait.person_id
        with here.store.reading() as db:
            lapsed = lapsed_photos(db, portrait.id)
            old = [one for one in photos_of(db, portrait.id) if one.source not in lapsed]
            photos = [here.vault.open(db, owner, one.image) for one in old]
            shown = ((fact, face_proof(db, here.vault, here.blobs, fact).photo) for fact in new)
            fresh = [(fact, photo) for fact, photo in shown if photo is not None]
            image = here.vault.open(db, owner, portrait.image)
        try:
            found = here.portraits.gather(image, [*photos, *(photo for _fact, photo in fresh)])
        except (Refused, BadInput) as error:
            log.warning("template_not_made", portrait=portrait.id, code=error.code)
            self._unfit.add(portrait.id)
            return None
        used = zip(found.used, found.pictures, strict=True)
        gathered = [(fresh[place - len(old)][0], one) for place, one in used if place >= len(old)]
        return KeepTemplate(
            person_id=owner, portrait_id=portrait.id, template=found.template.vector, engine=found.template.model,
            count=1 + len(found.used), instead_of=portrait.template_digest, dropped=sorted(lapsed),
            gathered=[GatheredPhoto(source=fact, image=one) for fact, one in gathered],
        )  # fmt: skip


_Find = Callable[..., list[Portrait]]
_Make = Callable[[Portrait], bool | None]
