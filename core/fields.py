"""The shapes of what commands carry: ids, hashes and texts no longer than their columns, on both databases."""

from typing import Annotated

from msgspec import Meta

Key = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\Z")]
"""An id in the one form that is stored."""

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}\\Z")]
"""A SHA-256 as it is stored."""

Name = Annotated[str, Meta(max_length=60)]
"""The name of a person, device or number of a contract."""

Line = Annotated[str, Meta(max_length=200)]
"""One line that somebody typed."""

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
