"""The loopback Discord itself: all verbs, and what happens to guilds and channels."""

from typing import Any

from tests.loopback.observations import Observations
from tests.loopback.payloads import (
    channel_payload,
    guild_create_payload,
    member_payload,
    role_payload,
)
from tests.loopback.world import Channel, Guild, Member, Role, User, user_of


class LoopbackDiscord(Observations):
    """A Discord on this machine: a guild with a channel and a member is there to begin with.

    Use it as `async with LoopbackDiscord() as discord_server`.
    """

    def add_guild(self, name: str = "guild", *, shard: tuple[int, int] | None = None) -> Guild:
        """Make a guild; `shard=(1, 2)` gives it an id that belongs to shard 1 of 2."""
        guild_id = self._world.snowflakes.next_on_shard(*shard) if shard else None
        return self._world.add_guild(name, guild_id)

    def add_foreign_guild(self, name: str = "elsewhere") -> Guild:
        """Make a guild that has authorised the application alone, without its bot."""
        guild = self.add_guild(name)
        del self._world.guilds[guild.id], guild.members[self.bot.id]
        return guild

    def add_user(self, name: str = "stranger") -> User:
        """Make a user who shares no guild with the bot."""
        return User(self._world.snowflakes.next(), name)

    def direct_message(self, person: Member | User) -> Channel:
        return self._world.direct_message(user_of(person))

    async def announce(self, new: Guild | Channel | Member) -> None:
        """Tell connected clients of a guild, channel, thread or member that was added meanwhile."""
        match new:
            case Guild():
                members = [new.members[self.bot.id]]
                payload = guild_create_payload(new, members)
                await self._gateway.dispatch("GUILD_CREATE", new, lambda _: payload)
            case Channel():
                payload = channel_payload(new)
                event = "THREAD_CREATE" if new.parent else "CHANNEL_CREATE"
                await self._gateway.dispatch(event, new.guild, lambda _: payload)
            case Member():
                payload = member_payload(new) | {"guild_id": str(new.guild.id)}
                await self._gateway.dispatch("GUILD_MEMBER_ADD", new.guild, lambda _: payload)

    async def update(self, changed: Channel | Member | Role) -> None:
        """Tell connected clients of a channel, thread, member or role that was changed.

        Of members, only the bot itself: of others Discord tells only those with that intent.
        """
        if isinstance(changed, Role):
            guild = next(g for g in self._world.guilds.values() if changed in g.roles)
        else:
            guild = changed.guild
        assert guild is not None, "direct messages don't change"
        match changed:
            case Channel():
                event = "THREAD_UPDATE" if changed.parent else "CHANNEL_UPDATE"
                payload = channel_payload(changed)
            case Member():
                assert changed.user is self.bot, "nobody is told of other members"
                event = "GUILD_MEMBER_UPDATE"
                payload = member_payload(changed) | {"guild_id": str(guild.id)}
            case Role():
                event = "GUILD_ROLE_UPDATE"
                role = role_payload(changed, guild.roles.index(changed))
                payload = {"guild_id": str(guild.id), "role": role}
        await self._gateway.dispatch(event, guild, lambda _: payload)

    async def delete_channel(self, channel: Channel) -> None:
        """Delete a channel and with it its threads, or a thread."""
        payload = channel_payload(channel)
        guild = channel.guild
        assert guild is not None, "direct messages can't be deleted"
        if channel.parent is not None:
            guild.threads.remove(channel)
            names = ("id", "guild_id", "parent_id", "type")
            short = {name: payload[name] for name in names}
            await self._gateway.dispatch("THREAD_DELETE", guild, lambda _: short)
            return
        guild.channels.remove(channel)
        # Of the threads Discord sends no event of their own.
        guild.threads = [thread for thread in guild.threads if thread.parent is not channel]
        await self._gateway.dispatch("CHANNEL_DELETE", guild, lambda _: payload)

    async def remove_bot(self, guild: Guild) -> None:
        """Throw the bot out of a guild."""
        del self._world.guilds[guild.id]
        payload = {"id": str(guild.id)}
        await self._gateway.dispatch("GUILD_DELETE", guild, lambda _: payload)

    async def readmit_bot(self, guild: Guild) -> None:
        """Let the bot into a guild again that has thrown it out."""
        self._world.guilds[guild.id] = guild
        await self.announce(guild)

    async def begin_outage(self, guild: Guild) -> None:
        guild.is_available = False
        payload = {"id": str(guild.id), "unavailable": True}
        await self._gateway.dispatch("GUILD_DELETE", guild, lambda _: payload)

    async def end_outage(self, guild: Guild) -> None:
        guild.is_available = True
        payload = guild_create_payload(guild, [guild.members[self.bot.id]])
        payload["unavailable"] = False
        await self._gateway.dispatch("GUILD_CREATE", guild, lambda _: payload)

    async def send_event(
        self, event: str, payload: Any, *, place: Guild | Channel | None = None
    ) -> None:
        """Send any event, also one that Discord does not have."""
        await self._gateway.dispatch(event, place, lambda _: payload)
