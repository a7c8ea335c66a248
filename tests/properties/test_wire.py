"""The wire for all inputs: entries, commands, sealed parts and signatures come back as they were, or are found out."""

import json
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.wire.chain import link
from core.wire.codec import Held, decode_command, encode_command
from core.wire.envelope import Entry, EntryActor, Moment, content_hash, entry_hash, parse, write
from core.wire.sealing import new_server_keys, open_box, seal, seal_blob, unseal, unwrap_key, wrap_key
from core.wire.signing import anchor_is_signed, head_is_signed, new_key_pair, sign_anchor, sign_head

DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
IDS = st.binary(min_size=16, max_size=16).map(
    lambda raw: str(UUID(bytes=raw[:6] + b"\x70" + raw[7:8] + b"\x80" + raw[9:]))
)
MILLIS = st.integers(0, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(TEXT, JSON, max_size=5).map(
    lambda body: json.dumps(body, ensure_ascii=False).encode()
)
ENTRIES = st.builds(
    Entry,
    v=st.just(1),
    id=IDS,
    journal=IDS,
    dseq=st.integers(1, 2**53 - 1),
    prev=DIGESTS,
    device=IDS,
    actor=st.builds(
        EntryActor, kind=st.sampled_from(["person", "account", "contact", "device", "job"]), id=IDS
    ),
    session=st.none() | IDS,
    command=st.sampled_from(["visits.start", "time.anchor", "feedback.submit"]),
    version=st.integers(1, 99),
    body=BODIES.map(msgspec.Raw),
    sealed=st.none() | DIGESTS,
    time=st.builds(
        Moment, wall_ms=MILLIS, boot_id=TEXT.filter(lambda text: 0 < len(text) <= 64), boot_ms=MILLIS
    ),
)


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command with every kind of field."""

    project_id: str
    minutes: int
    score: float
    notes: list[str]
    late: bool | None = None


@given(ENTRIES)
def test_an_entry_comes_back_byte_for_byte(entry: Entry) -> None:
    raw = write(entry)
    again = parse(raw)
    assert msgspec.json.encode(again) == raw
    assert bytes(again.body) == bytes(entry.body)
    assert link(raw).hash == entry_hash(raw)


@given(ENTRIES, st.data())
def test_a_changed_byte_is_found(entry: Entry, data: st.DataObject) -> None:
    raw = write(entry)
    place = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:place] + bytes([raw[place] ^ data.draw(st.integers(1, 255))]) + raw[place + 1 :]
    assert entry_hash(changed) != entry_hash(raw)


@given(ENTRIES, IDS, st.integers(1, 2**53 - 1), DIGESTS, IDS)
def test_content_is_the_same_in_another_journal(
    entry: Entry, journal: str, dseq: int, prev: str, device: str
) -> None:
    moved = msgspec.structs.replace(entry, journal=journal, dseq=dseq, prev=prev, device=device)
    assert content_hash(parse(write(moved))) == content_hash(entry)


@given(
    ENTRIES,
    ENTRIES,
    st.sampled_from(["id", "actor", "session", "command", "version", "body", "sealed", "time"]),
)
def test_any_other_field_is_another_content(entry: Entry, other: Entry, name: str) -> None:
    changed = msgspec.structs.replace(entry, **{name: getattr(other, name)})
    same = msgspec.json.encode(changed) == msgspec.json.encode(entry)
    assert (content_hash(changed) == content_hash(entry)) == same


@given(st.binary(max_size=300))
def test_rubbish_is_refused_not_crashed_on(raw: bytes) -> None:
    with pytest.raises(BadInput):
        parse(raw)


@given(
    ENTRIES,
    st.sampled_from(["v", "id", "journal", "dseq", "prev", "device", "actor", "session", "sealed", "time"]),
)
def test_a_field_that_is_missing_doubled_or_unknown_is_refused(entry: Entry, name: str) -> None:
    fields = json.loads(write(entry))
    missing = {key: value for key, value in fields.items() if key != name}
    doubled = json.dumps(fields)[:-1] + f', "{name}": {json.dumps(fields[name])}}}'
    for text in (json.dumps(missing), doubled, json.dumps({**fields, "extra": 1})):
        with pytest.raises(BadInput):
            parse(text.encode())


@given(
    st.builds(
        Sample, project_id=TEXT, minutes=MILLIS, score=st.floats(0, 1), notes=st.lists(TEXT), late=st.none()
    )
)
def test_commands_come_back(command: Sample) -> None:
    body = encode_command(command)
    known = {("sample.make", 1): Sample}
    assert decode_command(lambda name, version: known.get((name, version)), "sample.make", 1, body) == command
    held = decode_command(lambda name, version: known.get((name, version)), "sample.make", 2, body)
    assert held == Held("sample.make", 2)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"project_id":1}', b"[" * 50_000, b"\xff"])
def test_a_command_that_breaks_its_type_is_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput, match="command-form"):
        decode_command(lambda _name, _version: Sample, "sample.make", 1, body)


@pytest.mark.rule("D-2")
@given(st.binary(max_size=2_000), st.data())
def test_what_is_sealed_opens_for_the_server_alone(plain: bytes, data: st.DataObject) -> None:
    """Personal data is sealed to the server; a changed box is found before anything is decrypted."""
    secret, public = new_server_keys()
    sealed = seal(plain, public)
    assert unseal(sealed, secret) == plain
    assert plain == b"" or len(plain) < 8 or plain not in sealed.box
    with pytest.raises(BadInput, match="sealed-key"):
        unseal(sealed, new_server_keys()[0])
    place = data.draw(st.integers(0, len(sealed.box) - 1))
    box = sealed.box[:place] + bytes([sealed.box[place] ^ 1]) + sealed.box[place + 1 :]
    with pytest.raises(BadInput, match="sealed-digest"):
        unseal(sealed._replace(box=box), secret)


@pytest.mark.rule("D-2")
@given(st.binary(max_size=2_000))
def test_a_key_can_be_wrapped_anew(plain: bytes) -> None:
    """Keys are re-wrapped per subject; destroying them is erasure, and no byte of the chain changes."""
    blob = seal_blob(plain)
    secret, public = new_server_keys()
    assert open_box(blob.digest, blob.box, unwrap_key(wrap_key(blob.key, public), secret)) == plain
    with pytest.raises(BadInput, match="sealed-damaged"):
        open_box(blob.digest, blob.box, bytes(32))
    assert seal_blob(plain).digest != blob.digest


@given(IDS, st.integers(0, 2**53 - 1), DIGESTS, DIGESTS)
def test_signatures_cover_every_part(journal: str, number: int, digest: str, other: str) -> None:
    keys = new_key_pair()
    head = sign_head(keys.seed, journal, number, digest)
    assert head_is_signed(keys.public, journal, number, digest, head)
    assert not head_is_signed(keys.public, journal, number + 1, digest, head)
    assert not head_is_signed(new_key_pair().public, journal, number, digest, head)
    assert head_is_signed(keys.public, journal, number, other, head) == (other == digest)
    anchor = sign_anchor(keys.seed, "nonce", number, digest)
    assert anchor_is_signed(keys.public, "nonce", number, digest, anchor)
    assert not anchor_is_signed(keys.public, "other", number, digest, anchor)
    for broken in ("", "zz", anchor[:-2], anchor + "00", "00" * 64):
        assert not anchor_is_signed(keys.public, "nonce", number, digest, broken)


@given(ENTRIES, st.sampled_from(["\\ud800", "\\uDfff", "\\ud83dx", "\\udc00\\ud800"]), st.booleans())
def test_half_a_character_is_an_entry_whose_body_keeps_its_bytes(
    entry: Entry, half: str, doubled: bool
) -> None:
    """JSON can spell it and no text can hold it: no reason to take in nothing that comes after it."""
    body = b'{"a":"\\\\%s","b":"\\ud83d\\ude00"%s}' % (half.encode(), b',"a":1' if doubled else b"")
    whole = msgspec.structs.replace(entry, body=msgspec.Raw(b'{"here":1}'))
    raw = write(whole).replace(b'{"here":1}', body, 1)
    if doubled:
        with pytest.raises(BadInput):
            parse(raw)
        return
    assert bytes(parse(raw).body) == body
    assert content_hash(parse(raw)) == content_hash(msgspec.structs.replace(whole, body=msgspec.Raw(body)))
