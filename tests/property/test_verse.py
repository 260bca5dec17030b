import string
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from engine.errors import InvalidRequestError
from engine.networks.vocabulary import Vocabulary
from engine.requests import PoemRequest
from engine.text import layout, normalize

VOCABULARY = Vocabulary(("\n", *" !',-.:;?", *string.ascii_uppercase, *string.ascii_lowercase))
TYPED = st.one_of(
    st.text(max_size=2_500),
    st.text(alphabet="<@!&#:>`*_~|\n\u200d\u202e aZ1é\u2019", max_size=200),
)
SAMPLES = st.text(alphabet="ab .\n", max_size=300)


@given(TYPED)
def test_whatever_is_typed_is_refused_or_read(typed: str) -> None:
    try:
        request = PoemRequest(prompt=typed)
        symbols = normalize.read_prompt(request.prompt, VOCABULARY)
    except InvalidRequestError:
        return

    assert len(request.prompt) <= normalize.MAX_PROMPT
    assert set(symbols) <= set(VOCABULARY.symbols)
    assert "\n" not in symbols[:-1]
    assert (symbols == "") == (request.prompt == "")


@given(TYPED)
@example("<@0\x1b>")
@example("<@\u202e0>")
@example("N\x1b\u0300")
@example("\u1fef\u1fef\u1fefpy\nrose")
def test_a_line_shows_nothing_unseen_and_stays_as_it_is(typed: str) -> None:
    line = normalize.one_line(typed)

    hidden = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not {unicodedata.category(symbol) for symbol in line} & hidden
    assert line == line.strip()
    assert normalize.one_line(line) == line


@given(SAMPLES)
def test_laid_out_verse_has_whole_lines_of_the_sample_in_their_order(sample: str) -> None:
    lines = layout.lay_out(sample).split("\n")

    assert "\n\n\n" not in "\n".join(lines)
    assert all(line == line.strip() for line in lines)
    if "\n" in sample.lstrip():
        written = [line.strip() for line in sample.split("\n")[:-1]]
        assert [line for line in lines if line] == [line for line in written if line]


@given(SAMPLES)
def test_a_closed_poem_is_the_beginning_of_it(sample: str) -> None:
    text = layout.lay_out(sample)
    closed = layout.close(text)

    assert text.startswith(closed)
    assert len(closed.split("\n")) >= len(text.split("\n")) // 2
    assert layout.close(closed) in text
