"""Errors of the bot's own that features turn into replies."""

from __future__ import annotations


class CooldownError(Exception):
    """A request comes too soon.

    Attributes:
        is_repeated: whether the member has been told already, and nothing has changed since.
    """

    def __init__(self, message: str, *, is_repeated: bool) -> None:
        self.is_repeated = is_repeated
        super().__init__(message)


class CoolingDownError(CooldownError):
    """The cooldown after a request of this user, or in this channel, has not passed.

    Attributes:
        seconds: left, rounded up.
        in_channel: whether it is the channel's cooldown, not the user's.
    """

    def __init__(self, seconds: int, *, in_channel: bool, is_repeated: bool) -> None:
        self.seconds = seconds
        self.in_channel = in_channel
        super().__init__(f"Wait {seconds} s before the next request.", is_repeated=is_repeated)


class TooManyRequestsError(CooldownError):
    """Too many requests of this user are running."""

    def __init__(self, *, is_repeated: bool) -> None:
        super().__init__("Wait until a running request has ended.", is_repeated=is_repeated)


class TooManyPressesError(CooldownError):
    """Too many buttons that this user has pressed are being answered."""

    def __init__(self) -> None:
        super().__init__("Wait until a button has been answered.", is_repeated=False)


class NotManagerError(Exception):
    """The member needs Manage Server."""


class UnknownSettingError(Exception):
    """There is no such setting."""


class InvalidSettingError(Exception):
    """A setting cannot have this value.

    Attributes:
        allowed: the text that says what it may be.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"The value is not what {allowed} says.")
