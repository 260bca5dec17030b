"""`dinobard invite` and `dinobard health`: for the operator of the bot."""

from __future__ import annotations

import base64
import binascii
import json

import click

from bot.cli.main import main
from bot.config import Config, load_config

_PATIENCE_SECONDS = 5.0


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print an object with link and permissions.")
def invite(as_json: bool) -> None:
    """Print the link that adds the bot to a Discord server, with the least permissions.

    It never shows the token, of which it reads the part that is no secret.
    """
    from bot.client.invite import PERMISSIONS, invite_link

    link = invite_link(_application_id(load_config()))
    click.echo(json.dumps({"link": link, "permissions": PERMISSIONS}) if as_json else link)


def _application_id(settings: Config) -> int:
    if settings.application_id is not None:
        return settings.application_id
    if settings.token is None:
        raise click.ClickException("Set DISCORD_TOKEN or DISCORD_APPLICATION_ID in .env first.")
    first = settings.token.partition(".")[0]
    try:
        return int(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise click.ClickException(
            "DISCORD_TOKEN does not begin with the number of an application. Reset it in the "
            "developer portal (Bot, Reset Token), or set DISCORD_APPLICATION_ID."
        ) from error


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print what /healthz says.")
def health(as_json: bool) -> None:
    """Ask the running bot whether it is well; it needs DINOBARD_METRICS_PORT."""
    settings = load_config()
    if settings.metrics_port is None:
        raise click.ClickException("Set DINOBARD_METRICS_PORT, for the bot as well, and try again.")
    address = _address(settings)
    text = _ask(address)
    try:
        problems = json.loads(text)["problems"]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"What answers at {address} is not the bot.") from error
    if as_json:
        click.echo(text)
    if problems:
        raise click.ClickException(f"The bot is not well: {', '.join(problems)}.")
    if not as_json:
        click.echo("The bot is well.")


def _address(settings: Config) -> str:
    # What is bound to every address is reached at this machine's own.
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared, not bound)
    host = own.get(settings.metrics_host, settings.metrics_host)
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.metrics_port}/healthz"


def _ask(address: str) -> str:
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener

    # Requests to this machine bypass the host's proxy.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(address, timeout=_PATIENCE_SECONDS) as answer:
            return answer.read().decode("utf-8", "replace")
    except HTTPError as error:
        return error.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        raise click.ClickException(
            f"The bot does not answer at {address}. It is not running, or has another port."
        ) from error
