from pathlib import Path

import pytest

from bot.config import Config, ConfigError, from_mapping, load_config
from engine.jobs.spec import Limits

EXAMPLE = Path(__file__).parents[3] / ".env.example"
TOKEN = "a-token-that-nobody-has"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.__slots__:
        for prefix in ("DISCORD_", "DINOBARD_"):
            monkeypatch.delenv(f"{prefix}{name.upper()}", raising=False)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)


def test_everything_has_a_default() -> None:
    settings = from_mapping({})

    assert settings.token is None
    assert settings.api_url is None
    assert settings.models == settings.home / "models"
    assert settings.models_bytes == Limits().models_bytes


def test_the_environment_overrules_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-file\nDINOBARD_WORKERS=3\n")
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)

    settings = load_config(tmp_path)

    assert settings.token == TOKEN
    assert settings.workers == 3


def test_blank_values_count_as_left_out() -> None:
    assert from_mapping({"DISCORD_TOKEN": "  ", "DINOBARD_WORKERS": ""}) == from_mapping({})


def test_a_blank_value_in_the_environment_does_not_hide_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-file\nDINOBARD_HOME=\n")
    monkeypatch.setenv("DISCORD_TOKEN", "")
    monkeypatch.setenv("DINOBARD_WORKERS", " ")
    monkeypatch.setenv("DINOBARD_HOME", str(tmp_path))

    settings = load_config(tmp_path)

    assert settings.token == "from-file"
    assert settings.workers == from_mapping({}).workers
    assert settings.home == tmp_path


@pytest.mark.parametrize(
    ("home", "state", "found"),
    [
        (None, "/var/lib/dinobard", "/var/lib/dinobard"),
        ("", "/var/lib/dinobard:/var/lib/more", "/var/lib/dinobard"),
        ("/srv/bones", "/var/lib/dinobard", "/srv/bones"),
    ],
)
def test_the_home_of_a_service_is_its_state_directory(
    home: str | None, state: str, found: str
) -> None:
    values = {"DINOBARD_HOME": home, "STATE_DIRECTORY": state}

    assert from_mapping(values).home == Path(found)
    assert from_mapping(values | {"STATE_DIRECTORY": " "}).home == Path(
        home or from_mapping({}).home
    )


def test_the_token_is_in_no_representation() -> None:
    settings = from_mapping({"DISCORD_TOKEN": TOKEN})

    assert settings.token == TOKEN
    assert TOKEN not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_API_URL", "discord.com"),
        ("DISCORD_API_URL", "ftp://discord.example"),
        ("DISCORD_API_URL", "http://"),
        ("DINOBARD_LOG_LEVEL", "ALL"),
        ("DINOBARD_WORKERS", "0"),
        ("DINOBARD_WORKERS", "65"),
        ("DINOBARD_WORKERS", "-1"),
        ("DINOBARD_WORKERS", "1.5"),
        ("DINOBARD_WORKERS", "٣"),
        ("DINOBARD_QUEUE_LIMIT", "10001"),
        ("DINOBARD_MODELS_GIB", "0"),
        ("DINOBARD_MODELS_GIB", "0.5"),
        ("DINOBARD_QUEUE_LIMIT", "1" * 20),
        ("DINOBARD_QUEUE_LIMIT", "1" * 5_000),
        ("DINOBARD_LOG_FORMAT", "xml"),
        ("DINOBARD_METRICS_PORT", "65536"),
        ("DISCORD_SHARD_COUNT", "0"),
        ("DISCORD_APPLICATION_ID", "twelve"),
    ],
)
def test_values_without_sense_are_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} must be"):
        from_mapping({name: value})


@pytest.mark.parametrize(
    ("text", "ids"),
    [("0", (0,)), ("0,2-4", (0, 2, 3, 4)), (" 7 , 0-1 ", (7, 0, 1)), ("7-7", (7,))],
)
def test_shards_are_numbers_and_ranges(text: str, ids: tuple[int, ...]) -> None:
    settings = from_mapping({"DISCORD_SHARD_COUNT": "8", "DISCORD_SHARD_IDS": text})

    assert (settings.shard_count, settings.shard_ids) == (8, ids)


@pytest.mark.parametrize(
    "text", ["8", "0-8", "3-2", "-1", "1,,2", "1,1", "0-2,2", "all", "٣", "1" * 5_000]
)
def test_shards_that_cannot_be_are_named(text: str) -> None:
    with pytest.raises(ConfigError, match="DISCORD_SHARD_IDS must be"):
        from_mapping({"DISCORD_SHARD_COUNT": "8", "DISCORD_SHARD_IDS": text})


def test_a_process_serves_the_servers_of_its_shards_and_with_the_first_the_host() -> None:
    first, second = (
        from_mapping({"DISCORD_SHARD_COUNT": "2", "DISCORD_SHARD_IDS": ids}) for ids in "01"
    )
    servers = (None, 4 << 22, 5 << 22)

    assert [first.serves(server) for server in servers] == [True, True, False]
    assert [second.serves(server) for server in servers] == [False, False, True]
    for alone in (from_mapping({}), from_mapping({"DISCORD_SHARD_COUNT": "2"})):
        assert all(alone.serves(server) for server in servers)


def test_shards_of_one_process_need_their_number_in_all() -> None:
    with pytest.raises(ConfigError, match="DISCORD_SHARD_COUNT must be given"):
        from_mapping({"DISCORD_SHARD_IDS": "0"})


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DISCORD_TOKEN=\xff\xfe")

    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(tmp_path)


def test_the_example_explains_every_setting_and_changes_none(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    (tmp_path / ".env").write_text(text)

    assert load_config(tmp_path) == from_mapping({})
    source = Path(__file__).parents[3] / "bot/config.py"
    for name in {word.strip('",)(') for word in source.read_text().split() if "_" in word}:
        if name.startswith(("DISCORD_", "DINOBARD_")):
            assert f"{name}=" in text
