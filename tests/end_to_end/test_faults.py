"""What goes wrong at Discord: whatever is asked meanwhile is answered once, and the bot lives on.

The table of docs/operations.md is made of the faults below; a test holds the two together.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

import data
from bot.client.bot import Dinobard
from bot.cogs import COGS
from bot.services import open_services
from engine import LocalBackend, ModelRegistry
from tests.end_to_end.program import Program, started
from tests.end_to_end.talk import names_in
from tests.loopback import LoopbackDiscord
from tests.loopback.clients import running
from tests.loopback.records import Message

OPERATIONS = Path(__file__).parents[2] / "docs/operations.md"
MESSAGES = "/channels/*/messages"
CALLBACKS = "/interactions/*/*/callback"
AT_ONCE = 3

Inflict = Callable[[LoopbackDiscord], Awaitable[None]]


@pytest.fixture(autouse=True)
def _unlimited(discord_server: LoopbackDiscord) -> None:
    """Let more messages through than Discord does: the faults are the point."""
    discord_server.faults.lift_limits()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        name: what it is.
        outcome: what the bot does about it.
        inflict: makes it go wrong.
        resumes: of each session that the bot begins after the first, whether it resumes.
        replays: whether Discord sends later what happened while the bot was away.
    """

    name: str
    outcome: str
    inflict: Inflict
    resumes: tuple[bool, ...] = ()
    replays: bool = True


async def cut(server: LoopbackDiscord) -> None:
    server.faults.drop_connections()


async def cut_and_forget(server: LoopbackDiscord) -> None:
    server.faults.forget_sessions()
    server.faults.drop_connections()


async def ask_to_reconnect(server: LoopbackDiscord) -> None:
    await server.faults.ask_reconnect()


def invalidate(*, resumable: bool) -> Inflict:
    async def inflict(server: LoopbackDiscord) -> None:
        await server.faults.invalidate_session(resumable=resumable)

    return inflict


def close(code: int) -> Inflict:
    async def inflict(server: LoopbackDiscord) -> None:
        await server.faults.close_connections(code)

    return inflict


async def acknowledge_nothing(server: LoopbackDiscord) -> None:
    server.faults.mute_heartbeats()


async def send_unknown(server: LoopbackDiscord) -> None:
    await server.send_event("METEORITE", {"size": 10})
    await server.faults.send_raw('{"op": 99, "d": null, "s": null, "t": null}')


async def send_malformed(server: LoopbackDiscord) -> None:
    for event in ("MESSAGE_CREATE", "INTERACTION_CREATE", "GUILD_CREATE", "GUILD_DELETE"):
        for payload in ({}, None, "bones", [1], {"id": "bones", "content": 5, "data": 7}):
            await server.send_event(event, payload)


IN_CONNECTION = (
    Fault("The connection is cut", "resumes; what was missed is replayed", cut, (True,)),
    Fault(
        "The connection is cut and the session is lost",
        "starts a new session; events in between are lost",
        cut_and_forget,
        (False,),
        replays=False,
    ),
    Fault("Discord asks to connect again", "resumes", ask_to_reconnect, (True,)),
    Fault(
        "The session is invalid and can be resumed", "resumes", invalidate(resumable=True), (True,)
    ),
    Fault(
        "The session is invalid for good",
        "starts a new session",
        invalidate(resumable=False),
        (False,),
        replays=False,
    ),
    Fault("Discord closes the connection with an error", "resumes", close(4000), (True,)),
    Fault(
        "Discord closes the connection for good",
        "starts a new session after a moment",
        close(1000),
        (False,),
        replays=False,
    ),
    Fault("Unknown events and opcodes", "are ignored", send_unknown),
    Fault("Malformed events", "are skipped, counted and logged", send_malformed),
)
SILENCE = Fault(
    "Heartbeats are not acknowledged for a minute",
    "closes the connection and resumes",
    acknowledge_nothing,
    (True,),
)


def limit(*, is_global: bool) -> Inflict:
    async def inflict(server: LoopbackDiscord) -> None:
        for path in (MESSAGES, CALLBACKS):
            server.faults.rate_limit("POST", path, is_global=is_global, times=2)

    return inflict


def fail(status: int, path: str = MESSAGES, *, is_applied: bool = False) -> Inflict:
    async def inflict(server: LoopbackDiscord) -> None:
        server.faults.fail(status, "POST", path, is_applied=is_applied)

    return inflict


def cut_line(*, is_applied: bool) -> Inflict:
    async def inflict(server: LoopbackDiscord) -> None:
        server.faults.reset_connections("POST", MESSAGES, is_applied=is_applied)

    return inflict


async def be_slow(server: LoopbackDiscord) -> None:
    server.faults.delay(0.3, "POST", MESSAGES, times=AT_ONCE)
    server.faults.delay(0.3, "POST", CALLBACKS)


AGAIN = "sends again"
ONCE = "sends again; Discord knows the message by its nonce"
IN_SENDING = (
    Fault("429 on a route", "waits as long as Discord says, and retries", limit(is_global=False)),
    Fault("429 for the whole bot", "the same, for everything it sends", limit(is_global=True)),
    Fault("500 on an answer", AGAIN, fail(500)),
    Fault("502 on an answer", AGAIN, fail(502)),
    Fault("503 on an answer", AGAIN, fail(503)),
    Fault("500, yet the answer was posted", ONCE, fail(500, is_applied=True)),
    Fault("503, yet the answer was posted", ONCE, fail(503, is_applied=True)),
    Fault("The HTTP connection is cut while an answer is sent", AGAIN, cut_line(is_applied=False)),
    Fault("The HTTP connection is cut when the answer was posted", ONCE, cut_line(is_applied=True)),
    Fault("502 on the answer to a slash command", AGAIN, fail(502, CALLBACKS)),
    Fault("Discord answers slowly", "waits", be_slow),
)

INTERACTIONS = "tests/end_to_end/test_interaction_faults.py"
IN_INTERACTIONS = {
    "An error or a cut connection, yet the answer to a slash command or a button arrived": (
        "sends again; Discord takes no second first response",
        f"{INTERACTIONS}::test_a_first_response_that_arrived_after_all_appears_once",
    ),
    "The same with a deferred answer": (
        "replaces *is thinking...* again, which changes nothing",
        f"{INTERACTIONS}::test_a_deferred_answer_that_arrived_after_all_appears_once",
    ),
    "The same with a message that a button changes": (
        "changes it again, which changes nothing",
        f"{INTERACTIONS}::test_a_button_that_changed_its_message_after_all_adds_no_message",
    ),
    "The same with a message that a button deletes": (
        "deletes it again; that it is gone already is no error",
        f"{INTERACTIONS}::test_an_answer_that_was_deleted_after_all_is_not_missed",
    ),
    "The same with a second message for one slash command or button": (
        "does not send again what may have arrived, and logs it",
        f"{INTERACTIONS}::test_a_follow_up_that_may_have_arrived_is_not_sent_again",
    ),
}
"""What goes wrong with answers to slash commands and buttons, and the test that shows it."""

WITHOUT_ANSWER = {
    "The channel of the answer is deleted": "drops that answer and logs it",
    "The bot may not write in the channel": "drops that answer and logs it",
    "The message with the request is deleted": "answers in the channel, without a reference",
    "Data that is not an event": "finishes running requests and reconnects",
    "Discord cannot be reached at the start": "retries for some seconds, then exits with 1",
}
"""Faults with tests of their own below, and what the bot does about them."""

PERMISSIONS = "tests/end_to_end/test_channel_permissions.py"
WITHOUT_PERMISSION = {
    "*Read Message History* is missing in the channel": (
        "answers without a reference",
        f"{PERMISSIONS}::test_without_the_history_answers_refer_to_nothing",
    ),
    "*Embed Links* is missing": (
        "answers in plain text",
        f"{PERMISSIONS}::test_without_embed_links_answers_are_plain_text_with_the_same_words",
    ),
    "*Attach Files* is missing": (
        "shortens a long answer; says privately that a picture cannot be sent",
        f"{PERMISSIONS}::test_without_files_a_long_answer_is_shortened",
    ),
    "*Send Messages* is missing": (
        "tells the member by direct message, once an hour; otherwise sends nothing",
        f"{PERMISSIONS}::test_a_member_is_told_privately_once_in_a_while_what_is_missing",
    ),
    "The bot is timed out, or its thread is locked": (
        "the same",
        f"{PERMISSIONS}::test_what_keeps_the_bot_from_a_thread_is_named",
    ),
    "A training is ordered where the bot may not write": (
        "refuses it privately",
        f"{PERMISSIONS}::test_a_training_is_not_accepted_where_nobody_could_see_it",
    ),
    "AutoMod blocks an answer": (
        "drops that answer and tells the member by direct message, once an hour",
        f"{PERMISSIONS}::test_an_answer_that_automod_blocks_is_told_of_privately",
    ),
    "Discord refuses a thousand requests in ten minutes": (
        "leaves out optional ones: typing, notices, progress of trainings; and answers where the "
        "last one was refused",
        f"{PERMISSIONS}::test_after_too_many_refused_requests_optional_ones_are_left_out",
    ),
    "A guild authorises the application without its bot": (
        "answers help, about, ping and privacy; stores and trains nothing, and says so privately",
        "tests/end_to_end/test_foreign_guilds.py::test_nothing_is_stored_or_trained_there",
    ),
    "A channel or thread is deleted": (
        "deletes the answers that were given there",
        "tests/end_to_end/test_deleted_channels.py"
        "::test_answers_go_with_their_channel_and_its_threads",
    ),
    "A guild removes the bot and invites it again within a day": (
        "keeps all data of that guild",
        "tests/end_to_end/test_guild_cleanup.py"
        "::test_a_server_that_invites_the_bot_again_within_a_day_finds_all_as_it_was",
    ),
    "The slash commands cannot be registered, for a rate limit or an outage": (
        "answers, and tries again, at least once an hour",
        "tests/end_to_end/test_sync.py::test_a_rate_limited_registration_keeps_nobody_waiting",
    ),
    "Discord refuses a slash command for its form": (
        "answers, logs command and field, and tries again at the next start",
        "tests/end_to_end/test_sync.py"
        "::test_the_field_that_discord_refuses_is_named_and_not_sent_again",
    ),
}
"""What the bot may not do, and the test that shows what it does instead."""

OUTAGES = "tests/end_to_end/test_outages.py"
POEM = "tests/end_to_end/test_poem.py"
ALONGSIDE = {
    "Discord takes no answer for some time": (
        "retries for 23 seconds in all, then drops that answer and logs it",
        f"{OUTAGES}::test_an_outage_of_seconds_loses_no_answer",
    ),
    "An error or a cut connection where the bot shows that it is typing": (
        "answers without delay",
        f"{POEM}::test_an_answer_comes_where_typing_cannot_be_shown",
    ),
}
"""What goes wrong for longer or beside an answer, and the test that shows it."""

ENGINE = "tests/unit/engine/serving/test_local_backend.py"
POEM_ENGINE = "tests/unit/engine/serving/test_local_backend_poems.py"
NAMES_SCHEDULER = "tests/unit/engine/serving/test_names_scheduler.py"
WORKER_POOL = "tests/unit/engine/serving/test_worker_pool.py"
POEM_SCHEDULER = "tests/unit/engine/serving/test_poem_scheduler.py"
DATABASE = "tests/unit/bot/storage/test_database.py"
STATE = "tests/end_to_end/test_state_faults.py"
RETRAIN = "tests/end_to_end/test_retrain_faults.py"
QUEUE = "tests/unit/engine/jobs/test_queue.py"
RECIPES = "tests/unit/engine/training/test_recipes.py"
KILLS = "tests/end_to_end/test_kills.py"
OVERLOAD = "tests/end_to_end/test_overload.py"
BACKUP = "tests/unit/bot/storage/test_backup.py"
ATTACHMENTS = "tests/unit/bot/client/test_attachments.py"
ACTIVATIONS = "tests/unit/engine/serving/test_activations.py"
CHAT = "tests/end_to_end/test_chat.py"
COMMANDS = "tests/end_to_end/test_command_line.py"
CONFIG = "tests/unit/bot/test_config.py"
HOME = "tests/unit/bot/storage/test_home.py"
TENSORFLOW = "tests/unit/engine/networks/test_tensorflow.py"
RUN = "tests/end_to_end/test_run.py"
WITHIN = {
    "A worker thread is stuck": (
        "says so when the time is over, and replaces the thread",
        f"{ENGINE}::test_a_request_that_takes_too_long_is_told_and_its_thread_replaced",
    ),
    "A thread crashes": (
        "says so, and replaces the thread",
        f"{WORKER_POOL}::test_a_worker_that_crashes_is_replaced_and_its_request_ends_with_the_error",
    ),
    "Out of memory in decoding": (
        "writes fewer poems at a time",
        f"{POEM_SCHEDULER}::test_out_of_memory_makes_batches_smaller_and_loses_no_poem",
    ),
    "Out of memory in generating names": (
        "refuses these requests, and serves the next",
        f"{NAMES_SCHEDULER}::test_out_of_memory_the_asker_is_told_to_come_again_and_the_next_one_is_served",
    ),
    "A batch fails": (
        "says so, and writes the next",
        f"{POEM_SCHEDULER}::test_a_failing_batch_ends_its_poems_and_the_next_ones_are_written",
    ),
    "The queue is full": (
        "says so at once",
        f"{ENGINE}::test_a_full_queue_is_refused_and_accepted_requests_are_answered",
    ),
    "The model for names is altered or missing": (
        "serves the one before it",
        f"{ENGINE}::test_a_damaged_model_is_told_and_the_next_one_serves",
    ),
    "The model for poems is altered or missing": (
        "serves the one before it; without one, says so and serves names",
        f"{POEM_ENGINE}::test_a_damaged_poem_network_is_told_and_names_are_served",
    ),
    "There is no model for names at all": (
        "does not start",
        f"{ENGINE}::test_an_engine_without_a_model_does_not_open",
    ),
    "The database is locked": (
        "waits five seconds; answers, without buttons that need what was not kept",
        f"{STATE}::test_names_are_given_while_another_process_has_locked_the_database",
    ),
    "Settings are changed while the database is locked": (
        "waits five seconds, then says so; nothing is lost",
        f"{DATABASE}::test_a_locked_database_is_an_error_that_loses_nothing",
    ),
    "The database is locked when a training ends": (
        "tries again, at least once a minute, and tells the result when that is kept",
        f"{RETRAIN}::test_the_result_of_a_training_is_told_when_the_database_is_free_again",
    ),
    "The text cannot be spelled by the version to fine-tune": (
        "learns it from scratch, and says so and why",
        f"{RECIPES}::test_a_training_says_why_it_learns_afresh_and_the_card_what_it_learned",
    ),
    "A checkpoint is damaged or missing when a training is resumed": (
        "begins it again, and says so",
        f"{QUEUE}::test_a_cut_checkpoint_costs_what_it_held_and_no_more",
    ),
    "The job of a training cannot be read, or was written by a newer program": (
        "moves it to `trainings/set-aside`, tells the guild once, and goes on with the others",
        f"{RETRAIN}::test_a_training_whose_files_cannot_be_read_is_told_of_once",
    ),
    "An unforeseen error at the end of a training": (
        "logs it, and goes on with the next training",
        f"{QUEUE}::test_an_error_at_the_end_of_a_training_ends_no_other",
    ),
    "Discord is away when a training ends": (
        "keeps the result and tries again, at least once a minute, also after a restart",
        f"{RETRAIN}::test_the_result_of_a_training_is_told_when_discord_is_back",
    ),
    "Discord refuses the result of a training": (
        "gives up telling it and logs that; the version stays and can be used",
        f"{RETRAIN}::test_a_result_that_discord_refuses_is_given_up",
    ),
    "The disk of the database is full": (
        "answers, without buttons that need what was not kept",
        f"{STATE}::test_names_are_given_on_a_full_disk_and_kept_again_when_there_is_room",
    ),
    "The clock jumps by a year": (
        "goes on: waits are measured by a clock that cannot jump",
        f"{STATE}::test_a_clock_that_jumps_in_mid_request_loses_nothing",
    ),
    "The database is damaged": (
        "does not start, and leaves it as it is",
        f"{DATABASE}::test_what_is_no_database_is_refused_and_kept",
    ),
    "Two processes start with a new database": (
        "both start",
        f"{DATABASE}::test_several_that_open_a_new_file_at_once_do_not_get_into_each_others_way",
    ),
    "More messages than Discord lets the bot answer": (
        "answers as many as it may, tells a channel once, and passes over the others",
        f"{OVERLOAD}::test_what_is_beyond_the_budget_is_passed_over_and_told_once",
    ),
    "A crowd of pictures": (
        "refuses what waits too long, and serves names beside it",
        "tests/end_to_end/test_poem_buttons.py::test_a_crowd_of_pictures_is_refused_and_names_are_not_held_up",
    ),
    "A text that takes long to check": (
        "checks it in another process, and gives up after 20 seconds",
        "tests/unit/engine/jobs/test_upload_check.py::test_a_check_that_takes_too_long_is_ended",
    ),
    "Nobody reads the log": (
        "goes on, and drops lines beyond 10,000",
        "tests/unit/bot/observability/test_logs.py::test_a_log_that_nobody_reads_holds_up_nothing",
    ),
    "The disk fails while *forget* deletes": (
        "says so; what is gone is served no longer, and the rest goes at the next try",
        "tests/unit/bot/features/test_uploads.py::test_what_was_deleted_before_the_disk_failed_is_told",
    ),
    "A second process starts with the same home and shards": (
        "it says so and exits with 1; the first goes on",
        f"{RUN}::test_a_second_bot_on_the_same_home_says_so_and_ends",
    ),
    "There is neither a token nor a terminal": (
        "it says so and exits with 1",
        f"{CHAT}::test_run_without_a_token_and_a_terminal_is_one_clear_line",
    ),
    "A setting is blank in the environment or in `.env`": (
        "counts as unset",
        f"{CONFIG}::test_a_blank_value_in_the_environment_does_not_hide_the_file",
    ),
    "There is too little memory or disk at the start": (
        "says so in one line of the log, and starts",
        f"{RUN}::test_the_start_is_one_line_and_a_small_machine_another",
    ),
    "Others may read the state folder": (
        "takes that from them at its start",
        f"{HOME}::test_what_an_earlier_program_left_to_others_is_tightened",
    ),
    "Standard input is closed or cannot be read": (
        "`chat` says so and exits with 1",
        f"{CHAT}::test_a_broken_standard_input_is_one_line",
    ),
    "A terminal knows ASCII alone": (
        "shows another sign for each other letter",
        f"{CHAT}::test_a_terminal_that_knows_ascii_alone_shows_other_signs",
    ),
    "An attached text is at another host than Discord's, or redirects": (
        "does not fetch it, and says so",
        f"{ATTACHMENTS}::test_a_file_at_another_host_is_not_asked_for",
    ),
    "A command that only Discord has is typed in a terminal": (
        "says that it does not know it; `!help` there leaves it out",
        f"{CHAT}::test_what_a_terminal_does_not_do_is_not_in_its_help",
    ),
    "TensorFlow has something to say": (
        "keeps it out of log and terminal",
        f"{TENSORFLOW}::test_no_setting_brings_the_chatter_back",
    ),
    "Another process activates a model": (
        "serves it within seconds; one that is damaged, not",
        f"{ACTIVATIONS}::test_what_the_host_activates_is_served",
    ),
    "`train` finds an interrupted training, or with `--resume` none": (
        "says so and exits with 1; `--restart` drops it",
        f"{COMMANDS}::test_an_interrupted_training_of_names_keeps_the_best_so_far",
    ),
    "Models are made or deleted while a backup is taken": (
        "saves each as a whole or not at all",
        f"{BACKUP}::test_versions_that_are_deleted_meanwhile_are_left_out",
    ),
    "A model is damaged when a backup is taken": (
        "names it, and saves the others",
        f"{BACKUP}::test_a_damaged_version_is_named_and_left_out",
    ),
    "A backup is damaged, cut off, or made by an attacker": (
        "restores nothing of it, and exits with 1",
        f"{BACKUP}::test_what_is_no_whole_backup_is_refused_and_changes_nothing",
    ),
    "A backup is restored while a bot runs": (
        "says so, exits with 1, and changes nothing",
        f"{BACKUP}::test_nothing_is_restored_under_a_process",
    ),
    "A restore is killed or fails": (
        "keeps what was there, or has all of the backup",
        f"{BACKUP}::test_a_restore_that_is_killed_leaves_the_old_or_the_new",
    ),
    "A write-ahead log is left beside a restored database": (
        "deletes it before it could be applied",
        f"{BACKUP}::test_a_stale_log_never_wins_over_a_restored_database",
    ),
    "The process is killed": (
        "has kept what it had confirmed, every finished model, and every training",
        f"{KILLS}::test_kills_lose_no_setting_and_no_choice_of_a_model_and_no_training",
    ),
}
"""What goes wrong within the process, what the bot does, and the test that shows it."""

ELSEWHERE = IN_INTERACTIONS | WITHOUT_PERMISSION | ALONGSIDE | WITHIN


@asynccontextmanager
async def connected(
    server: LoopbackDiscord, home: Path, heartbeat_timeout: float = 60.0
) -> AsyncGenerator[None]:
    engine = LocalBackend(ModelRegistry(home / "models", data.MODELS), preloads_poems=False)
    async with open_services(engine, home / "state.sqlite3") as services:
        client = Dinobard(services, server.api_url, cogs=COGS)
        # A minute is the client's own patience with a silent connection; no test waits for that.
        client._connection.heartbeat_timeout = heartbeat_timeout  # pyright: ignore[reportPrivateUsage]
        async with running(client, server):
            yield


@pytest_asyncio.fixture
async def bot(discord_server: LoopbackDiscord, home: Path) -> AsyncGenerator[None]:
    async with connected(discord_server, home):
        yield


async def answered(server: LoopbackDiscord, messages: list[Message]) -> None:
    """Wait until each message is answered, and make sure that it is not answered twice."""
    for message in messages:
        await server.reply(to=message, timeout_seconds=30)
    await server.settled()
    assert [len(message.answers) for message in messages] == [1] * len(messages)


async def say(server: LoopbackDiscord) -> list[Message]:
    """Let some members ask, each once: nobody may ask for much at a time."""
    members = [server.guild.add_member() for _ in range(AT_ONCE)]
    return [await server.say("!dino 3", author=member) for member in members]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", IN_CONNECTION, ids=lambda fault: fault.name)
async def test_a_broken_connection_loses_no_request(
    discord_server: LoopbackDiscord, fault: Fault
) -> None:
    await break_in_mid_request(discord_server, fault)


async def test_a_connection_without_heartbeats_loses_no_request(
    discord_server: LoopbackDiscord, home: Path
) -> None:
    discord_server.heartbeat_interval_ms = 100
    async with connected(discord_server, home, heartbeat_timeout=1.0):
        await break_in_mid_request(discord_server, SILENCE)


async def break_in_mid_request(server: LoopbackDiscord, fault: Fault) -> None:
    """Let the connection break while an answer is being sent; see all that was asked answered."""
    gate = server.faults.hold("POST", MESSAGES)
    asked = await say(server)
    await gate.reached()
    logins = len(server.logins)

    await fault.inflict(server)
    if fault.replays:
        asked += await say(server)
    if fault.resumes:
        await server.until(lambda: len(server.logins) > logins, "a new session", timeout_seconds=30)
        await server.connected()
    gate.release()
    asked += await say(server)
    interaction = await server.slash("dino")

    await answered(server, asked)
    assert names_in(await interaction.response())
    assert tuple(login.is_resume for login in server.logins[logins:]) == fault.resumes


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", IN_SENDING, ids=lambda fault: fault.name)
async def test_an_answer_that_cannot_be_sent_at_first_arrives_once(
    discord_server: LoopbackDiscord, fault: Fault
) -> None:
    await fault.inflict(discord_server)

    asked = await say(discord_server)
    interaction = await discord_server.slash("dino")

    assert names_in(await interaction.response())
    await answered(discord_server, asked)


@pytest.mark.usefixtures("bot")
async def test_an_answer_whose_channel_is_deleted_is_given_up(
    discord_server: LoopbackDiscord,
) -> None:
    channel = discord_server.guild.add_channel("quarry")
    await discord_server.announce(channel)
    gate = discord_server.faults.hold("POST", MESSAGES)
    lost = await discord_server.say("!dino", channel=channel)
    await gate.reached()

    await discord_server.delete_channel(channel)
    gate.release()

    await answered(discord_server, await say(discord_server))
    assert not lost.answers


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_may_not_be_written_is_given_up(
    discord_server: LoopbackDiscord,
) -> None:
    discord_server.faults.refuse(403, 50013, "Missing Permissions", "POST", MESSAGES)

    await discord_server.silence_after("!dino")

    await answered(discord_server, await say(discord_server))


@pytest.mark.usefixtures("bot")
async def test_a_question_that_is_deleted_is_answered_all_the_same(
    discord_server: LoopbackDiscord,
) -> None:
    gate = discord_server.faults.hold("POST", MESSAGES)
    asked = await discord_server.say("!dino")
    await gate.reached()

    await discord_server.delete(asked)
    gate.release()

    assert names_in(await discord_server.reply())
    await answered(discord_server, await say(discord_server))


async def test_a_connection_that_speaks_nonsense_is_begun_anew(
    program: Program, discord_server: LoopbackDiscord
) -> None:
    async with started(program, discord_server, DINOBARD_LOG_FORMAT="json") as process:
        await discord_server.connected(timeout_seconds=30)
        gate = discord_server.faults.hold("POST", MESSAGES)
        asked = await say(discord_server)
        await gate.reached()

        await discord_server.faults.send_raw("not json")
        gate.release()

        for message in asked:
            await discord_server.reply(to=message, timeout_seconds=30)
        await discord_server.until(
            lambda: len(discord_server.logins) == 2, "a new session", timeout_seconds=30
        )
        await discord_server.connected()
        later = await discord_server.say("!dino")
        await discord_server.reply(to=later)
        process.terminate()
        _, err = await process.communicate()
    assert [len(message.answers) for message in [*asked, later]] == [1] * (AT_ONCE + 1)
    assert process.returncode == 0
    assert "Reconnecting" in err.decode()


def table() -> str:
    """Return the faults as the table of docs/operations.md."""
    faults = {fault.name: fault.outcome for fault in (*IN_CONNECTION, SILENCE, *IN_SENDING)}
    faults |= {name: outcome for name, (outcome, _) in IN_INTERACTIONS.items()}
    faults |= {name: outcome for name, (outcome, _) in WITHOUT_PERMISSION.items()}
    faults |= {name: outcome for name, (outcome, _) in ALONGSIDE.items()}
    faults |= WITHOUT_ANSWER | {name: outcome for name, (outcome, _) in WITHIN.items()}
    rows = [f"| {name} | {outcome} |" for name, outcome in faults.items()]
    return "\n".join(["| what goes wrong | what the bot does |", "|---|---|", *rows])


@pytest.mark.parametrize("place", [place for _, place in ELSEWHERE.values()])
def test_what_goes_wrong_elsewhere_has_its_test(place: str) -> None:
    path, _, name = place.partition("::")

    assert f"def {name}(" in (OPERATIONS.parents[1] / path).read_text("utf-8")


def test_the_documented_table_of_faults_is_the_tested_one(
    record_property: Callable[[str, object], None],
) -> None:
    record_property("to print", table())

    assert table() in OPERATIONS.read_text("utf-8")
