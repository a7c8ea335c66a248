"""Writes the test vectors of docs/PROTOCOL.md from fixed keys, nonces and times: ``python -m tests.vectors.make``."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from nacl.public import PrivateKey

from core.wire.envelope import Entry, EntryActor, Moment, content_hash, entry_hash, genesis, write
from core.wire.sealing import seal_with
from core.wire.signing import key_pair, sign_anchor, sign_head
from core.wire.timeline import AnchorPoint, Evidence, settle, tail_start

HERE = Path(__file__).parent
DEVICE_SEED = bytes(range(32))
SERVER_SEED = bytes(range(32, 64))
BOX_SECRET = bytes(range(64, 96))
BOX_KEY = bytes(range(96, 128))
BOX_NONCE = bytes(range(128, 152))
JOURNAL = "019c3f00-0000-7000-8000-000000000001"
SECOND_JOURNAL = "019c3f00-0000-7000-8000-000000000002"
DEVICE = "019c3f00-0000-7000-8000-00000000000d"
PERSON = "019c3f00-0000-7000-8000-00000000000a"
T0 = 1_772_413_200_000
AUDIT_HEAD = "ab" * 32


def sealed() -> dict[str, Any]:
    """A sealed part with a fixed key and nonce; the wrapped key of a real one differs every time."""
    plain = '{"remark":"三楼喷淋末端压力不足"}'
    made = seal_with(plain.encode(), BOX_KEY, BOX_NONCE)
    return {
        "plaintext": plain,
        "key": BOX_KEY.hex(),
        "nonce": BOX_NONCE.hex(),
        "box_base64": base64.b64encode(made.box).decode(),
        "sealed": made.digest,
        "server_x25519_secret": BOX_SECRET.hex(),
        "server_x25519_public": bytes(PrivateKey(BOX_SECRET).public_key).hex(),
    }


def anchor() -> dict[str, Any]:
    """A server's signed time."""
    server = key_pair(SERVER_SEED)
    nonce = "3q2-7wAAAAECAwQFBgcICQ"
    return {
        "server_seed": SERVER_SEED.hex(),
        "server_public": server.public.hex(),
        "nonce": nonce,
        "server_ms": T0 + 1_500,
        "audit_head": AUDIT_HEAD,
        "signature": sign_anchor(server.seed, nonce, T0 + 1_500, AUDIT_HEAD),
    }


def _bodies() -> list[tuple[str, dict[str, str], str, str | None]]:
    """Commands, actors, bodies as text and sealed digests of the sample journal."""
    device = {"kind": "device", "id": DEVICE}
    person = {"kind": "person", "id": PERSON}
    given = anchor()
    body = {key: given[key] for key in ("server_ms", "nonce", "audit_head", "signature")}
    body |= {"boot_id": "b1", "boot_ms": 61_500}
    start = '{"project_id": "019c3f00-0000-7000-8000-0000000000b0", "note": "现场", "score": 0.50}'
    return [
        ("time.opened", device, "{}", None),
        ("time.anchor", device, json.dumps(body), None),
        ("visits.start", person, start, sealed()["sealed"]),
    ]


def _journal(journal: str) -> list[dict[str, Any]]:
    device = key_pair(DEVICE_SEED)
    previous = genesis(journal, device.public)
    made = []
    for number, (name, actor, body, digest) in enumerate(_bodies(), 1):
        entry = Entry(
            v=1,
            id=f"019c3f00-0000-7000-8000-0000000001{number:02x}",
            journal=journal,
            dseq=number,
            prev=previous,
            device=DEVICE,
            actor=msgspec.convert(actor, EntryActor),
            session=None,
            command=name,
            version=1,
            body=msgspec.Raw(body.encode()),
            sealed=digest,
            time=Moment(wall_ms=T0 + 1_000 * number, boot_id="b1", boot_ms=60_000 + 1_000 * number),
        )
        raw = write(entry)
        previous = entry_hash(raw)
        made.append({"bytes": raw.decode(), "hash": previous, "content": content_hash(entry)})
    return made


def chain() -> dict[str, Any]:
    """A journal of three entries, and the same one re-homed: other bytes and hashes, the same contents."""
    device = key_pair(DEVICE_SEED)
    return {
        "device_seed": DEVICE_SEED.hex(),
        "device_public": device.public.hex(),
        "journal": JOURNAL,
        "genesis": genesis(JOURNAL, device.public),
        "entries": _journal(JOURNAL),
        "rehomed": {
            "journal": SECOND_JOURNAL,
            "genesis": genesis(SECOND_JOURNAL, device.public),
            "entries": _journal(SECOND_JOURNAL),
        },
    }


def head() -> dict[str, Any]:
    """The signature over the head of the sample journal."""
    last = _journal(JOURNAL)[-1]
    return {
        "device_seed": DEVICE_SEED.hex(),
        "device_public": key_pair(DEVICE_SEED).public.hex(),
        "journal": JOURNAL,
        "dseq": 3,
        "hash": last["hash"],
        "signature": sign_head(DEVICE_SEED, JOURNAL, 3, last["hash"]),
    }


def _at(wall_s: int, boot: str, boot_s: int, anchor_s: int | None = None) -> Evidence:
    """An entry, times in seconds after T0; an anchor's boot clock is the entry's own."""
    boot_ms = boot_s * 1_000
    point = None if anchor_s is None else AnchorPoint(T0 + anchor_s * 1_000, boot_ms)
    return Evidence(T0 + wall_s * 1_000, boot, boot_ms, point)


CASES: dict[str, list[Evidence]] = {
    "the same boot is exact, though the wall clock jumps": [
        _at(0, "b1", 10),
        _at(5, "b1", 15, 7),
        _at(-3_600, "b1", 20),
        _at(9_999, "b1", 25),
    ],
    "the nearest anchor before counts, else the first after": [
        _at(0, "b1", 10),
        _at(5, "b1", 15, 5),
        _at(8, "b1", 18),
        _at(10, "b1", 20, 11),
        _at(12, "b1", 22),
    ],
    "a boot between two right clocks is bracketed": [
        _at(0, "b1", 10, 0),
        _at(100, "b2", 5),
        _at(160, "b2", 65),
        _at(300, "b3", 5, 310),
    ],
    "a clock that is wrong at the next anchor vouches for nothing": [
        _at(0, "b1", 10, 0),
        _at(100, "b2", 5),
        _at(300, "b3", 5, 421),
    ],
    "a clock that was wrong at the anchor before vouches for nothing": [
        _at(0, "b1", 10, 121),
        _at(200, "b2", 5),
        _at(400, "b3", 5, 400),
    ],
    "a clock that ran backwards vouches for nothing": [
        _at(0, "b1", 10, 0),
        _at(200, "b2", 5),
        _at(199, "b3", 5),
        _at(400, "b4", 5, 400),
    ],
    "a clock that was moved inside a boot vouches for nothing": [
        _at(0, "b1", 10, 0),
        _at(100, "b2", 5),
        _at(300, "b2", 6),
        _at(900, "b3", 5, 900),
    ],
    "unproven times stay below the next proven one": [
        _at(0, "b1", 10, 0),
        _at(99_999, "b2", 5),
        _at(300, "b3", 5),
        _at(305, "b3", 10, 305),
    ],
    "before the first anchor of another boot nothing is bracketed": [
        _at(0, "b1", 10),
        _at(100, "b2", 5, 100),
    ],
    "after the last anchor's boot nothing is final": [
        _at(0, "b1", 10, 0),
        _at(100, "b2", 5),
        _at(90, "b2", 15),
    ],
    "a boot id that returns is a new boot": [_at(0, "b1", 10, 0), _at(10, "b2", 5), _at(20, "b1", 30)],
    "a boot clock that goes back is a new boot": [_at(0, "b1", 10, 0), _at(10, "b1", 5)],
    "a server that went back by more than the tolerance proves nothing until it has caught up": [
        _at(0, "b1", 10, 1_000),
        _at(5, "b1", 15, 500),
        _at(600, "b1", 610),
    ],
}


def timeline() -> list[dict[str, Any]]:
    """Trusted times: whole journals, and where the tail begins that must be settled again."""
    return [
        {
            "case": name,
            "evidence": [
                {
                    "wall_ms": one.wall_ms,
                    "boot_id": one.boot_id,
                    "boot_ms": one.boot_ms,
                    "anchor": one.anchor._asdict() if one.anchor else None,
                }
                for one in evidence
            ],
            "trusted": [one._asdict() for one in settle(evidence)],
            "tail_start": tail_start(evidence),
        }
        for name, evidence in CASES.items()
    ]


VECTORS: dict[str, Callable[[], Any]] = {
    "chain": chain,
    "head": head,
    "anchor": anchor,
    "sealed": sealed,
    "timeline": timeline,
}


def text_of(name: str) -> str:
    """A vector file as it should stand."""
    return json.dumps(VECTORS[name](), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for each in VECTORS:
        (HERE / f"{each}.json").write_text(text_of(each), encoding="utf-8", newline="\n")
