"""What becomes of templates and photos from before they were kept up, on both databases."""

from alembic import command
from sqlalchemy import text

from core.db.engine import server_engine
from server.upgrading import Revisions

BEFORE, AFTER = "0006", "0007"
PORTRAITS = (("now", "works", None), ("over", "works", 5), ("left", "left", None))
PHOTOS = (
    ("1", "now", "works", "fact"), ("2", "now", "works", "fact"), ("3", "now", "works", None),
    ("4", "now", "works", None), ("5", "over", "works", "old"), ("6", "left", "left", "gone"),
)  # fmt: skip


def test_photos_are_kept_once_and_of_who_works_here(database_url: str) -> None:
    engine, revisions = server_engine(database_url), Revisions()
    with engine.begin() as db:
        revisions.config.attributes["connection"] = db
        command.upgrade(revisions.config, BEFORE)
        db.execute(
            text(
                "INSERT INTO employment (id, agency_id, person_id, person_name, position, manager, from_ms, until_ms)"
                " VALUES ('a', 'a', 'works', '', '', false, 1, NULL), ('b', 'a', 'left', '', '', false, 1, 9)"
            )
        )
        for portrait, person, until in PORTRAITS:
            db.execute(
                text(
                    "INSERT INTO portrait (id, person_id, engine, image, template, consent, from_ms, until_ms, photos)"
                    " VALUES (:id, :person, 'm', :picture, :picture, true, 1, :until, 2)"
                ),
                {"id": portrait, "person": person, "until": until, "picture": b"sealed"},
            )
        for photo, portrait, person, source in PHOTOS:
            db.execute(
                text(
                    "INSERT INTO portrait_photo (id, portrait_id, person_id, source, image)"
                    " VALUES (:id, :portrait, :person, :source, :picture)"
                ),
                {"id": photo, "portrait": portrait, "person": person, "source": source, "picture": b"sealed"},
            )
        command.upgrade(revisions.config, AFTER)
        photos = db.scalars(text("SELECT id FROM portrait_photo ORDER BY id")).all()
        found = db.execute(text("SELECT id, template, engine, photos, template_digest FROM portrait")).all()
    engine.dispose()
    assert photos == ["1", "3", "4"]
    told = {row[0]: (bytes(row[1]), *row[2:]) for row in found}
    assert told["now"] == told["over"] == (b"sealed", "m", 2, None)
    assert told["left"] == (b"", "", 0, None)
