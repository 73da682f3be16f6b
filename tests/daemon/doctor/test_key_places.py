"""Where a doctor looks for the key of a service that is down."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from myna.config import LiveSettings
from myna.doctor.key_places import closed_place, with_key_of_service
from support.other_user import as_nobody, needs_root

PLACES = ("api-key", "credentials.encrypted/api-key", "credentials/api-key")


def put(folder: Path, place: str, text: str = "key\n") -> Path:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_places_count_in_the_order_in_which_the_service_looks(tmp_path: Path) -> None:
    own = LiveSettings(key_file=Path("/home/me/key"))
    assert with_key_of_service(own, tmp_path) == own
    further = put(tmp_path, "credentials/api-key")
    assert with_key_of_service(own, tmp_path).key_file == further
    sealed = put(tmp_path, "credentials.encrypted/api-key")
    command = with_key_of_service(own, tmp_path).key_command
    assert command == ("systemd-creds", "--name=sealed_api-key", "decrypt", str(sealed), "-")
    plain = put(tmp_path, "api-key")
    assert with_key_of_service(own, tmp_path) == LiveSettings(key_file=plain)


@pytest.mark.parametrize("place", PLACES)
def test_empty_file_is_no_key(tmp_path: Path, place: str) -> None:
    put(tmp_path, place, "")
    assert with_key_of_service(LiveSettings(), tmp_path) == LiveSettings()


def test_command_of_the_configuration_goes_first(tmp_path: Path) -> None:
    put(tmp_path, "api-key")
    live = LiveSettings(key_command=("secret-tool", "lookup"))
    assert with_key_of_service(live, tmp_path) == live


@needs_root
def test_closed_place_is_named_to_whom_it_is_closed() -> None:
    with TemporaryDirectory(dir="/tmp") as name:  # pytest's own folder is closed already
        folder = Path(name)
        folder.chmod(0o755)
        assert as_nobody(lambda: repr(closed_place(folder))) == "None"
        put(folder, "credentials/api-key").parent.chmod(0o700)
        assert closed_place(folder) is None, "root looks everywhere"
        assert as_nobody(lambda: str(closed_place(folder))) == f"{folder}/credentials"
        seen = as_nobody(lambda: repr(with_key_of_service(LiveSettings(), folder).key_file))
        assert seen == "None"
