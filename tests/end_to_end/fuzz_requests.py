"""What members may want, made up: text of every kind, options of every kind, files, buttons."""

from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

from bot.features import BUTTON_ACTIONS
from tests.loopback.records import JSON, Upload

# Each kind of option that Discord has, and one that it has not.
_OPTION_KINDS = range(1, 13)
_MAX_CUSTOM_ID = 100
# So many answers are kept in a run that these numbers are mostly those of some.
_ANSWERS = 300

COMMANDS = (
    "about", "dino", "help", "how", "models", "ping", "privacy", "privacy forget", "retrain dino",
    "retrain", "settings", "settings set",
)  # fmt: skip
PATHS = (
    "settings show", "settings reset", "privacy show", "models list", "models log", "models use",
    "models delete", "models rollback", "retrain poem", "retrain forget", "dino dino",
    "models models use", "nothing", "nothing at all",
)  # fmt: skip
OPTIONS = (
    "beginning", "corpus", "first_line", "fresh", "length", "member", "minutes", "name", "network",
    "number", "passes", "seed", "temperature", "topic", "value", "version", "options",
)  # fmt: skip
VERBS = (*BUTTON_ACTIONS, "", "x")
ME = "{me}"
"""The number of whoever writes or presses."""
BOT, CHANNEL, ROLE = "{bot}", "{channel}", "{role}"
"""The number of the bot, of a channel and of a role on the server that somebody manages."""
OWNERS = ("", ME, "1", "9" * 400)
PROPER = (
    ("dino", "beginning", 3), ("dino", "number", 4), ("dino", "temperature", 10),
    ("dino", "seed", 4), ("poem", "length", 4), ("help", "topic", 3),
    ("settings set", "value", 3), ("models use", "version", 3), ("models delete", "version", 3),
    ("models rollback", "network", 3),
)  # fmt: skip
# What a command may carry beside its options.
EXTRAS: tuple[JSON, ...] = (
    {"type": 2, "target_id": "1"}, {"type": 3, "target_id": "1"}, {"type": 9},
    {"id": "no number"}, {"guild_id": "1"}, {"options": None}, {"options": [{}]},
    {"options": [{"name": "number"}]}, {"options": [{"name": "set", "type": 1}]},
    {"options": [{"name": "use", "type": 2, "options": [{"name": "x", "type": 1}]}]},
    {"resolved": {"users": {"1": {}}}}, {"resolved": {"attachments": {"1": {}}}},
    {"resolved": {"members": {"1": {}}, "roles": {"2": {}}, "channels": {"3": {}}}},
)  # fmt: skip
ROLES = (
    f"<@{BOT}> settings set trainer-role <@&{ROLE}>", f"<@{BOT}> settings set channels all",
)  # fmt: skip
MANAGED = (
    "settings", "settings reset", "models", "models log", "models use", "models delete",
    "models rollback", "models rollback dino", "retrain forget",
)  # fmt: skip
SETTINGS = (
    "prefix", "channels", "trainer-role", "user-cooldown", "channel-cooldown", "temperature",
    "language", "adult-words",
)  # fmt: skip
SENSIBLE = (
    "?", "0", "2s", "0.7", "1,2", "on", "off", "zh-CN", "en", "auto", "all", "none",
    f"<#{CHANNEL}>", f"<@&{ROLE}>", CHANNEL, ROLE,
)  # fmt: skip
"""Values that settings take."""
NAMES = (
    "Mary", "\u202egnal\u202d", "@everyone", "<@1>", "*Rex*", "||Rex||", "# Rex", "\u200b", "]Rex[",
    "R\u0335\u0321\u0360ex", "https://x.example", "恐龙", "\U0010ffff", "\x1b[31m", "- Rex",
    "1. Rex", "👩‍👩‍👧‍👦", "`Rex`", "Rex\\", "a" * 32,
)  # fmt: skip
"""What members, roles and channels are called; Discord lets nearly all of it pass."""
NASTY = (
    "@everyone", "@here", "<@1>", "<@!2>", "<@&3>", "<#4>", "<:a:5>", "<t:0>", "</dino:6>",
    f"<@{ME}>", f"<@!{ME}>", "<id:guide>",
    "**", "__", "~~", "||", "```", "`", "> ", ">>> ", "# ", "-# ", "- ", "1. ", "\\", "\\\\",
    "[a](https://x.example)", "https://x.example", "<https://x.example>", "discord.gg/x",
    '"', "'", "\u201c", "\u201d", "\u300c", "\u300d", '"\'"', '\\"', "--", "=", ":", "|",
    "\u201c\u2018\u201d\u2019", "\u00ab\u2039\u203a\u00bb", '"' * 50,
    "\u202e", "\u202d", "\u200f", "\u2066", "\u2069", "\u200b", "\ufeff", "\u2028", "\x00", "\x1b",
    "\u061c", "\u200e", "\u200d", "\u200c", "\u00ad", "\u2060", "\ufffe", "\ud800", "\udfff\ud800",
    "a" + "\u0301\u0316" * 900, "\u0f73" * 1_500, "fu\u034fck", "\u3164" * 3, "a\ufe0fb", "\u180b",
    "\U000e0100" * 9, "\uffa0", "\u115f", "f.u.c.k", "f\u057dck",
    "www.evil.example", "evil.example/path",
    "a" + "\u0335\u0321\u0360" * 40, "\u0e33" * 30, "\ufdfd", "\U000e0041", "\U0010ffff",
    "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ﷺ", "ẞ", "İ", "ﬃ", "\uff19", "٣", "恐龙", "がん",
    "\U0001d517\U0001d52f\U0001d526", "🅃🅁🄸", "𒐫", "𠜎", "\U000f0000", "\U0001d173", "שלום", "مرحبا",
    "0", "-1", "5", "20", "21", "1e309", "NaN", "0x10", "9" * 400, "-" + "9" * 400, "1.5", "½",
    "٣٤", "1_0", "+5", "5.", "1e2", "∞", "²", "Ⅷ", "二", "9" * 1_900,
    "tri", "Shall I compare thee", "x" * 1_500, "\n", "\r\n", "\t", "{}", "%s", "$(id)", "{ $x }",
    "'; DROP TABLE server_settings; --", "None", "../../etc/passwd", "dino", "poem", "fresh",
    "passes=1e309", "minutes=nan", "temperature=-inf", "passes=" + "9" * 400,
)  # fmt: skip
FILE_NAMES = (
    "names.txt", "NAMES.TXT", "names.keras", "names", ".txt", "a.b.txt", "恐龙.txt", "🦖.txt",
    "\u202etxt.exe", "a b.txt", "*_~|`.txt", "@everyone.txt", "a" * 200 + ".txt", "..txt",
    "%2e.txt",
)  # fmt: skip
CONTENTS = (
    b"", b"\x00", b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf", "恐龙\n".encode() * 10, b"Tri\n" * 3,
    b"\n" * 1_000, b"\x1b[31m", "\u202eRex\n".encode(), b"a" * 5_000, b"\x93NUMPY", b"PK\x03\x04",
    b"x" * (1024**2 + 1),
)  # fmt: skip
"""Nothing that can be learned, lest trainings begin."""

Then = Literal["", "edited", "deleted"]
RepliesTo = Literal["", "answer", "deleted", "nothing of ours"]


@dataclass(frozen=True, slots=True)
class Words:
    """A message: a command with something after it, or anything at all.

    Attributes:
        content: what it says.
        command: the one that it calls, if it does.
        files: what is attached.
        replies_to: what it refers to.
        then: what becomes of it at once.
        is_direct: whether it is written to the bot alone.
    """

    content: str
    command: str = ""
    files: tuple[Upload, ...] = ()
    replies_to: RepliesTo = ""
    then: Then = ""
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A message of somebody who manages a server of their own, and may have changed its prefix."""

    content: str
    files: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A slash command or what is proposed while it is filled in, with options of any kind."""

    path: str
    options: list[tuple[str, int, Any]]
    is_typing: bool
    extra: JSON | None = None
    by_manager: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A button or a menu, with any custom id."""

    custom_id: str
    kind: int


@dataclass(frozen=True, slots=True)
class Filling:
    """A form that is sent off, which the bot never opened."""

    custom_id: str
    text: str


Request = Words | Setting | Call | Press | Filling


def _joined(parts: list[str], between: str) -> str:
    # A member's number takes more room than what stands for it.
    return between.join(parts)[:1_700]


def _command(name: str, gap: str, rest: str) -> Words:
    return Words(f"!{name}{gap}{rest}"[:1_900], name)


def _happening(
    name: str, rest: str, files: list[Upload], replies_to: RepliesTo, then: Then, is_direct: bool
) -> Words:
    content = f"!{name} {rest}"[:1_900]
    return Words(content, name.split()[0], tuple(files), replies_to, then, is_direct)


def _unknown_command(rest: str) -> Words:
    return Words(f"!{rest}")


def _setting(name: str, rest: str) -> Setting:
    return Setting(f"<@{BOT}> settings set {name} {rest}")


def _order(words: str, files: list[Upload]) -> Setting:
    return Setting(f"<@{BOT}> retrain {words}"[:1_900], tuple(files))


def _managing(words: str, rest: str) -> Setting:
    return Setting(f"<@{BOT}> {words} {rest}"[:1_900])


def _press(verb: str, owner: str, rest: str) -> Press:
    return Press(f"{verb}:{owner}:{rest}"[:_MAX_CUSTOM_ID], kind=2)


def _mutated(press: Press, at: int, cut: int, put: str, kind: int) -> Press:
    custom_id = press.custom_id[:at] + put + press.custom_id[at + cut :]
    return Press(custom_id[:_MAX_CUSTOM_ID] or "x", kind)


def _call(
    proper: tuple[str, str, int], text: str, number: float, is_typing: bool, by_manager: bool
) -> Call:
    path, option, kind = proper
    value = {3: text, 4: int(number), 10: number}[kind]
    return Call(path, [(option, kind, value)], is_typing, by_manager=by_manager)


def _odd_call(proper: tuple[str, str, int], value: object, is_typing: bool) -> Call:
    path, option, kind = proper
    return Call(path, [(option, kind, value)], is_typing)


def _managed(name: str, value: str, is_typing: bool) -> Call:
    options = [("name", 3, name), ("value", 3, value)]
    return Call("settings set", options, is_typing, by_manager=True)


def requests() -> st.SearchStrategy[Request]:
    """Return requests of all kinds; every second one begins with a command."""
    pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
    between = st.sampled_from(["", " ", "\n"])
    texts = st.builds(_joined, st.lists(pieces, max_size=6), between)
    # One command in forty is for a poem, which costs a hundred times as much as a name.
    commands = st.sampled_from([*COMMANDS * 3, "dino", "dino", "dino", "poem"])
    return st.one_of(
        st.builds(_command, commands, st.sampled_from([" ", "\n"]), texts),
        st.builds(_command, commands, st.just(" "), pieces),
        st.builds(Words, texts.filter(_is_visible)),
        st.builds(_unknown_command, texts),
        _happenings(texts),
        st.builds(_setting, st.sampled_from(SETTINGS), texts | st.sampled_from(SENSIBLE)),
        st.builds(Setting, st.sampled_from(ROLES)),
        st.builds(_managing, st.sampled_from(MANAGED), texts),
        st.builds(_order, texts, st.lists(_files(), min_size=1, max_size=2)),
        _calls(commands, texts),
        _presses(texts),
        st.builds(Filling, st.text(min_size=1, max_size=_MAX_CUSTOM_ID), texts),
    )


def _files() -> st.SearchStrategy[Upload]:
    contents = st.one_of(st.sampled_from(CONTENTS), st.binary(max_size=200))
    kinds = st.sampled_from(["text/plain", "text/plain; charset=utf-16", "image/png"])
    return st.builds(Upload, st.sampled_from(FILE_NAMES), contents, kinds)


def _happenings(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Request]:
    names = st.sampled_from(["dino", "dino", "help", "how", "retrain dino", "models log", "ping"])
    return st.builds(
        _happening,
        names,
        texts,
        st.lists(_files(), max_size=2),
        st.sampled_from(["", "answer", "deleted", "nothing of ours"]),
        st.sampled_from(["", "edited", "deleted"]),
        st.booleans(),
    )


def _calls(
    commands: st.SearchStrategy[str], texts: st.SearchStrategy[str]
) -> st.SearchStrategy[Request]:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    values: st.SearchStrategy[Any] = st.one_of(
        texts, st.integers(), numbers, st.booleans(), st.none(), st.lists(st.none(), max_size=1)
    )
    names = st.one_of(st.sampled_from(OPTIONS), st.text(min_size=1, max_size=8))
    kinds = st.sampled_from(_OPTION_KINDS)
    options = st.lists(st.tuples(names, kinds, values), max_size=4)
    paths = st.one_of(commands, st.sampled_from(PATHS))
    proper = st.sampled_from(PROPER)
    return st.one_of(
        st.builds(Call, paths, options, st.booleans(), st.none() | st.sampled_from(EXTRAS)),
        st.builds(_call, proper, texts, numbers, st.booleans(), st.booleans()),
        # Of the right name and kind, and yet of any value.
        st.builds(_odd_call, proper, values, st.booleans()),
        st.builds(
            _managed, st.sampled_from(SETTINGS), texts | st.sampled_from(SENSIBLE), st.booleans()
        ),
    )


def _presses(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Request]:
    rests = texts | st.integers(0, _ANSWERS).map(str)
    proper = st.builds(_press, st.sampled_from(VERBS), st.sampled_from(OWNERS), rests)
    kinds = st.integers(2, 8)
    places = st.integers(0, _MAX_CUSTOM_ID)
    return st.one_of(
        proper,
        st.builds(_mutated, proper, places, st.integers(0, 3), st.text(max_size=3), kinds),
        st.builds(Press, st.text(min_size=1, max_size=_MAX_CUSTOM_ID), kinds),
    )


def _is_visible(text: str) -> bool:
    return bool(text.strip())
