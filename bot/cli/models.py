"""`dinobard models`."""

from __future__ import annotations

import json

import click

from bot.cli.main import main, store_of
from bot.config import load_config
from engine.families import FAMILIES, FamilyName
from engine.models.version import ModelCard

_GUILD = click.option(
    "--server", "guild", type=click.IntRange(min=1), help="Of this Discord server."
)


@main.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the versions, choose one, go back, delete."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@_GUILD
@click.option("--json", "as_json", is_flag=True, help="Print a list of cards.")
def list_models(guild: int | None = None, as_json: bool = False) -> None:
    """List the versions with their scores; * marks the one that is served.

    Those that were made here come first; the others came with the program, or for a Discord server
    from the host.
    """
    from dataclasses import asdict

    registry = store_of(load_config()).of_guild(guild)
    served: dict[FamilyName, str] = {
        network: registry.active(network) for network in FAMILIES if registry.versions(network)
    }
    listed: list[tuple[FamilyName, ModelCard]] = [
        (network, card) for network in served for card in registry.versions(network)
    ]
    if as_json:
        cards = [
            asdict(card)
            | {
                "network": network,
                "active": card.id == served[network],
                "own": registry.is_own(card.id),
            }
            for network, card in listed
        ]
        click.echo(json.dumps(cards, indent=2))
        return
    for network, card in listed:
        mark = "*" if card.id == served[network] else " "
        nats = card.scores["held_out_nats_per_character"]
        origin = "" if registry.is_own(card.id) else "  (inherited)"
        source = card.corpus["source"]
        click.echo(f"{mark} {card.id}  {nats:.4f} nats per character  {source}{origin}")


@models.command()
@click.argument("version_id", metavar="ID")
@_GUILD
def use(version_id: str, guild: int | None) -> None:
    """Serve a version from now on; a running bot changes to it within seconds."""
    store_of(load_config()).of_guild(guild).activate(version_id)
    click.echo(f"{version_id} is served from now on.")


@models.command()
@click.argument("network", type=click.Choice(list(FAMILIES)), default="dino")
@_GUILD
def rollback(network: FamilyName, guild: int | None) -> None:
    """Serve the version that was served before; of the names network if NETWORK is left out."""
    registry = store_of(load_config()).of_guild(guild)
    click.echo(f"{registry.roll_back(network)} is served from now on.")


@models.command()
@click.argument("version_id", metavar="ID")
@_GUILD
def delete(version_id: str, guild: int | None) -> None:
    """Delete a version that was made here and is not served, and any text uploaded for it."""
    store_of(load_config()).of_guild(guild).delete(version_id)
    click.echo(f"{version_id} is deleted.")
