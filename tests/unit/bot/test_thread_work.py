import ast
from pathlib import Path

UNBOUNDED = {"to_thread", "run_in_executor", "default_executor"}


def test_what_members_cause_runs_in_bounded_pools() -> None:
    folders = (Path("bot/features"), Path("bot/cogs"), Path("bot/client"))
    found = [
        f"{path}:{node.lineno}"
        for folder in folders
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in UNBOUNDED
    ]

    assert found == [], "use services.tasks or services.images, which have limits and deadlines"
