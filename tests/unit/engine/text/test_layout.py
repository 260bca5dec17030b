import pytest

from engine.text import layout


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("A rose,\nA tho", "A rose,", id="the last line is cut"),
        pytest.param("\n\nA rose, \n A thorn.\n", "A rose,\nA thorn.", id="blanks at the ends"),
        pytest.param("A\n\n\n \nB\n", "A\n\nB", id="doubled empty lines"),
        pytest.param("One line that never en", "One line that never", id="no line at all"),
        pytest.param("A rose\n", "A rose", id="one line"),
        pytest.param("\n\n \n", "", id="nothing"),
        pytest.param("word", "", id="not even a whole word"),
    ],
)
def test_verse_is_laid_out_in_whole_lines(text: str, lines: str) -> None:
    assert layout.lay_out(text) == lines


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        pytest.param("a,\nb.\nc,\nd.\ne,\nf", "a,\nb.\nc,\nd.", id="with a sentence"),
        pytest.param("a,\nb.\nc,\nd\ne,\nf", "a,\nb.\nc,\nd\ne,\nf", id="too early"),
        pytest.param("a\nb\nc\nd\n\ne\nf.\ng", "a\nb\nc\nd\n\ne\nf.", id="not a long stanza"),
        pytest.param("a\nb\nc\nd.\ne.\nf\n\ng", "a\nb\nc\nd.\ne.\nf", id="with a stanza"),
        pytest.param("a\n'b.'\nc", "a\n'b.'", id="with a quoted sentence"),
        pytest.param("a", "a", id="one line"),
    ],
)
def test_a_poem_closes_with_a_stanza_or_a_sentence(text: str, closed: str) -> None:
    assert layout.close(text) == closed


def test_a_word_counts_as_real_in_any_case_and_with_either_apostrophe() -> None:
    words = layout.words_of("Love's LABOUR, love\u2019s zxq")

    assert layout.share_real(words, {"love's", "labour"}) == 0.75


def test_the_words_that_were_given_do_not_count() -> None:
    assert layout.new_words("Qwx zxq", "Qwx zxq\nThe rose, the rose") == ["the", "rose"] * 2
