"""What the documentation names exists: modules, files, links, subcommands, make targets."""

import re
from pathlib import Path

import click
import pytest

from bot.cli import main

ROOT = Path(__file__).parents[2]
DEVELOPERS = ("docs/architecture.md", "docs/how-it-works.md", "CONTRIBUTING.md")
PAGES = (
    *DEVELOPERS,
    "README.md",
    "SECURITY.md",
    "docs/operations.md",
    "docs/performance.md",
    "tests/loopback/README.md",
)
ROOTS = "bot|engine|data|tests|benchmarks|docs|packaging"
ROWS = re.compile(r"^\| `((?:bot|engine)/\w+)` \| [^|]+ \| ((?:`\w+` ?)+)\|$", re.MULTILINE)


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def code_in(page: str) -> list[str]:
    """Return what stands in single backticks, and the lines of indented blocks."""
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4}(.+)$", text, re.MULTILINE)


def exists(dotted: str) -> bool:
    """Tell whether a name is a module, or is defined in the module before it."""
    path = ROOT / dotted.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module, _, name = dotted.rpartition(".")
    source = (ROOT / module.replace(".", "/")).with_suffix(".py")
    defined = rf"^\s*(?:(?:async )?def|class) {name}\b|^\s*{name}\b.*[=:]"
    return source.is_file() and bool(re.search(defined, source.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", DEVELOPERS)
def test_modules_that_are_named_exist(page: str) -> None:
    dotted = [name for name in code_in(page) if re.fullmatch(rf"(?:{ROOTS})(?:\.\w+)+", name)]

    assert [name for name in dotted if not exists(name)] == []


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_files_that_are_named_exist(page: str) -> None:
    paths = [name for name in code_in(page) if re.fullmatch(rf"(?:{ROOTS})/[\w./-]*", name)]
    # What is trained, downloaded, or made up in an example.
    made_up = {"bot/i18n/locales/de.ftl", "engine/jobs/dragon_task.py"}

    assert [path for path in paths if not (ROOT / path).exists() and path not in made_up] == []


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_relative_links_lead_somewhere(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", read(page)) if "://" not in link]
    targets = [(link, (ROOT / page).parent / link.partition("#")[0]) for link in links]

    assert [link for link, target in targets if not target.exists()] == []


def test_code_that_is_quoted_is_the_code() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", read("docs/how-it-works.md"), re.DOTALL | re.M)
    sources = [path.read_text("utf-8") for path in (ROOT / "engine").rglob("*.py")]

    assert len(blocks) >= 5
    assert [block for block in blocks if not any(block in source for source in sources)] == []


def test_the_tables_of_packages_list_all_their_modules() -> None:
    rows = ROWS.findall(read("docs/architecture.md"))
    listed = {f"{folder}/{name}.py" for folder, names in rows for name in re.findall(r"\w+", names)}
    found = {
        str(path.relative_to(ROOT))
        for package in ("bot", "engine")
        for path in (ROOT / package).glob("*/*.py")
        if path.name != "__init__.py"
    }

    assert sorted(listed - found) == []
    assert sorted(found - listed) == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_program_are_its_subcommands(page: str) -> None:
    lines = [line for line in code_in(page) if "docker" not in line]
    words = re.findall(r"(?<![\w=-])dinobard ([a-z]+(?:-[a-z]+)*)\b", "\n".join(lines))

    assert isinstance(main, click.Group)
    assert {word for word in words if word not in main.commands} == set()


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_program_can_be_pasted(page: str) -> None:
    lines = [line for line in code_in(page) if "docker" not in line]
    starts = re.findall(r"(\S*)\bdinobard [a-z]", "\n".join(lines))

    # The script for systemd is installed in the second.
    places = (".venv/bin/", "/usr/local/bin/")
    assert {start for start in starts if not start.endswith(places)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_targets_of_make_exist(page: str) -> None:
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))
    named = re.findall(r"\bmake (?:-s )?([a-z]+)$", "\n".join(code_in(page)), re.MULTILINE)

    assert set(named) <= targets
