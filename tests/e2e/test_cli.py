"""The command line: what it prints and the exit codes 0, 1, 2 and 3."""
import os
import pathlib
import signal
import subprocess

import pytest

from harness.program import BINARY, one_service, run
from harness.waiting import TIMEOUT, free_port

GOOD = one_service(18080, "http://127.0.0.1:18081")


def test_version_prints_name_and_number():
    done = run("version")
    assert done.returncode == 0
    assert done.stdout.startswith("minato ")


@pytest.mark.parametrize("arguments", [
    [], ["run"], ["check"], ["reload"], ["status"], ["demo"], ["version"]])
def test_help_is_everywhere(arguments):
    done = run(*arguments, "--help")
    assert done.returncode == 0
    assert "sage" in done.stdout


@pytest.mark.parametrize("arguments", [["version"], ["--version"], ["--help"], ["check"], ["reference"], ["status"]])
def test_what_cannot_be_written_is_a_failure(minato, echo, arguments):
    proxy = minato.serving(echo)
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *arguments], cwd=proxy.folder, stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=TIMEOUT)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("arguments", [["swim"], ["run", "--conifg", "x"], ["check", "--config"]])
def test_bad_usage_exits_with_2(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr


def test_check_says_what_a_good_file_would_serve(folder):
    (folder / "config.yaml").write_text(GOOD)
    done = run("check", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "app" in done.stdout and "18080" in done.stdout


def test_check_of_a_bad_file_exits_with_1(folder):
    (folder / "config.yaml").write_text(GOOD.replace("hosts", "hots"))
    done = run("check", "--config", folder / "config.yaml")
    assert done.returncode == 1
    assert "hots" in done.stderr + done.stdout


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_file_that_is_not_there_exits_with_1(folder, command):
    done = run(command, "--config", folder / "absent.yaml")
    assert done.returncode == 1
    assert "absent.yaml" in done.stderr + done.stdout


def test_run_of_a_bad_file_names_every_fault_and_exits_with_1(folder):
    (folder / "config.yaml").write_text(GOOD.replace("hosts", "hots").replace("18080", "99999"))
    done = run("run", folder=folder)
    assert done.returncode == 1
    assert "hots" in done.stderr and "99999" in done.stderr


def test_a_start_that_waits_for_its_configuration_can_be_interrupted(folder):
    os.mkfifo(folder / "config.yaml")
    # Whoever runs tests in the background may have SIGINT ignored, and hand that down.
    process = subprocess.Popen([BINARY], cwd=folder, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        with open(folder / "config.yaml", "w"):  # returns once the program reads
            process.send_signal(signal.SIGINT)
            assert process.wait(TIMEOUT) == -signal.SIGINT
    finally:
        process.kill()


def test_without_a_command_it_runs_the_configuration_of_the_folder(folder):
    config = f"control_socket: {folder}/control.sock\n" + one_service(free_port(), "http://127.0.0.1:1")
    (folder / "config.yaml").write_text(config)
    process = subprocess.Popen([BINARY], cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        assert any("started" in line for line in process.stderr)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0


def test_a_port_of_another_program_fails_the_start_with_3_and_is_named(folder, scripted):
    (folder / "config.yaml").write_text(one_service(scripted.port, "http://127.0.0.1:1"))
    done = run("run", folder=folder)
    assert done.returncode == 3
    name = pathlib.Path("/proc/self/comm").read_text().strip()
    assert f":{scripted.port}: {name} (process {os.getpid()}) holds it" in done.stderr


def test_a_port_of_another_minato_fails_the_start_too(folder, minato, echo):
    first = minato.serving(echo)
    (folder / "config.yaml").write_text(
        f"control_socket: off\n{one_service(first.port, echo.url)}")
    done = run("run", folder=folder)
    assert done.returncode == 3
    assert f":{first.port}: minato (process {first.process.pid}) holds it" in done.stderr
    assert first.get("/still-there").text == "GET /still-there"


def test_status_and_reload_speak_to_the_running_program(minato, echo):
    proxy = minato.serving(echo)
    status = run("status", "--config", proxy.file)
    assert status.returncode == 0, status.stderr
    assert "app" in status.stdout and str(echo.port) in status.stdout
    accepted = run("reload", "--config", proxy.file)
    assert accepted.returncode == 0, accepted.stderr


def test_a_refused_reload_exits_with_1_and_says_why(minato, echo):
    proxy = minato.serving(echo)
    proxy.write(one_service(proxy.port, echo.url).replace("hosts", "hots"))
    refused = run("reload", "--config", proxy.file)
    assert refused.returncode == 1
    assert "hots" in refused.stderr + refused.stdout
    assert proxy.get("/x").text == "GET /x"


def test_a_faulty_file_still_leads_to_the_program_and_is_named(minato, echo):
    proxy = minato.serving(echo, top="cache: {ttl: 1m}")
    proxy.write(one_service(proxy.port, echo.url, top="cache: {ttl: 1m}").replace("hosts", "hots"))
    for command in "cache", "status":
        done = run(command, "--config", proxy.file)
        assert done.returncode == 0, done.stderr
        assert f"{proxy.file} has faults, which `minato check` tells" in done.stderr
        assert str(proxy.socket) in done.stderr


@pytest.mark.parametrize("command", ["status", "reload"])
def test_without_a_running_program_status_and_reload_fail(folder, command):
    (folder / "config.yaml").write_text(f"control_socket: {folder}/nobody.sock\n{GOOD}")
    done = run(command, folder=folder)
    assert done.returncode == 3
    assert "nobody.sock" in done.stderr
