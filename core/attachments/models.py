"""The table of blobs: who brought them, so that only his agency's devices may read them."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Id, Millis


class BlobRow(Base):
    """A blob that a device of an agency brought; two agencies may bring the same one."""

    __tablename__ = "blob"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_id: Mapped[str] = mapped_column(Id, primary_key=True)
    device_id: Mapped[str] = mapped_column(Id)
    size: Mapped[int] = mapped_column(BigInteger)
    received_ms: Mapped[int] = mapped_column(Millis)
