"""What the loopback Discord is made of, where it is found and how it is set up."""

from collections.abc import Callable
from functools import partial
from typing import Self

from aiohttp import web

from tests.loopback.command_routes import CommandRoutes
from tests.loopback.faults import Faults
from tests.loopback.gateway import Gateway
from tests.loopback.intents import PRIVILEGED, Intent
from tests.loopback.interaction_routes import InteractionRoutes
from tests.loopback.message_routes import MessageRoutes
from tests.loopback.publishing import Publisher
from tests.loopback.rates import RateLimits
from tests.loopback.rest import API, BasicRoutes, Rest
from tests.loopback.sessions import Connection
from tests.loopback.watch import Found, Watch
from tests.loopback.world import User, World

_HOST = "127.0.0.1"
_UPLOAD_LIMIT = 64 * 1024 * 1024
_SHUTDOWN_SECONDS = 1.0
# A burst of new connections beyond this would wait a second for the kernel to try again.
_BACKLOG = 1024


class Server:
    """The running server, without the verbs."""

    def __init__(self, *, granted_intents: Intent = PRIVILEGED) -> None:
        self.patience_seconds = 30.0
        self._world = World()
        self._watch = Watch()
        self._gateway = Gateway(self._world, self._watch)
        self._gateway.granted_intents = granted_intents
        limits = RateLimits()
        self.faults = Faults(self._gateway, self._watch, limits)
        self._rest = Rest(self._world, self._watch, self.faults, limits)
        self._publisher = Publisher(self._world, self._gateway, self._watch)
        self._basics = BasicRoutes(self._world, self._gateway)
        self._interactions = InteractionRoutes(self._publisher)
        self._runner = web.AppRunner(
            self._application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
        )
        self._url = ""
        self.guild = self._world.add_guild("Museum of Natural History")
        self.channel = self.guild.add_channel("general")
        self.member = self.guild.add_member("Mary Anning")
        self.team = self._world.team

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[self._rest.answer], client_max_size=_UPLOAD_LIMIT
        )
        application.add_routes(self._basics.routes())
        application.add_routes(MessageRoutes(self._publisher).routes())
        application.add_routes(self._interactions.routes())
        application.add_routes(CommandRoutes(self._world, self._watch).routes())
        # Clients are told "/gateway", some start at the root of the host.
        application.add_routes([web.get(p, self._gateway.serve) for p in ("/", "/gateway")])
        return application

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, 0, backlog=_BACKLOG)
        await site.start()
        port = self._runner.addresses[0][1]
        self._url = self._world.cdn_url = f"http://{_HOST}:{port}"
        self._gateway.url = f"ws://{_HOST}:{port}/gateway"
        return self

    async def __aexit__(self, *error: object) -> None:
        self.faults.clear()
        await self._gateway.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return self._url + API

    @property
    def gateway_url(self) -> str:
        return self._gateway.url

    @property
    def token(self) -> str:
        return self._world.token

    @property
    def bot(self) -> User:
        return self._world.bot

    @property
    def recommended_shards(self) -> int:
        """How many shards a client is told to use."""
        return self._basics.recommended_shards

    @recommended_shards.setter
    def recommended_shards(self, count: int) -> None:
        self._basics.recommended_shards = count

    @property
    def heartbeat_interval_ms(self) -> int:
        """How often clients that connect from now on are to send a heartbeat."""
        return self._gateway.heartbeat_interval_ms

    @heartbeat_interval_ms.setter
    def heartbeat_interval_ms(self, interval: int) -> None:
        self._gateway.heartbeat_interval_ms = interval

    @property
    def interaction_deadline_seconds(self) -> float:
        """How long the bot has for its first response to an interaction."""
        return self._interactions.deadline_seconds

    @interaction_deadline_seconds.setter
    def interaction_deadline_seconds(self, seconds: float) -> None:
        self._interactions.deadline_seconds = seconds

    # Waiting, for all verbs.

    async def until(
        self, claim: Callable[[], object], wanted: str, *, timeout_seconds: float | None = None
    ) -> None:
        """Wait until a claim about this server holds; `wanted` names it in the failure."""
        await self._until(lambda: bool(claim()) or None, wanted, timeout_seconds)

    async def _all_received(self) -> None:
        """Wait until the clients have received every event sent so far."""
        for connection in self._gateway.connections.copy():
            wanted = connection.pongs + 1
            await connection.ping()
            await self.until(partial(_has_answered, connection, wanted), "a pong of the client")

    async def _until(
        self, find: Callable[[], Found | None], wanted: str, timeout_seconds: float | None
    ) -> Found:
        patience = self.patience_seconds if timeout_seconds is None else timeout_seconds
        return await self._watch.until(find, wanted, patience)


def _has_answered(connection: Connection, pongs: int) -> bool:
    # Who has left in the meantime is not waited for.
    return connection.pongs >= pongs or not connection.is_open
