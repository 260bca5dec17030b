"""What members may want, made up: text of every kind, options of every kind, buttons."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from bot.actions import PRESSES

_OPTION_KINDS = 11

COMMANDS = (
    "about", "dino", "help", "how", "models", "ping", "privacy", "privacy forget", "retrain dino",
    "retrain", "settings", "settings set",
)  # fmt: skip
OPTIONS = (
    "beginning", "corpus", "first_line", "length", "minutes", "name", "number", "seed",
    "temperature", "topic", "value", "wish",
)  # fmt: skip
VERBS = (*PRESSES, "", "x")
ME = "{me}"
"""In a custom id, whoever presses the button."""
OWNERS = ("", ME, "1", "9" * 400)
PROPER = (
    ("dino", "beginning", 3), ("dino", "number", 4), ("dino", "temperature", 10),
    ("dino", "seed", 4), ("poem", "length", 4), ("help", "topic", 3),
    ("settings set", "value", 3), ("models use", "version", 3),
)  # fmt: skip
SETTINGS = (
    "prefix", "channels", "trainer-role", "user-cooldown", "channel-cooldown", "temperature",
    "language", "adult-words",
)  # fmt: skip
NASTY = (
    "@everyone", "@here", "<@1>", "<@!2>", "<@&3>", "<#4>", "<:a:5>", "<t:0>", "</dino:6>",
    "**", "__", "~~", "||", "```", "`", "> ", ">>> ", "# ", "-# ", "- ", "1. ", "\\", "\\\\",
    "[a](https://x.example)", "https://x.example", "discord.gg/x",
    '"', "'", "\u201c", "\u201d", "\u300c", "\u300d", '"\'"', '\\"', "--", "=", ":", "|",
    "\u202e", "\u202d", "\u200f", "\u2066", "\u2069", "\u200b", "\ufeff", "\u2028", "\x00", "\x1b",
    "a" + "\u0335\u0321\u0360" * 40, "\u0e33" * 30, "\ufdfd", "\U000e0041", "\U0010ffff",
    "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ﷺ", "ẞ", "İ", "ﬃ", "\uff19", "٣", "恐龙", "がん",
    "0", "-1", "5", "20", "21", "1e309", "NaN", "0x10", "9" * 400, "-" + "9" * 400, "1.5", "½",
    "tri", "Shall I compare thee", "x" * 1_500, "\n", "\r\n", "\t", "{}", "%s", "$(id)",
    "'; DROP TABLE server_settings; --", "None", "../../etc/passwd",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A message: a command with something after it, or anything at all."""

    content: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A message of somebody who manages a server of their own."""

    content: str


@dataclass(frozen=True, slots=True)
class Call:
    """A slash command or what is proposed while it is filled in, with options of any kind."""

    path: str
    options: list[tuple[str, int, Any]]
    is_typing: bool


@dataclass(frozen=True, slots=True)
class Press:
    """A button or a menu, with any custom id."""

    custom_id: str
    kind: int


Wish = Words | Setting | Call | Press


def _joined(parts: list[str], between: str) -> str:
    return between.join(parts)[:1_900]


def _command(name: str, gap: str, rest: str) -> Words:
    return Words(f"!{name}{gap}{rest}", name)


def _unknown_command(rest: str) -> Words:
    return Words(f"!{rest}")


def _setting(name: str, rest: str) -> Setting:
    return Setting(f"!settings set {name} {rest}")


def _press(verb: str, owner: str, rest: str) -> Press:
    return Press(f"{verb}:{owner}:{rest}"[:100], kind=2)


def _call(proper: tuple[str, str, int], text: str, number: float, is_typing: bool) -> Call:
    path, option, kind = proper
    value = {3: text, 4: int(number), 10: number}[kind]
    return Call(path, [(option, kind, value)], is_typing)


def wishes() -> st.SearchStrategy[Wish]:
    """Return wishes of all kinds; every second one is a proper command with something after it."""
    pieces = st.one_of(st.sampled_from(NASTY), st.text(max_size=12))
    between = st.sampled_from(["", " ", "\n"])
    texts = st.builds(_joined, st.lists(pieces, max_size=6), between)
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    values: st.SearchStrategy[Any] = st.one_of(
        texts, st.integers(), numbers, st.booleans(), st.none()
    )
    # One command in forty is for a poem, which costs a hundred times as much as a name.
    commands = st.sampled_from([*COMMANDS * 3, "dino", "dino", "dino", "poem"])
    names = st.one_of(st.sampled_from(OPTIONS), st.text(min_size=1, max_size=8))
    options = st.lists(st.tuples(names, st.integers(3, _OPTION_KINDS), values), max_size=4)
    return st.one_of(
        st.builds(_command, commands, st.sampled_from([" ", "\n"]), texts),
        st.builds(_command, commands, st.just(" "), pieces),
        st.builds(Words, texts.filter(_is_visible)),
        st.builds(_unknown_command, texts),
        st.builds(_setting, st.sampled_from(SETTINGS), texts),
        st.builds(Call, commands, options, st.booleans()),
        st.builds(_press, st.sampled_from(VERBS), st.sampled_from(OWNERS), texts),
        st.builds(_call, st.sampled_from(PROPER), texts, numbers, st.booleans()),
        st.builds(Press, st.text(min_size=1, max_size=100), st.integers(2, 8)),
    )


def _is_visible(text: str) -> bool:
    return bool(text.strip())
