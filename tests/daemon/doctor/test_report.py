from __future__ import annotations

import os
import tarfile
from pathlib import Path

from myna.config import Config
from myna.doctor.patient import Patient
from myna.doctor.report import Case, write_report


def test_piece_that_cannot_be_collected_hides_no_other(tmp_path: Path) -> None:
    def fail(_case: Case) -> str:
        raise RuntimeError("the disk is on fire, key SECRET")

    path = tmp_path / "bundle.tar.gz"
    case = Case(Patient(Config(), os.environ), (), 10)
    pieces = {"bad.txt": fail, "good.txt": lambda _case: "well, SECRET"}
    write_report(path, case, lambda text: text.replace("SECRET", "[secret]"), pieces)
    with tarfile.open(path) as bundle:
        texts = {member.name: bundle.extractfile(member) for member in bundle.getmembers()}
        told = {name: file.read().decode() for name, file in texts.items() if file is not None}
    assert told == {
        "bundle/bad.txt": "could not be collected: RuntimeError: the disk is on fire, key [secret]",
        "bundle/good.txt": "well, [secret]",
    }
