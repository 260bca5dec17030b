"""What docs/operations.md and the files for hosting say is what the program does."""

import configparser
import importlib
import json
import re
import subprocess
import sys
import sysconfig
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.client.attachments import HOSTS
from bot.client.invite import PERMISSIONS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
LIMITS = re.findall(r"^\| [^|]+ \| ([\d,]+) \| `([\w.]+)` \|$", PAGE, re.MULTILINE)
SETTINGS = ("packaging/entrypoint.sh", "compose.yaml")
LIBRARIES = sysconfig.get_path("purelib")
TOKEN = "MTE4MDAwMDAwMDAwMDAwMDAwMA.Gloop1.loopback-signature-that-opens-no-door"


def constant(path: str) -> Any:
    """Return a constant of a module, or the default of a dataclass's field."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        kind = constant(module)
        assert is_dataclass(kind)
        return next(field.default for field in fields(kind) if field.name == name)


def test_many_limits_are_documented() -> None:
    assert len(LIMITS) >= 22


@pytest.mark.parametrize(
    "what",
    [
        "typed for an autocomplete suggestion",
        "topic of `!help`",
        "setting's value",
        "file's name",
        "presses of a member",
        "answers that are kept",
        *sorted(HOSTS),
    ],
)
def test_all_ways_in_are_documented(what: str) -> None:
    table = PAGE.partition("## Limits on what members send")[2].partition("\n\n##")[0]

    assert what in table


@pytest.mark.parametrize(("figure", "path"), LIMITS, ids=[path for _, path in LIMITS])
def test_a_documented_limit_is_the_one_in_the_code(figure: str, path: str) -> None:
    assert constant(path) == int(figure.replace(",", ""))


@pytest.mark.parametrize("name", SETTINGS)
def test_files_for_hosting_use_settings_that_there_are(name: str) -> None:
    known = (ROOT / ".env.example").read_text("utf-8")

    used = set(re.findall(r"\b(?:DINOBARD|DISCORD)_[A-Z_]+", (ROOT / name).read_text("utf-8")))

    assert used
    assert all(f"{setting}=" in known for setting in used)


def test_the_image_has_no_secrets_and_no_root() -> None:
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    image = (ROOT / "Dockerfile").read_text("utf-8")

    assert kept[0] == "*"
    assert {line for line in kept if line.startswith("!")} == {
        "!bot",
        "!engine",
        "!data",
        "!requirements.txt",
        "!packaging/entrypoint.sh",
    }
    assert re.findall(r"^USER (\d+):\d+$", image, re.MULTILINE) == ["10001"]
    assert re.search(r'^HEALTHCHECK .*\\\n\s+CMD \["dinobard", "health"\]$', image, re.M)
    assert "COPY --chmod=755 packaging/entrypoint.sh /usr/local/bin/dinobard\n" in image


def test_the_unit_may_write_to_its_own_folders_alone() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue] (as its documentation says)
    unit.read(ROOT / "packaging/dinobard.service")

    service = unit["Service"]

    assert service["ProtectSystem"] == "strict"
    assert service["DynamicUser"] == service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert int(service["TimeoutStopSec"]) == 20
    assert "ReadWritePaths" not in service


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
@pytest.mark.parametrize(("given", "port"), [(None, 9464), ("", 9464), ("4321", 4321)])
def test_a_blank_port_is_the_default_of_the_image(
    tmp_path: Path, given: str | None, port: int
) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "python").symlink_to(sys.executable)
    environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{LIBRARIES}"}
    if given is not None:
        environment |= {"DINOBARD_METRICS_PORT": given, "DINOBARD_HOME": ""}

    done = subprocess.run(
        ["sh", ROOT / "packaging/entrypoint.sh", "health"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert f"does not answer at http://127.0.0.1:{port}/healthz" in done.stderr


def properties(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_subcommands_under_systemd_act_on_the_home_of_the_bot(tmp_path: Path) -> None:
    recorder = tmp_path / "systemd-run"
    recorder.write_text('#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done\n')
    recorder.chmod(0o755)

    printed = subprocess.run(
        [ROOT / "packaging/dinobard.sh", "poem", "Shall I"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    unit = properties((ROOT / "packaging/dinobard.service").read_text("utf-8"))
    run = properties(printed.replace("--property=", ""))
    for name in ("DynamicUser", "User", "StateDirectory", "StateDirectoryMode", "CacheDirectory"):
        assert run[name] == unit[name]
    for name in ("WorkingDirectory", "EnvironmentFile", "Environment", "UMask"):
        assert run[name] == unit[name]
    program = unit["ExecStart"][0].removesuffix(" run")
    assert printed.splitlines()[-6:] == [*program.split(), "poem", "Shall I"]
    assert "--pipe" in printed.splitlines()


def test_the_base_image_can_be_named_by_its_digest() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")

    assert re.findall(r"^FROM (\S+)", image, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
    assert "PYTHON_IMAGE: ${PYTHON_IMAGE:-python:3.11-slim}" in (ROOT / "compose.yaml").read_text()
    assert "PYTHON_IMAGE=python@sha256:" in PAGE


def test_an_unpinned_installation_is_named_as_such() -> None:
    paragraph = next(part for part in PAGE.split("\n\n") if "`pip install .`" in part)

    assert "nobody has tested" in paragraph
    assert "requirements.txt" in paragraph


def test_the_link_asks_for_the_documented_permissions_and_has_no_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.delenv("DISCORD_APPLICATION_ID", raising=False)

    result = CliRunner().invoke(main, ["invite", "--json"])

    printed = json.loads(result.output)
    asked = discord.Permissions(int(re.findall(r"permissions=(\d+)", printed["link"])[0]))
    assert "client_id=1180000000000000000&" in printed["link"]
    assert "scope=bot+applications.commands" in printed["link"]
    assert all(getattr(asked, name) for name in PERMISSIONS)
    assert asked.value.bit_count() == len(PERMISSIONS)
    table = PAGE.partition("| permission |")[2].partition("\n\n")[0]
    documented = re.findall(r"^\| (\w[^|]+) \|", table, re.MULTILINE)
    names = (name.lower().replace(" ", "_") for name in documented)
    # The page has Discord's names for people.
    assert sorted(name.replace("channels", "channel") for name in names) == sorted(PERMISSIONS)
    for secret in TOKEN.split(".")[1:]:
        assert secret not in result.output


def test_a_number_of_the_application_needs_no_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setenv("DISCORD_APPLICATION_ID", "118")

    assert "client_id=118&" in CliRunner().invoke(main, ["invite"]).output


@pytest.mark.parametrize("token", ["", "nothing", "ä.b.c", f"{'A' * 9}.b.c", "!.b"])
def test_what_is_no_token_is_not_shown_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", token)
    monkeypatch.delenv("DISCORD_APPLICATION_ID", raising=False)

    result = CliRunner().invoke(main, ["invite"])

    assert result.exit_code == 1
    assert "DISCORD_APPLICATION_ID" in result.output
    assert not token or token not in result.output
