import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formatting import MAX_MESSAGE, for_discord
from bot.replies import Reply


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tri*cera*tops", r"Tri\*cera\*tops"),
        ("__Rex__", r"\_\_Rex\_\_"),
        ("```Rex```", r"\`\`\`Rex\`\`\`"),
        ("Triceratops\nRexodon", "Triceratops\nRexodon"),
    ],
)
def test_nothing_formats(text: str, shown: str) -> None:
    assert for_discord(Reply(text)) == shown


@given(st.sampled_from(["@everyone", "@here", "<@1234567890123456789>", "<@&123456789012345678>"]))
def test_nothing_mentions(mention: str) -> None:
    assert mention not in for_discord(Reply(f"Rex {mention} dino"))


@given(st.text(max_size=3_000))
def test_a_message_is_never_too_long(text: str) -> None:
    assert len(for_discord(Reply(text))) <= MAX_MESSAGE
