"""Files that would run code when they are loaded: refused, and the code has not run.

The checksums on the card fit, as if somebody had written into the store itself.
"""

import base64
import hashlib
import io
import json
import marshal
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

from engine.errors import ModelDamagedError
from engine.models.names_model import NamesModel, read_version, write_version
from engine.models.poem_model import read_poem_version, write_poem_version
from engine.models.version import ModelCard, read_card
from engine.networks import lstm
from engine.networks.tensorflow import keras
from engine.networks.vocabulary import Vocabulary

VOCABULARY = Vocabulary(("\n", " ", "a", "b"))

Forge = Callable[[Path], dict[str, Any]]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._mark,))


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that only code out of a model would make."""
    return tmp_path / "code-has-run"


def put(folder: Path, name: str, content: bytes) -> None:
    """Replace a file of a version, and make its card vouch for it."""
    (folder / name).write_bytes(content)
    card = read_card(folder)
    sums = card.checksums | {name: hashlib.sha256(content).hexdigest()}
    (folder / "card.json").write_text(json.dumps(asdict(replace(card, checksums=sums))))


@pytest.fixture
def names_version(tmp_path: Path, tiny_model: NamesModel) -> Path:
    model = tiny_model
    write_version(tmp_path, model.card, model.parameters, model.vocabulary, model.known)
    return tmp_path / model.card.id


def pickled_array(mark: Path) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap(mark)], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def archive_of_pickles(mark: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("w_xh", "w_hh", "b_h", "w_hy", "b_y"):
            archive.writestr(f"{name}.npy", pickled_array(mark))
    return buffer.getvalue()


def bare_pickle(mark: Path) -> bytes:
    return pickle.dumps(Trap(mark))


@pytest.mark.parametrize("forge", [pickled_array, archive_of_pickles, bare_pickle])
def test_a_pickle_in_a_names_network_is_refused(
    names_version: Path, mark: Path, forge: Callable[[Path], bytes]
) -> None:
    put(names_version, "weights.npz", forge(mark))

    with pytest.raises(ModelDamagedError):
        read_version(names_version)

    assert not mark.exists()


def test_the_trap_would_have_gone_off(mark: Path) -> None:
    np.load(io.BytesIO(pickled_array(mark)), allow_pickle=True)

    assert mark.exists()


@pytest.fixture
def poem_version(tmp_path: Path, card: ModelCard) -> Path:
    network = lstm.build(lstm.LSTMConfig(4, 3, 5))
    write_poem_version(tmp_path, card, network, VOCABULARY, {"ab"})
    return tmp_path / card.id


def with_config(content: bytes, config: object) -> bytes:
    """Return a file of Keras with another configuration."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            is_config = name == "config.json"
            new.writestr(name, json.dumps(config) if is_config else old.read(name))
    return buffer.getvalue()


def called(module: str, name: str) -> dict[str, Any]:
    """Return how a configuration names a function."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def lambda_of(function: object, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a model that calls a function."""
    layer = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": "trap", "function": function, "arguments": arguments},
        "registered_name": None,
        "name": "trap",
    }
    inner = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [None, 1], "dtype": "float32", "name": "start"},
        "registered_name": None,
    }
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "trap", "layers": [inner, layer]},
        "registered_name": None,
    }


def a_function_of_the_system(mark: Path) -> dict[str, Any]:
    return lambda_of(called("os", "mkdir"), {"mode": 0})  # CVE-2025-1550


def a_function_of_keras(mark: Path) -> dict[str, Any]:
    where = {"origin": mark.parent.as_uri(), "fname": str(mark)}
    return lambda_of(called("keras.utils", "get_file"), where)  # CVE-2025-8747


def the_end_of_safe_mode(mark: Path) -> dict[str, Any]:
    # CVE-2025-9906
    return {
        "module": "keras.config",
        "class_name": "function",
        "config": "enable_unsafe_deserialization",
        "registered_name": "function",
    }


def a_class_of_the_system(mark: Path) -> dict[str, Any]:
    return {
        "module": "subprocess",
        "class_name": "Popen",
        "config": {"args": ["touch", str(mark)]},
        "registered_name": None,
    }


def bytecode(mark: Path) -> dict[str, Any]:
    outer = compile(f"lambda x: open({str(mark)!r}, 'w').close() or x", "trap", "eval")
    (code,) = (part for part in outer.co_consts if isinstance(part, CodeType))
    dumped = base64.encodebytes(marshal.dumps(code)).decode("ascii")
    function = {"code": dumped, "defaults": None, "closure": None}
    return lambda_of({"class_name": "__lambda__", "config": function}, {})


@pytest.mark.parametrize(
    "forge",
    [
        a_function_of_the_system,
        a_function_of_keras,
        the_end_of_safe_mode,
        a_class_of_the_system,
        bytecode,
    ],
)
def test_code_in_a_poem_network_is_refused(poem_version: Path, mark: Path, forge: Forge) -> None:
    content = (poem_version / "model.keras").read_bytes()
    put(poem_version, "model.keras", with_config(content, forge(mark)))

    with pytest.raises(ModelDamagedError):
        read_poem_version(poem_version)

    assert not mark.exists()
    # Nothing has opened the door for the next file either.
    put(poem_version, "model.keras", with_config(content, bytecode(mark)))
    with pytest.raises(ModelDamagedError):
        read_poem_version(poem_version)
    assert not mark.exists()


def test_what_is_no_archive_is_refused(poem_version: Path, mark: Path) -> None:
    for content in (bare_pickle(mark), b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"):
        put(poem_version, "model.keras", content)
        with pytest.raises(ModelDamagedError):
            read_poem_version(poem_version)

    assert not mark.exists()


def test_an_archive_does_not_write_outside_of_its_folder(poem_version: Path, mark: Path) -> None:
    content = (poem_version / "model.keras").read_bytes()
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(f"../../../../../../../..{mark}", "out of the folder")
        archive.writestr(str(mark), "out of the folder")
    put(poem_version, "model.keras", buffer.getvalue())

    with pytest.warns(UserWarning, match="Skipping invalid path"):
        read_poem_version(poem_version)

    assert not mark.exists()


def test_the_bytecode_would_have_run(poem_version: Path, mark: Path, tmp_path: Path) -> None:
    content = (poem_version / "model.keras").read_bytes()
    path = tmp_path / "model.keras"
    path.write_bytes(with_config(content, bytecode(mark)))

    keras.saving.load_model(path, safe_mode=False)

    assert mark.exists()
