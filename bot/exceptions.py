"""Errors of the bot that `bot.features.error_replies` turns into replies."""

from __future__ import annotations


class CooldownError(Exception):
    """A request comes too soon; `is_repeated` if the member has been told so already."""

    def __init__(self, message: str, *, is_repeated: bool) -> None:
        self.is_repeated = is_repeated
        super().__init__(message)


class CoolingDownError(CooldownError):
    """The cooldown of the user, or of the channel, has not passed; seconds are rounded up."""

    def __init__(self, seconds: int, *, in_channel: bool, is_repeated: bool) -> None:
        self.seconds = seconds
        self.in_channel = in_channel
        super().__init__(f"Wait {seconds} s before the next request.", is_repeated=is_repeated)


class TooManyRequestsError(CooldownError):
    """Too many requests of this user are running."""

    def __init__(self, *, is_repeated: bool) -> None:
        super().__init__("Wait until a running request has ended.", is_repeated=is_repeated)


class TooManyPressesError(CooldownError):
    """Too many button actions of this user are running."""

    def __init__(self) -> None:
        super().__init__("Wait until a button has been answered.", is_repeated=False)


class NotManagerError(Exception):
    """The member needs Manage Server."""


class UnknownSettingError(Exception):
    """There is no such setting."""


class InvalidSettingError(Exception):
    """A setting cannot have this value; `allowed` names the text that lists those it can have."""

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"The value is not what {allowed} says.")
