"""Pairing: the code once, the server's keys pinned, and an answer that was lost is found by asking again."""

from pathlib import Path

import pytest

from core.errors import BadInput, Refused
from core.ids import is_time_ordered
from sync.errors import Damaged, Offline
from sync.pairing import Applicant, PairAnswer, PairRequest, checked_address, pair, paired

AGENCY = "019c0000-0000-7000-8000-0000000000b1"
ME = Applicant(kind="kiosk", name="一号机", public_key=b"p" * 32, key_source="file", fixed=(31.0, 121.0))


class Desk:
    """A server that admits by codes, each once; the first answers may be lost on their way."""

    def __init__(self, lost: int = 0, codes: tuple[str, ...] = ("ABCD2345",), sign: str = "a" * 64) -> None:
        self.lost, self.codes, self.sign = lost, list(codes), sign
        self.away = False
        self.asked = list[PairRequest]()
        self.admitted: dict[str, PairAnswer] = {}
        self.devices: dict[str, str] = {}

    def pair(self, address: str, request: PairRequest) -> PairAnswer:
        """The bus remembers answers by the request's id, the server its devices by their keys."""
        if self.away:
            raise Offline("server-unreachable", "无法连接服务器")
        self.asked.append(request)
        if request.id not in self.admitted:
            if request.code not in self.codes:
                raise Refused("devices.code_wrong", "配对码不正确", rule="D-1")
            self.codes.remove(request.code)
            device_id = self.devices.setdefault(request.public_key, request.device_id)
            self.admitted[request.id] = PairAnswer(
                device_id=device_id, agency_id=AGENCY, sign_public=self.sign, box_public="b" * 64
            )
        if len(self.asked) <= self.lost:
            raise Offline("server-unreachable", "无法连接服务器")
        return self.admitted[request.id]


@pytest.mark.rule("D-1")
def test_a_code_pairs_and_pins(tmp_path: Path) -> None:
    """D-1: a device is admitted by a code and pins the server's key."""
    desk = Desk()
    made = pair(tmp_path, desk, "server.example:8700/", "abcd-2345", ME)
    assert made.address == "https://server.example:8700"
    assert (made.agency_id, made.server_key, made.box_key) == (AGENCY, b"\xaa" * 32, b"\xbb" * 32)
    assert paired(tmp_path) == made
    assert desk.asked[0].public_key == (b"p" * 32).hex()
    assert (desk.asked[0].fixed_lat, desk.asked[0].fixed_lon) == (31.0, 121.0)


@pytest.mark.rule("D-1")
def test_a_lost_answer_costs_no_second_code(tmp_path: Path) -> None:
    """D-1: the same try again is the same pairing, also after a restart."""
    desk = Desk(lost=1)
    with pytest.raises(Offline):
        pair(tmp_path, desk, "https://s", "ABCD2345", ME)
    assert paired(tmp_path) is None
    made = pair(tmp_path, desk, "https://s", "ABCD 2345", ME)
    assert desk.asked[0] == desk.asked[1]
    assert made.device_id == desk.asked[0].device_id
    assert is_time_ordered(desk.asked[0].id)


def test_a_wrong_code_is_a_sentence_and_the_next_try_another_request(tmp_path: Path) -> None:
    desk = Desk()
    with pytest.raises(Refused, match="code_wrong"):
        pair(tmp_path, desk, "https://s", "WRONG", ME)
    pair(tmp_path, desk, "https://s", "ABCD2345", ME)
    first, second = desk.asked
    assert first.id != second.id
    assert first.device_id == second.device_id


@pytest.mark.rule("D-1")
def test_a_lost_answer_is_asked_for_before_another_code_is_used(tmp_path: Path) -> None:
    """D-1: admitted once, and never locked out by its own first try."""
    desk = Desk(lost=1, codes=("ABCD2345", "EFGH2345"))
    with pytest.raises(Offline):
        pair(tmp_path, desk, "https://s", "ABCD2345", ME)
    made = pair(tmp_path, desk, "https://s", "EFGH2345", ME)
    assert desk.asked[0] == desk.asked[1]
    assert (made.device_id, desk.codes) == (desk.asked[0].device_id, ["EFGH2345"])


def test_a_lost_try_that_was_none_makes_way_for_the_next_code(tmp_path: Path) -> None:
    """Asked about once: a wrong code is not guessed again and again."""
    desk = Desk(codes=("EFGH2345",))
    desk.away = True
    with pytest.raises(Offline):
        pair(tmp_path, desk, "https://s", "WRONG", ME)
    desk.away = False
    with pytest.raises(Refused):
        pair(tmp_path, desk, "https://s", "WRONG2", ME)
    pair(tmp_path, desk, "https://s", "EFGH2345", ME)
    assert [one.code for one in desk.asked] == ["WRONG", "WRONG2", "EFGH2345"]
    assert len({one.device_id for one in desk.asked}) == 1


@pytest.mark.rule("D-1")
def test_a_device_that_the_server_knows_is_told_who_it_is(tmp_path: Path) -> None:
    """D-1: one key, one device; its journal was begun under the id that the server has."""
    desk = Desk(codes=("ABCD2345", "EFGH2345"))
    first = pair(tmp_path, desk, "https://s", "ABCD2345", ME)
    (tmp_path / "pairing.json").unlink()
    again = pair(tmp_path, desk, "https://s", "EFGH2345", ME)
    assert again == first
    assert desk.asked[1].device_id != first.device_id


@pytest.mark.rule("D-1")
def test_pairing_again_keeps_the_device_at_the_same_server(tmp_path: Path) -> None:
    """D-1: the server may have moved, or have lost the device: the journal stays its own."""
    first = pair(tmp_path, Desk(), "https://s", "ABCD2345", ME)
    (tmp_path / "journal.db").write_bytes(b"journal")
    again = pair(tmp_path, Desk(), "https://elsewhere", "ABCD2345", ME)
    assert (again.device_id, again.address) == (first.device_id, "https://elsewhere")
    assert paired(tmp_path) == again


@pytest.mark.rule("D-1")
def test_another_server_does_not_get_a_journal_that_is_not_its_own(tmp_path: Path) -> None:
    """D-1: a device belongs to one agency; what waits for its server stays within reach."""
    first = pair(tmp_path, Desk(), "https://s", "ABCD2345", ME)
    other = Desk(sign="c" * 64)
    (tmp_path / "journal.db").write_bytes(b"journal")
    with pytest.raises(Refused, match="pairing-elsewhere") as caught:
        pair(tmp_path, other, "https://other", "ABCD2345", ME)
    assert "移走" in caught.value.hint
    assert paired(tmp_path) == first
    (tmp_path / "journal.db").unlink()
    made = pair(tmp_path, Desk(sign="c" * 64), "https://other", "ABCD2345", ME)
    assert made.sign_public == "c" * 64


@pytest.mark.parametrize("address", ["", "ftp://s", "http://", "https://a b", "https://u@host", "a://b://c"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        checked_address(address)


@pytest.mark.rule("D-2")
@pytest.mark.parametrize(
    "address", ["http://s", "http://192.168.1.2:8700", "HTTP://127.0.0.1.evil", "http://[::2]", "http://["]
)
def test_an_address_without_encryption_is_refused(address: str) -> None:
    """D-2: what a device says to its server is personal data; in clear it stays on its own machine."""
    with pytest.raises(BadInput, match="pairing-address-open"):
        checked_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1:8700", "localhost", "[::1]:8700", "localhost:1"])
def test_this_machine_may_be_spoken_to_in_clear(host: str) -> None:
    assert checked_address(f"http://{host}/") == f"http://{host}"


def test_an_empty_code_is_not_sent(tmp_path: Path) -> None:
    desk = Desk()
    with pytest.raises(BadInput):
        pair(tmp_path, desk, "https://s", " - ", ME)
    assert desk.asked == []


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "pairing.json").write_bytes(b"{")
    with pytest.raises(Damaged):
        paired(tmp_path)
