"""Downloads from a server on loopback that misbehaves in every way."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import data
from engine.corpora.downloads import Collection, File, fetch, read_manifest
from engine.errors import DownloadError, NotTextError

TEXT = b"The moon is up,\nthe tide is low,\n" * 40
FILE = File("moon", len(TEXT), hashlib.sha256(TEXT).hexdigest())


class _Handler(BaseHTTPRequestHandler):
    """Answers /KIND/moon.txt as KIND says."""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        if kind == "missing":
            self.send_error(404)
            return
        content = TEXT.upper() if kind == "altered" else TEXT
        self.send_response(200)
        if kind != "unannounced":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(
            content[:100] if kind in ("truncated", "unannounced", "reset") else content
        )
        if kind == "reset":
            # Closing with a linger of zero seconds sends a reset in place of an orderly end.
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.wfile.flush()
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _collection(address: str, kind: str = "whole") -> Collection:
    return Collection("verse", "Verse", "CC0", f"{address}/{kind}/{{name}}.txt", (FILE,))


def test_a_file_is_downloaded_once(address: str, tmp_path: Path) -> None:
    (path,) = fetch(_collection(address), tmp_path)
    (again,) = fetch(_collection("http://127.0.0.1:1"), tmp_path)

    assert path == again
    assert path.read_bytes() == TEXT


def test_a_damaged_cache_is_downloaded_again(address: str, tmp_path: Path) -> None:
    (path,) = fetch(_collection(address), tmp_path)
    path.write_bytes(TEXT[:50])

    list(fetch(_collection(address), tmp_path))

    assert path.read_bytes() == TEXT


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "404"),
        ("truncated", "ends after 100 of"),
        ("unannounced", "ends after 100 of"),
        ("reset", "interrupted"),
        ("altered", "altered"),
    ],
)
def test_what_goes_wrong_is_told_apart_and_leaves_nothing(
    address: str, tmp_path: Path, kind: str, reason: str
) -> None:
    with pytest.raises(DownloadError, match=reason):
        list(fetch(_collection(address, kind), tmp_path))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_without_a_server_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"no server answers.*DINOBARD_CORPUS"):
        list(fetch(_collection("http://127.0.0.1:1"), tmp_path))


def test_files_of_ones_own_are_used_in_place_of_a_download(tmp_path: Path) -> None:
    (tmp_path / "moon.txt").write_bytes(TEXT)

    paths = list(fetch(_collection("http://127.0.0.1:1"), tmp_path / "cache", own=tmp_path))

    assert paths == [tmp_path / "moon.txt"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "not in"), (b"other", "another text")], ids=["missing", "other"]
)
def test_files_of_ones_own_are_checked(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "moon.txt").write_bytes(content)

    with pytest.raises(NotTextError, match=reason):
        list(fetch(_collection("http://127.0.0.1:1"), tmp_path, own=tmp_path))


def test_the_manifest_names_42_public_texts() -> None:
    collection = read_manifest(data.CORPORA)["shakespeare"]

    assert len(collection.files) == 42
    assert collection.licence == "public domain"
    assert collection.url.startswith("https://")
    assert all(len(file.sha256) == 64 and file.size_bytes > 10_000 for file in collection.files)
