"""Official files: verified wherever they lie, downloaded once, never left half-done."""

import contextlib
import errno
import hashlib
import http.server
import multiprocessing
import os
import threading
import time

import pytest
from filelock import FileLock
from support import raising, says

from ganlib import files
from ganlib.data import official as official_module
from ganlib.data.official import MIRRORS, OfficialFile, download, faults_in, obtain
from ganlib.errors import DataError

CONTENT = {f"file{i}.gz": bytes([i]) * (200_000 + i) for i in range(3)}
FILES = {
    name: OfficialFile(len(body), hashlib.sha256(body).hexdigest())
    for name, body in CONTENT.items()
}
DEAD = "http://127.0.0.1:9/"  # the "discard" port, on which nothing listens


REDIRECTS = {
    "circle": "/circle/file0.gz",
    "scheme": "ftp://127.0.0.1/x",
    "brackets": "http://[x/",
    "dots": "http://a..b/",
    "dead": DEAD + "x",
}
LIMIT = 100_000_000  # an endless body ends here, so that a test that fails ends too


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT; under /cut/ half of each body, under /wrong/ other bytes of that length, and
    what else a server may do under the names below."""

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the client has had enough
            super().handle()

    def drip(self, text):
        for byte in text[:300]:
            if self.server.closing.wait(0.05):
                return
            self.wfile.write(bytes([byte]))

    def do_GET(self):
        folder, name = self.path.strip("/").split("/")
        self.server.requests.append(self.path)
        body = CONTENT.get(name)
        if body is None or folder == "absent":
            return self.send_error(404)
        if folder in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[folder])
            self.send_header("Content-Length", 0)
            return self.end_headers()
        if folder == "hangs-up":
            return None
        if folder == "slow-headers":
            return self.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Header: more\r\n" * 100)
        if folder == "slow":
            time.sleep(0.3)
        if folder == "endless":
            self.send_response(200)
            self.end_headers()
            while self.server.sent < LIMIT:
                self.server.sent += self.wfile.write(bytes(1 << 16))
            return None
        self.send_response(200)
        self.send_header("Content-Length", len(body))
        self.end_headers()
        if folder == "cut":
            body = body[: len(body) // 2]
        elif folder == "wrong":
            body = b"\xff" * len(body)
        elif folder == "slow-body":
            return self.drip(body)
        self.wfile.write(body)
        return None

    def log_message(self, *args):
        pass


@pytest.fixture
def mirror():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.requests, server.sent, server.closing = [], 0, threading.Event()
    server.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


def put(folder, content=CONTENT):
    folder.mkdir(parents=True)
    for name, body in content.items():
        (folder / name).write_bytes(body)
    return folder


def files_in(folder):
    return {path.name for path in folder.iterdir() if path.name != ".lock"}


def test_good_download_brings_every_file_and_nothing_else(tmp_path, mirror):
    download(tmp_path / "own", [mirror.address + "good/"], FILES)
    assert files_in(tmp_path / "own") == set(FILES)
    assert faults_in(tmp_path / "own", FILES) == []


@pytest.mark.parametrize("folder, kind", [("cut", "broke"), ("wrong", "SHA-256")])
def test_bad_download_leaves_nothing_behind(tmp_path, mirror, folder, kind):
    address = f"{mirror.address}{folder}/"
    with raising(DataError, address, "file0.gz", kind):
        download(tmp_path, [address], FILES)
    assert files_in(tmp_path) == set()


def test_an_endless_body_is_read_no_further_than_the_known_size(tmp_path, mirror):
    with raising(DataError, "200,000", "file0.gz"):
        download(tmp_path, [mirror.address + "endless/"], FILES)
    assert files_in(tmp_path) == set()
    assert mirror.sent < LIMIT / 4  # what the buffers on the way take


@pytest.mark.parametrize("folder", ["slow-body", "slow-headers"])
def test_a_mirror_that_is_too_slow_is_left_for_the_next(tmp_path, mirror, monkeypatch, folder):
    monkeypatch.setattr(official_module, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(official_module, "SLOWEST", 1_000_000)
    started = time.monotonic()
    download(tmp_path, [f"{mirror.address}{folder}/", mirror.address + "good/"], FILES)
    assert time.monotonic() - started < 5  # to its end such a file takes 15 s
    assert mirror.requests == [f"/{folder}/file0.gz", *(f"/good/{name}" for name in FILES)]
    assert files_in(tmp_path) == set(FILES)


@pytest.mark.parametrize(
    "folder, parts",
    [
        ("circle", ["circle"]),
        ("scheme", ["redirects", REDIRECTS["scheme"]]),
        ("brackets", ["redirects"]),
        ("dots", ["redirects"]),
        ("dead", ["redirects", REDIRECTS["dead"], "reached"]),
        ("hangs-up", ["broke", "file0.gz"]),
    ],
)
def test_a_failed_answer_is_told_by_its_kind(tmp_path, mirror, folder, parts):
    address = f"{mirror.address}{folder}/"
    with raising(DataError, address, *parts):
        download(tmp_path, [address], FILES)
    assert len(files_in(tmp_path)) == 0


def test_a_tls_error_is_told_as_one(tmp_path, mirror):
    address = mirror.address.replace("http:", "https:")
    with raising(DataError, address, "TLS") as caught:
        download(tmp_path, [address], FILES)
    assert "reached" not in str(caught.value)


def test_what_a_killed_download_left_is_removed(tmp_path, mirror):
    with pytest.raises(KeyboardInterrupt), files.replacing(tmp_path / "file0.gz") as temporary:
        os.link(temporary, tmp_path / f"{files.TEMPORARY}of-another-file0.gz")
        raise KeyboardInterrupt
    assert len(files_in(tmp_path)) == 1
    download(tmp_path, [mirror.address + "good/"], FILES)
    assert files_in(tmp_path) == set(FILES)


def test_another_process_is_waited_for_with_one_word(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(official_module, "LOCK_SECONDS", 0.4)
    held, done = threading.Event(), threading.Event()

    def hold():
        with FileLock(tmp_path / ".lock"):
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    try:
        with raising(DataError, tmp_path / ".lock", "0.4 s"):
            download(tmp_path, [DEAD], FILES)
    finally:
        done.set()
        holder.join()
    (line,) = capsys.readouterr().out.splitlines()
    says(line, tmp_path, "0.4 s")


def test_next_mirror_is_asked_where_the_first_fails(tmp_path, mirror):
    mirrors = [DEAD, *(f"{mirror.address}{folder}/" for folder in ("absent", "wrong", "good"))]
    download(tmp_path, mirrors, FILES)
    assert files_in(tmp_path) == set(FILES)


def test_mirror_that_failed_is_not_asked_for_the_other_files(tmp_path, mirror):
    with raising(DataError, f"{mirror.address}absent/", 404, "file0.gz"):
        download(tmp_path, [mirror.address + "absent/"], FILES)
    assert len(mirror.requests) == 1


def test_every_mirror_is_named_where_none_can_be_reached(tmp_path):
    with raising(DataError, f"{DEAD}a/", f"{DEAD}b/"):
        download(tmp_path, [f"{DEAD}a/", f"{DEAD}b/"], FILES)


def test_only_missing_and_damaged_files_are_fetched(tmp_path, mirror):
    own = put(tmp_path / "own")
    (own / "file0.gz").write_bytes(b"cut")
    (own / "file2.gz").unlink()
    download(own, [mirror.address + "good/"], FILES)
    assert mirror.requests == ["/good/file0.gz", "/good/file2.gz"]
    assert faults_in(own, FILES) == []


def test_two_processes_download_once(tmp_path, mirror):
    spawn = multiprocessing.get_context("spawn")
    mirrors = [mirror.address + "slow/"]
    processes = [spawn.Process(target=download, args=(tmp_path, mirrors, FILES)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted(mirror.requests) == [f"/slow/{name}" for name in FILES]


def test_unwritable_folder_is_named(tmp_path):
    (tmp_path / "own").write_text("a file where the folder should be")
    with raising(DataError, tmp_path / "own", os.strerror(errno.EEXIST)):
        download(tmp_path / "own", [DEAD], FILES)


@pytest.mark.parametrize(
    "damage, parts",
    [
        (lambda path: path.unlink(), ["missing"]),
        (lambda path: path.write_bytes(CONTENT[path.name][:50]), ["cut", 50, "200,001"]),
        (
            lambda path: path.write_bytes(bytes(200_001)),
            [FILES["file1.gz"].sha256[:12], hashlib.sha256(bytes(200_001)).hexdigest()[:12]],
        ),
        (lambda path: path.write_bytes(CONTENT["file2.gz"]), ["file2.gz"]),
        (lambda path: (path.unlink(), path.mkdir()), ["regular"]),
        (lambda path: (path.unlink(), os.mkfifo(path)), ["regular"]),
        (lambda path: (path.unlink(), path.symlink_to("/dev/zero")), ["regular"]),
        (lambda path: os.truncate(path, 1 << 40), ["200,002"]),
    ],
)
def test_fault_is_told_by_kind_and_name(tmp_path, damage, parts):
    folder = put(tmp_path / "data")
    damage(folder / "file1.gz")
    (fault,) = faults_in(folder, FILES)
    says(fault, "file1.gz", *parts)


def test_missing_folder_is_told():
    assert len(faults_in(official_module.Path("nowhere"), FILES)) == 1  # not one a file


def test_keras_cache_is_used_where_it_is_right(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    cache = put(tmp_path / "datasets" / "fashion-mnist")
    assert obtain(tmp_path / "own", [DEAD], FILES) == (cache, [])


def test_damaged_keras_cache_is_left_alone_and_another_copy_downloaded(
    tmp_path, monkeypatch, mirror
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("GANLIB_OFFLINE", raising=False)
    cache = put(tmp_path / "datasets" / "fashion-mnist", {**CONTENT, "file1.gz": b"cut"})
    folder, problems = obtain(tmp_path / "own", [mirror.address + "good/"], FILES)
    assert folder == tmp_path / "own"
    says(problems[0], cache, "file1.gz", 3, "200,001")
    assert (cache / "file1.gz").read_bytes() == b"cut"


def test_every_place_tried_is_listed_where_nothing_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("GANLIB_OFFLINE", raising=False)
    folder, problems = obtain(tmp_path / "own", [DEAD], FILES)
    assert folder is None
    places = tmp_path / "keras" / "datasets" / "fashion-mnist", tmp_path / "own", DEAD
    for problem, place in zip(problems, places, strict=True):
        says(problem, place)


def test_offline_means_no_request(tmp_path, monkeypatch, mirror):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("GANLIB_OFFLINE", "1")
    folder, problems = obtain(tmp_path / "own", [mirror.address + "good/"], FILES)
    assert folder is None and "GANLIB_OFFLINE" in problems[-1]
    assert mirror.requests == []


def test_mirrors_are_https():
    assert all(address.startswith("https://") for address in MIRRORS)


def test_table_is_that_of_the_official_files(fashion_mnist_dir):
    assert faults_in(fashion_mnist_dir) == []
