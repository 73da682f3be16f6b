from __future__ import annotations

import pytest

import myna
from myna.doctor.service import (
    exposure_report,
    judge_exposure,
    judge_unit,
    judge_versions,
    main_pid,
    unit_properties,
)

WELL = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "Result": "success",
    "NRestarts": "0",
    "UnitFileState": "enabled",
    "MainPID": "812",
}


@pytest.mark.parametrize(
    ("changes", "verdict", "ailment"),
    [
        ({}, "ok", None),
        ({"LoadState": "not-found"}, "skipped", None),
        ({"ActiveState": "reloading"}, "ok", None),
        ({"ActiveState": "failed", "Result": "exit-code"}, "fail", "service-has-failed"),
        ({"ActiveState": "inactive"}, "fail", "service-is-not-running"),
        ({"NRestarts": "3"}, "warn", "service-restarts-often"),
        ({"NRestarts": "2"}, "ok", None),
        ({"UnitFileState": "disabled"}, "warn", "service-does-not-start-by-itself"),
    ],
)
def test_service_is_judged(changes: dict[str, str], verdict: str, ailment: str | None) -> None:
    finding = judge_unit({**WELL, **changes})
    assert (finding.verdict, finding.ailment) == (verdict, ailment)


def test_service_is_told_with_its_figures() -> None:
    assert judge_unit(WELL).measured == "active (running), restarted 0 times"
    failed = judge_unit({**WELL, "ActiveState": "failed", "Result": "watchdog"})
    assert failed.measured.endswith("watchdog")


def test_machine_without_systemd_has_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert unit_properties() == {}
    assert judge_unit({}).verdict == "skipped"
    assert judge_exposure(exposure_report()).verdict == "skipped"


@pytest.mark.parametrize(("told", "pid"), [("812", 812), ("0", None), ("", None)])
def test_process_of_the_service_is_known_while_it_runs(told: str, pid: int | None) -> None:
    assert main_pid({"MainPID": told}) == pid


@pytest.mark.parametrize(
    ("figure", "verdict", "ailment"),
    [("1.3", "ok", None), ("2.0", "ok", None), ("9.6", "warn", "service-is-exposed")],
)
def test_sandbox_is_judged_by_systemd_s_figure(
    figure: str, verdict: str, ailment: str | None
) -> None:
    report = f"  NAME  DESCRIPTION\n→ Overall exposure level for myna.service: {figure} OK 🙂\n"
    finding = judge_exposure(report)
    assert (finding.verdict, finding.ailment) == (verdict, ailment)
    assert finding.measured == f"exposure {figure} of 10 (OK)"


def test_versions_are_told() -> None:
    finding = judge_versions(None)
    assert finding.verdict == "ok"
    assert finding.measured.startswith(f"myna {myna.__version__}, Python 3.")
    assert judge_versions(myna.__version__).verdict == "ok"


def test_old_daemon_is_told() -> None:
    finding = judge_versions("0.0.1")
    assert (finding.verdict, finding.ailment) == ("warn", "old-version-still-runs")
    assert finding.measured.startswith("the daemon is 0.0.1; myna ")
