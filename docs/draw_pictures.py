"""Draws the README's pictures, `python -m docs.draw_pictures`: what members see on Discord.

The bot runs as it is shipped, on the loopback Discord of the tests; its messages (text, embeds,
attachments, buttons) are drawn as Discord's own client shows them.
"""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from tests.conftest import NAMES
from tests.end_to_end.program import Program, started
from tests.loopback import LoopbackDiscord, Permission
from tests.loopback.records import JSON, Attachment, Message, Upload, button_name

FOLDER = Path(__file__).with_name("pictures")

_SCALE = 2
_WIDTH = 620 * _SCALE
_INDENT = 64 * _SCALE
_PAD = 12 * _SCALE
_BODY, _SMALL, _TITLE = 15, 12, 16
_BACKGROUND, _CARD, _TEXT, _FAINT = "#313338", "#2b2d31", "#dbdee1", "#b5bac1"
_MEMBER, _BOT, _BLURPLE = "#c9885b", "#57a773", "#5865f2"
_BUTTONS = {1: _BLURPLE, 2: "#4e5058", 3: "#248046", 4: "#da373c", 5: "#4e5058"}
_BUTTON, _WHITE, _BIN = 2, "#ffffff", "\N{WASTEBASKET}"

_NAMES = Upload("names.txt", "\n".join(NAMES).encode())


def main() -> None:
    """Run the bot, and draw three conversations."""
    FOLDER.mkdir(exist_ok=True)
    for name, messages in asyncio.run(conversations()).items():
        picture = _column([_drawn(message) for message in messages], _WIDTH, _BACKGROUND, _PAD)
        picture.quantize(64).save(FOLDER / f"{name}.png", optimize=True)


async def conversations() -> dict[str, list[Message]]:
    """Return what is said when a member asks for names, for a poem, and for a training."""
    with tempfile.TemporaryDirectory() as folder:
        async with LoopbackDiscord() as server:
            # Training takes a minute, and loading the poem network its time on a busy machine.
            server.patience_seconds = 300
            member = server.guild.add_member("Mary", Permission.MANAGE_GUILD)
            async with started(Program(Path(folder)), server):
                await server.connected()

                async def ask(words: str, *files: Upload) -> list[Message]:
                    question = await server.say(words, author=member, attachments=files)
                    return [question, await server.reply(to=question)]

                names = await ask("!dino 3 tri")
                question, training = await ask("!retrain dino passes=8", _NAMES)
                result = await server.reply(to=training)
                poem = await ask("!poem Shall I compare thee to a summer's day?")
                await server.until(lambda: poem[1].buttons, "a poem in place of a notice")
                label = next(label for label in poem[1].buttons if "picture" in label)
                pressed = await server.click(poem[1], label, author=member)
                poem.append(await pressed.response())
    return {"names": names, "training": [question, result], "poem": poem}


def _drawn(message: Message) -> Image.Image:
    """Return a message: who wrote it, and its parts in Discord's order."""
    is_bot = message.author.name == "Dinobard"
    width = _WIDTH - _INDENT - 2 * _PAD
    name = f"**{message.author.name}**" + ("  APP" if is_bot else "")
    parts = [_text(name, width, colour=_WHITE)]
    if message.content:
        parts.append(_text(message.content, width))
    parts += [_attached(file, width) for file in message.attachments]
    parts += [_embed(embed, width) for embed in message.embeds]
    parts += [_row(row["components"], width) for row in message.components]
    body = _column(parts, _WIDTH - _INDENT, _BACKGROUND, _PAD // 2)
    image = Image.new("RGB", (_WIDTH, body.height), _BACKGROUND)
    image.paste(body, (_INDENT, 0))
    pen, size = ImageDraw.Draw(image), 40 * _SCALE
    pen.ellipse((_PAD, _PAD // 2, _PAD + size, _PAD // 2 + size), _BOT if is_bot else _MEMBER)
    middle = (_PAD + size // 2, _PAD // 2 + size // 2)
    pen.text(middle, message.author.name[0], _WHITE, _font(20), anchor="mm")
    return image


def _embed(embed: JSON, width: int) -> Image.Image:
    """Return an embed: a card with a coloured edge."""
    inner = width - 3 * _PAD
    parts: list[Image.Image] = []
    if title := embed.get("title"):
        parts.append(_text(f"**{title}**", inner, _CARD, _WHITE, _TITLE))
    if text := embed.get("description"):
        parts.append(_text(text, inner, _CARD))
    for field in embed.get("fields", []):
        parts.append(_text(f"**{field['name']}**", inner, _CARD, _WHITE))
        parts.append(_text(field["value"], inner, _CARD))
    if footer := embed.get("footer"):
        parts.append(_text(footer["text"], inner, _CARD, _FAINT, _SMALL))
    card = _column(parts, width, _CARD, _PAD // 2, left=_PAD + 4 * _SCALE)
    edge = f"#{embed.get('color') or 0:06x}"
    ImageDraw.Draw(card).rectangle((0, 0, 4 * _SCALE, card.height), edge)
    return card


def _row(components: Sequence[JSON], width: int) -> Image.Image:
    """Return a row of buttons."""
    height, x = 32 * _SCALE, 0
    image = Image.new("RGB", (width, height), _BACKGROUND)
    pen = ImageDraw.Draw(image)
    for button in components:
        if button["type"] != _BUTTON:
            continue
        label = button_name(button).removeprefix(_BIN)
        has_bin = label != button_name(button)
        start = x + (28 if has_bin else 16) * _SCALE
        end = start + int(_font(14).getlength(label)) + 16 * _SCALE
        pen.rounded_rectangle((x, 0, end, height - 1), 6 * _SCALE, _BUTTONS[button["style"]])
        pen.text((start, height // 2), label, _WHITE, _font(14), anchor="lm")
        if has_bin:
            _draw_bin(pen, x + 16 * _SCALE, height // 2)
        x = end + 8 * _SCALE
    return image


def _attached(file: Attachment, width: int) -> Image.Image:
    """Return an attached picture as large as Discord shows it, or the name of another file."""
    if not file.filename.endswith(".png"):
        name = _text(file.filename, width // 2, _CARD, "#00a8fc")
        return _column([name], width // 2, _CARD, _PAD, left=_PAD)
    picture = Image.open(io.BytesIO(file.content)).convert("RGB")
    picture.thumbnail((width, 350 * _SCALE))
    return picture


def _draw_bin(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """Draw the sign of the Delete button, which the font lacks."""
    unit = _SCALE
    pen.rectangle((x, y - 6 * unit, x + 10 * unit, y - 5 * unit), _WHITE)
    pen.rectangle((x + unit, y - 3 * unit, x + 9 * unit, y + 6 * unit), _WHITE)


def _text(
    text: str, width: int, ground: str = _BACKGROUND, colour: str = _TEXT, size: int = _BODY
) -> Image.Image:
    """Return text that is wrapped, with its **bold** parts, and without backslashes."""
    lines = [line for paragraph in text.split("\n") for line in _wrapped(paragraph, width, size)]
    height = int(size * 1.4) * _SCALE
    image = Image.new("RGB", (width, height * len(lines)), ground)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        x = 0.0
        for word, is_bold in line:
            pen.text((x, number * height), word, colour, _font(size, is_bold))
            x += _font(size, is_bold).getlength(word)
    return image


def _wrapped(paragraph: str, width: int, size: int) -> list[list[tuple[str, bool]]]:
    """Return lines of words, each with the space after it and whether it is bold."""
    lines: list[list[tuple[str, bool]]] = [[]]
    filled = 0.0
    for part, is_bold in _marked(paragraph):
        for word in re.findall(r"\S+\s*|\s+", part):
            length = _font(size, is_bold).getlength(word.rstrip())
            if lines[-1] and filled + length > width:
                lines.append([])
                filled = 0.0
            lines[-1].append((word, is_bold))
            filled += _font(size, is_bold).getlength(word)
    return lines


def _marked(text: str) -> list[tuple[str, bool]]:
    """Return the parts of a text, and whether they are bold.

    >>> _marked("ask **!dino** again")
    [('ask ', False), ('!dino', True), (' again', False)]
    """
    parts = re.split(r"\*\*(.+?)\*\*", text)
    plain = [re.sub(r"\\([\W_])", r"\1", part).replace("`", "") for part in parts]
    return [(part, number % 2 == 1) for number, part in enumerate(plain) if part]


def _column(
    parts: Sequence[Image.Image], width: int, ground: str, gap: int, left: int | None = None
) -> Image.Image:
    """Return pictures below each other, with a gap around and between them."""
    height = sum(part.height + gap for part in parts) + gap
    image = Image.new("RGB", (width, height), ground)
    y = gap
    for part in parts:
        image.paste(part, (0 if left is None else left, y))
        y += part.height + gap
    return image


@cache
def _font(size: int, is_bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts/ttf", name), size * _SCALE)


if __name__ == "__main__":
    main()
