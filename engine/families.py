"""The kinds of models, one row each: what reads, validates and trains them.

A row names what implements it as "module:attribute", imported at its first use: TensorFlow is
loaded only where a poem network is. A further family is one module and one `register` call.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Literal

FamilyName = str


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """A kind of model.

    Attributes:
        name: in commands, and of the registry's folder.
        answers: the requests that it serves, `NameRequest` or `PoemRequest`. A model that answers
            names is a `NamesModel`.
        loader: function of a version's folder that returns the verified model, which has a `card`.
        validator: function of an uploaded `Text` that raises `CorpusError` or returns the corpus.
        task: callable that makes an `engine.jobs.task.TrainingTask` of a `JobContext`.
        is_light: whether loading is quick and safe in any thread, so that a version is loaded
            before it is activated; of others only the checksums are verified.
    """

    name: FamilyName
    answers: Literal["names", "poem"]
    loader: str
    validator: str
    task: str
    is_light: bool = True

    def load(self, folder: Path) -> Any:
        """Load and verify a version."""
        return resolve_name(self.loader)(folder)

    def validate_upload(self, text: Any) -> Any:
        """Return an uploaded text as a corpus."""
        return resolve_name(self.validator)(text)

    def make_task(self, context: Any) -> Any:
        """Return the training of a job, to be run in the process of the caller."""
        return resolve_name(self.task)(context)


FAMILIES: dict[FamilyName, ModelFamily] = {}
"""By name, in the order in which they are shown."""


def register(family: ModelFamily) -> None:
    """Add a family, or replace the one of the same name."""
    FAMILIES[family.name] = family


def family(name: FamilyName) -> ModelFamily:
    """Return a family.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return FAMILIES[name]
    except KeyError:
        known = ", ".join(FAMILIES)
        raise ValueError(f"no model family is called {name!r}; there are {known}") from None


register(
    ModelFamily(
        name="dino",
        answers="names",
        loader="engine.models.names_model:read_version",
        validator="engine.corpora.validation:check_names",
        task="engine.jobs.names_task:NamesTask",
    )
)
register(
    ModelFamily(
        name="poem",
        answers="poem",
        loader="engine.models.poem_model:read_poem_version",
        validator="engine.corpora.validation:check_verse",
        task="engine.jobs.poem_task:PoemTask",
        # Keras may be at work in another thread.
        is_light=False,
    )
)
