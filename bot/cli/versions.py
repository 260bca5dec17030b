"""`dinobard models`."""

from __future__ import annotations

import json

import click

from bot.cli.program import main, store_of
from bot.settings import load_settings
from engine.store import NETWORKS, Network
from engine.version import Card


@main.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List the versions, choose one, go back."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of cards.")
def list_models(as_json: bool = False) -> None:
    """List the versions with their scores; * marks the one that is served."""
    from dataclasses import asdict

    store = store_of(load_settings())
    served: dict[Network, str] = {
        network: store.active(network) for network in NETWORKS if store.versions(network)
    }
    listed: list[tuple[Network, Card]] = [
        (network, card) for network in served for card in store.versions(network)
    ]
    if as_json:
        cards = [
            asdict(card) | {"network": network, "active": card.id == served[network]}
            for network, card in listed
        ]
        click.echo(json.dumps(cards, indent=2))
        return
    for network, card in listed:
        mark = "*" if card.id == served[network] else " "
        nats = card.scores["held_out_nats_per_character"]
        click.echo(f"{mark} {card.id}  {nats:.4f} nats per character  {card.corpus['source']}")


@models.command()
@click.argument("version_id", metavar="ID")
def use(version_id: str) -> None:
    """Serve a version from now on."""
    store_of(load_settings()).activate(version_id)
    click.echo(f"{version_id} is served from the next start on.")


@models.command()
@click.argument("network", type=click.Choice(NETWORKS), default="dino")
def rollback(network: Network) -> None:
    """Serve the version that was served before; of the names network if NETWORK is left out."""
    click.echo(f"{store_of(load_settings()).roll_back(network)} is served from the next start on.")
