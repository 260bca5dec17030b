"""Which files the running bot opens to write, and that it starts no process."""

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.program import Program, started
from tests.end_to_end.talk import awaited_poem
from tests.loopback import LoopbackDiscord

# Python tells of every file, process and connection before it opens it.
WATCHED = """
import os, sys
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)) and arguments[2] & WRITING:
        os.write(log, f"write {os.path.abspath(os.fsdecode(arguments[0]))}\\n".encode())
    elif event in ("sqlite3.connect", "os.mkdir", "os.rename", "os.remove"):
        os.write(log, f"write {os.path.abspath(os.fsdecode(arguments[0]))}\\n".encode())
    elif event in STARTING:
        os.write(log, f"start {arguments[0]!r}\\n".encode())
sys.addaudithook(watch)
sys.argv = ["dinobard", *sys.argv[2:]]
from bot.cli import main
main()
"""


async def test_the_running_bot_writes_to_its_own_folders_and_starts_nothing(
    program: Program, discord_server: LoopbackDiscord, tmp_path: Path
) -> None:
    log = tmp_path / "watched.log"
    tmp = str(tmp_path / "tmp")
    Path(tmp).mkdir()
    watched = Watched(program.home, log)
    async with started(watched, discord_server, TMPDIR=tmp, MPLCONFIGDIR=tmp) as process:
        await discord_server.connected(timeout_seconds=30)
        await discord_server.reply(to=await discord_server.say("!dino 5"))
        await awaited_poem(discord_server)
        process.terminate()
        await process.communicate()

    assert process.returncode == 0
    events = {tuple(line.split(" ", 1)) for line in log.read_text("utf-8").splitlines()}
    written = {Path(path) for kind, path in events if kind == "write"}
    own = (program.home, Path(tmp), Path("/dev/null"))
    assert program.home / "dinobard.sqlite3" in written
    assert [path for path in written if not any(path.is_relative_to(home) for home in own)] == []
    # Python's `platform`, asked by a library for the processor's name.
    assert {what for kind, what in events if kind == "start"} <= {"'uname'"}


@dataclass(frozen=True, slots=True)
class Watched(Program):
    """The program, which writes to a log what it opens.

    Attributes:
        log: the file.
    """

    log: Path

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", WATCHED, str(self.log), *words]
