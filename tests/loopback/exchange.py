"""An interaction as a test follows it: what the bot answered, and when."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.loopback.records import JSON, Interaction, Message, ResponseKind
from tests.loopback.watch import Found, Watch

__all__ = ["Exchange", "ResponseKind"]


@dataclass(eq=False, slots=True)
class Exchange:
    """Waits for the bot's answers to one interaction, each within the patience given."""

    record: Interaction
    watch: Watch
    patience_seconds: float
    _taken_followups: int = field(default=0)

    async def acknowledged(self) -> ResponseKind:
        """Wait for the first response, whatever it is."""
        return await self._until(lambda: self.record.response_kind, "a first response")

    async def response(self) -> Message:
        """Wait for the message that answers: at once, after deferring, or one updated."""
        return await self._until(lambda: self.record.answer, "a message in response")

    async def followup(self) -> Message:
        """Wait for the next message after the first."""
        index = self._taken_followups
        self._taken_followups += 1

        def find() -> Message | None:
            followups = self.record.followups
            return followups[index] if index < len(followups) else None

        return await self._until(find, f"follow-up {index + 1}")

    async def choices(self) -> list[JSON]:
        """Wait for what the bot proposes: a name and a value each."""
        kind = await self.acknowledged()
        assert kind is ResponseKind.CHOICES, f"answered with {kind.name}"
        return self.record.response.get("choices", [])

    async def modal(self) -> JSON:
        """Wait for the modal that the bot opens."""
        kind = await self.acknowledged()
        assert kind is ResponseKind.MODAL, f"answered with {kind.name}"
        return self.record.response

    def expire(self) -> None:
        """Let the three seconds for a first response be over."""
        self.record.is_expired = True

    def expire_token(self) -> None:
        """Let the fifteen minutes for follow-ups and edits be over."""
        self.record.is_token_expired = True

    async def _until(self, find: Callable[[], Found | None], wanted: str) -> Found:
        return await self.watch.until(find, wanted, self.patience_seconds)
