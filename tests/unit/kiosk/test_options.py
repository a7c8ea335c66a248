"""The command lines of the programs: a wrong one is a sentence that names the option, never a guess or a trace."""

import pytest

from core.errors import BadInput
from desktop.settings import parse as parse_desktop
from kiosk.options import parse


@pytest.mark.rule("S-15")
@pytest.mark.parametrize("text", ["200,300", "31.2", "x,y", "1,2,3", "nan,121", "0,0", "0.000001,0"])
def test_a_wrong_position_names_its_option(text: str) -> None:
    """S-15: 0,0 is not a position."""
    with pytest.raises(BadInput) as caught:
        parse(["--position", text])
    assert "--position（纬度,经度" in caught.value.hint and "重新启动" in caught.value.hint


def test_a_right_position_is_taken() -> None:
    assert parse(["--position", "31.2304,121.4737"]).position == (31.2304, 121.4737)


def test_no_option_is_guessed_from_its_beginning() -> None:
    for read, option in ((parse, "--demo-still"), (parse, "--win"), (parse_desktop, "--serv=x")):
        with pytest.raises(SystemExit):
            read([option])  # type: ignore[operator]
