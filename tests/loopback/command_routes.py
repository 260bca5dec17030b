"""REST routes for application commands: what the bot registers."""

from aiohttp import web

from tests.loopback import errors
from tests.loopback.answers import json_answer
from tests.loopback.forms import read_json
from tests.loopback.payloads import command_payload
from tests.loopback.records import JSON
from tests.loopback.rest import API, find_guild
from tests.loopback.validation import check_commands
from tests.loopback.watch import Watch
from tests.loopback.world import Sync, World


class CommandRoutes:
    """Registers commands, for everybody or for one guild, and counts how often."""

    def __init__(self, world: World, watch: Watch) -> None:
        self._world = world
        self._watch = watch

    def routes(self) -> list[web.RouteDef]:
        application = API + "/applications/{application}"
        found: list[web.RouteDef] = []
        for place in (application, application + "/guilds/{guild}"):
            found += [
                web.get(place + "/commands", self._list),
                web.put(place + "/commands", self._replace),
                web.post(place + "/commands", self._add),
                web.get(place + "/commands/{command}", self._get),
                web.delete(place + "/commands/{command}", self._delete),
            ]
        return found

    async def _list(self, request: web.Request) -> web.Response:
        return json_answer(self._commands(self._place(request)))

    async def _replace(self, request: web.Request) -> web.Response:
        guild_id = self._place(request)
        definitions: list[JSON] = await read_json(request)
        check_commands(definitions)
        registered = [self._registered(definition, guild_id) for definition in definitions]
        self._world.commands[guild_id] = registered
        self._world.syncs.append(Sync(guild_id, tuple(d["name"] for d in definitions)))
        self._watch.note(f"commands registered: {[d['name'] for d in definitions]}")
        return json_answer(registered)

    async def _add(self, request: web.Request) -> web.Response:
        guild_id = self._place(request)
        definition: JSON = await read_json(request)
        check_commands([definition])
        registered = self._registered(definition, guild_id)
        others = [c for c in self._commands(guild_id) if c["id"] != registered["id"]]
        self._world.commands[guild_id] = [*others, registered]
        self._watch.note(f"command registered: {definition['name']}")
        return json_answer(registered, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return json_answer(self._command(request))

    async def _delete(self, request: web.Request) -> web.Response:
        self._commands(self._place(request)).remove(self._command(request))
        return web.Response(status=204)

    def _registered(self, definition: JSON, guild_id: int | None) -> JSON:
        """Complete a definition; a command of the same name and type keeps its id."""
        key = (definition["name"], definition.get("type", 1))
        same = (c for c in self._commands(guild_id) if (c["name"], c["type"]) == key)
        known = next(same, None)
        command_id = int(known["id"]) if known else self._world.snowflakes.next()
        return command_payload(definition, command_id, self._world.bot.id, guild_id)

    def _command(self, request: web.Request) -> JSON:
        for command in self._commands(self._place(request)):
            if command["id"] == request.match_info["command"]:
                return command
        raise errors.unknown("application command")

    def _commands(self, guild_id: int | None) -> list[JSON]:
        return self._world.commands.setdefault(guild_id, [])

    def _place(self, request: web.Request) -> int | None:
        if request.match_info["application"] != str(self._world.bot.id):
            raise errors.missing_access()
        if "guild" not in request.match_info:
            return None
        return find_guild(self._world, request).id
