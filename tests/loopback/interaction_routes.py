"""REST routes for interactions: the first response, the original message, follow-ups."""

import asyncio

from aiohttp import web

from tests.loopback import errors
from tests.loopback.answers import json_answer
from tests.loopback.drafts import draft_response, draft_thinking
from tests.loopback.forms import Form, read_form
from tests.loopback.intents import Intent
from tests.loopback.payloads import callback_payload, message_payload
from tests.loopback.publishing import Publisher
from tests.loopback.records import Interaction, InteractionKind, Message, ResponseKind
from tests.loopback.rest import API
from tests.loopback.validation import check_choices, check_modal

# A bot has three seconds for its first response.
_DEADLINE_SECONDS = 3.0
_ORIGINAL = "@original"

_COMPONENT_RESPONSES = frozenset(ResponseKind) - {ResponseKind.CHOICES}
_FITTING = {
    InteractionKind.COMMAND: frozenset(
        {ResponseKind.MESSAGE, ResponseKind.DEFERRED_MESSAGE, ResponseKind.MODAL}
    ),
    InteractionKind.COMPONENT: _COMPONENT_RESPONSES,
    InteractionKind.AUTOCOMPLETE: frozenset({ResponseKind.CHOICES}),
    InteractionKind.MODAL_SUBMIT: _COMPONENT_RESPONSES - {ResponseKind.MODAL},
}


class InteractionRoutes:
    """What the bot answers to slash commands, buttons, autocompletion and modals."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._world = publisher.world
        self.deadline_seconds = _DEADLINE_SECONDS

    def routes(self) -> list[web.RouteDef]:
        webhook = API + "/webhooks/{application}/{token}"
        messages = webhook + "/messages/{message}"
        return [
            web.post(API + "/interactions/{interaction}/{token}/callback", self._respond),
            web.post(webhook, self._follow_up),
            web.get(messages, self._get),
            web.patch(messages, self._edit),
            web.delete(messages, self._delete),
        ]

    async def _respond(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        interaction = self._unanswered(request)
        kind = _fitting_kind(interaction, form)
        await self._carry_out(interaction, kind, form.inner())
        interaction.response_kind = kind
        interaction.response = form.payload.get("data") or {}
        self._publisher.watch.note(f"response to the interaction: {kind.name}")
        if request.query.get("with_response") not in ("1", "true"):
            return web.Response(status=204)
        return json_answer(callback_payload(interaction, self._world.bot.id))

    def _unanswered(self, request: web.Request) -> Interaction:
        interaction = self._world.interactions.get(request.match_info["token"])
        if interaction is None or str(interaction.id) != request.match_info["interaction"]:
            raise errors.unknown("interaction")
        if interaction.response_kind is not None:
            raise errors.already_acknowledged()
        age_seconds = asyncio.get_running_loop().time() - interaction.sent_at
        if interaction.is_expired or age_seconds > self.deadline_seconds:
            raise errors.unknown("interaction")
        return interaction

    async def _carry_out(self, interaction: Interaction, kind: ResponseKind, form: Form) -> None:
        match kind:
            case ResponseKind.MESSAGE:
                interaction.original = draft_response(self._world, interaction, form)
                interaction.answer = interaction.original
                await self._publisher.publish(interaction.original)
            case ResponseKind.DEFERRED_MESSAGE:
                interaction.original = draft_thinking(self._world, interaction, form.payload)
                await self._publisher.publish(interaction.original)
            case ResponseKind.DEFERRED_UPDATE:
                interaction.original = interaction.message
            case ResponseKind.UPDATE:
                await self._update(interaction, form)
            case ResponseKind.CHOICES:
                check_choices(form.payload.get("choices", []))
            case ResponseKind.MODAL:
                check_modal(form.payload)

    async def _update(self, interaction: Interaction, form: Form) -> None:
        if interaction.message is None:
            raise errors.unknown("message")
        await self._publisher.revise(interaction.message, form)
        interaction.original = interaction.answer = interaction.message

    async def _follow_up(self, request: web.Request) -> web.Response:
        interaction = self._answered(request)
        form = await read_form(request)
        original = interaction.original
        if original is not None and original.is_thinking and not original.is_deleted:
            # The first follow-up takes the place of "is thinking...".
            await self._fill(interaction, original, form)
            return self._shown(original)
        message = draft_response(self._world, interaction, form)
        interaction.followups.append(message)
        interaction.answer = interaction.answer or message
        await self._publisher.publish(message)
        return self._shown(message)

    async def _get(self, request: web.Request) -> web.Response:
        return self._shown(_message(self._answered(request), request))

    async def _edit(self, request: web.Request) -> web.Response:
        interaction = self._answered(request)
        message = _message(interaction, request)
        await self._fill(interaction, message, await read_form(request))
        return self._shown(message)

    async def _fill(self, interaction: Interaction, message: Message, form: Form) -> None:
        await self._publisher.revise(message, form)
        interaction.answer = interaction.answer or message
        self._publisher.watch.changed()

    async def _delete(self, request: web.Request) -> web.Response:
        message = _message(self._answered(request), request)
        await self._publisher.withdraw(message)
        return web.Response(status=204)

    def _answered(self, request: web.Request) -> Interaction:
        interaction = self._world.interactions.get(request.match_info["token"])
        if interaction is None or interaction.response_kind is None:
            raise errors.unknown("webhook")
        if interaction.is_token_expired:
            raise errors.invalid_webhook_token()
        return interaction

    def _shown(self, message: Message) -> web.Response:
        # A bot reads its own messages whatever its intents.
        payload = message_payload(message, Intent.MESSAGE_CONTENT, self._world.bot.id)
        return json_answer(payload)


def _fitting_kind(interaction: Interaction, form: Form) -> ResponseKind:
    number = form.payload.get("type")
    if number not in {kind.value for kind in _FITTING[interaction.kind]}:
        explanation = f"Value must be one of {sorted(_FITTING[interaction.kind])}."
        raise errors.invalid_form("type", "BASE_TYPE_CHOICES", explanation)
    return ResponseKind(number)


def _message(interaction: Interaction, request: web.Request) -> Message:
    wanted = request.match_info["message"]
    candidates = [*interaction.followups]
    if interaction.original is not None:
        if wanted == _ORIGINAL:
            wanted = str(interaction.original.id)
        candidates.append(interaction.original)
    for message in candidates:
        if str(message.id) == wanted and not message.is_deleted:
            return message
    raise errors.unknown("message")
