"""What can go wrong when settings are changed."""

from __future__ import annotations


class NotManagerError(Exception):
    """Somebody who does not manage the server wants to change what concerns all of it."""

    def __init__(self) -> None:
        super().__init__("Only those who may manage the server can do this.")


class UnknownSettingError(Exception):
    """There is no such setting."""

    def __init__(self) -> None:
        super().__init__("There is no such setting.")


class InvalidSettingError(Exception):
    """A setting cannot have this value.

    Attributes:
        allowed: the text that says what it may be.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"The value is not what {allowed} says.")
