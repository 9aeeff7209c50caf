"""Readers: each form read right, and every kind of damage told by file and place."""

import gzip
import io
import math
import os
import struct
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import raising

from ganlib.data import formats as formats_module
from ganlib.data.formats import read_csv, read_idx, read_npz
from ganlib.errors import DataError

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (6, 4, 4), np.uint8)
LABELS = np.array([3, 0, 9, 1, 1, 7])


def idx_bytes(array, type_code=8):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, type_code, array.ndim, *array.shape)
    return header + array.tobytes()


def csv_text(images=IMAGES, labels=LABELS):
    rows = [["label", *(f"pixel{i}" for i in range(1, images[0].size + 1))]]
    rows += [[label, *image.ravel()] for image, label in zip(images, labels, strict=True)]
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def npz_bytes(**changes):
    arrays = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:2], "y_test": LABELS[:2]}
    file = io.BytesIO()
    np.savez_compressed(file, **{k: v for k, v in (arrays | changes).items() if v is not None})
    return file.getvalue()


def packed(content: bytes) -> bytes:
    """Without the time of day: a test's name holds these bytes, and is to be the same in every
    process."""
    return gzip.compress(content, mtime=0)


def written(path, content):
    (path.write_text if isinstance(content, str) else path.write_bytes)(content)
    return path


# idx


@pytest.mark.parametrize("name, pack", [("a.gz", packed), ("a-idx3-ubyte", bytes)])
@pytest.mark.parametrize("array", [IMAGES, LABELS.astype(np.uint8)])
def test_idx_gives_back_what_was_written(tmp_path, array, name, pack):
    path = written(tmp_path / name, pack(idx_bytes(array)))
    np.testing.assert_array_equal(read_idx(path), array)


@pytest.mark.parametrize(
    "content, parts",
    [
        (packed(idx_bytes(IMAGES))[:-9], ["gzip"]),
        (packed(idx_bytes(IMAGES)) + b"more", ["gzip"]),
        (b"<html>not found</html>", ["gzip"]),
        (b"", ["nothing", "00 00 08"]),
        (packed(b"\x89PNG...."), ["89 50 4e 47", "00 00 08"]),
        (packed(idx_bytes(IMAGES, type_code=13)), ["00 00 0d 03", "00 00 08"]),
        (packed(b"\0\0\x08\x03\0\0"), ["within"]),
        (packed(idx_bytes(IMAGES)[:-1]), [96, 95]),
        (packed(idx_bytes(IMAGES) + b"\0"), [96, "more"]),
        (packed(b"\0\0\x08\x01" + bytes(4)), ["dimension", 0]),
        (packed(b"\0\0\x08\x04" + b"\xff" * 16), [" x ".join([str(2**32 - 1)] * 4)]),
        (packed(b"\0\0\x08\x01" + b"\x7f\xff\xff\xff"), [2**31 - 1]),
    ],
)
def test_damaged_idx_is_told(tmp_path, content, parts):
    path = written(tmp_path / "a.gz", content)
    with raising(DataError, path, *parts):
        read_idx(path)


def test_missing_idx_is_a_data_error(tmp_path):
    with raising(DataError, tmp_path / "none.gz"):
        read_idx(tmp_path / "none.gz")


def through_npz(path):
    return read_npz(path, "train")


@pytest.mark.parametrize("reader", [read_idx, read_csv, through_npz])
@pytest.mark.parametrize("name", ["pipe.gz", "pipe"])
def test_pipe_is_refused_at_once(tmp_path, reader, name):
    os.mkfifo(tmp_path / name)
    with raising(DataError, tmp_path / name, "regular"):
        reader(tmp_path / name)


@pytest.mark.parametrize("reader", [read_idx, read_csv, through_npz])
def test_file_beyond_all_measure_is_refused(tmp_path, monkeypatch, reader):
    monkeypatch.setattr(formats_module, "MAX_BYTES", 1 << 30)
    with (tmp_path / "a.gz").open("wb") as file:
        file.truncate((1 << 30) + 1)  # takes no room on the disk
    with raising(DataError, tmp_path / "a.gz", "1 GB"):
        reader(tmp_path / "a.gz")


# CSV


def test_csv_gives_back_what_was_written(tmp_path):
    images, labels = read_csv(written(tmp_path / "a.csv", csv_text()))
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)
    assert images.dtype == np.uint8 and labels.dtype == np.int64


def test_csv_with_windows_line_ends_and_byte_order_mark(tmp_path):
    content = b"\xef\xbb\xbf" + csv_text().replace("\n", "\r\n").encode()
    np.testing.assert_array_equal(read_csv(written(tmp_path / "a.csv", content))[0], IMAGES)


def test_csv_of_one_image_keeps_its_axes(tmp_path):
    path = written(tmp_path / "a.csv", csv_text(IMAGES[:1], LABELS[:1]))
    assert read_csv(path)[0].shape == (1, 4, 4)


def changed(line, column, value):
    rows = [row.split(",") for row in csv_text().splitlines()]
    rows[line - 1][column - 1] = value
    return "\n".join(",".join(row) for row in rows)


@pytest.mark.parametrize(
    "content, parts",
    [
        (changed(4, 6, "256"), ["line 4", "column 6", "'256'", 255]),
        (changed(4, 6, "-1"), ["line 4", "column 6", "'-1'"]),
        (changed(4, 6, "1.5"), ["line 4", "column 6", "'1.5'"]),
        (changed(4, 6, ""), ["line 4", "column 6", "''"]),
        (changed(4, 6, "٣"), ["line 4", "column 6", "'٣'"]),
        (changed(4, 6, "1" * 5000), ["line 4", "column 6", "'11111111111111111111'"]),
        (changed(7, 1, "1000"), ["line 7", "column 1", "'1000'", 999]),
        (changed(7, 1, "65537"), ["line 7", "column 1", "'65537'"]),
        (changed(7, 2, "65537"), ["line 7", "column 2", "'65537'"]),
        (changed(3, 17, "1,2"), ["line 3", 18, 17]),
        (csv_text()[:-30], ["line 7", 17]),
        (csv_text().split("\n", 1)[1], ["line 1", "label,pixel1", "'3'"]),
        (changed(1, 17, "pixel16,pixel17"), ["line 1", 18, 785]),
        (csv_text().split("\n")[0] + "\n", ["numbers", 1]),
        ("label\n1\n", ["line 1", "label,pixel1", r"'label\n'"]),
        ("", ["line 1", "label,pixel1", "''"]),
        (csv_text().encode() + b"\xff\xfe", ["line 8", 1, 17]),
    ],
)
def test_faulty_csv_is_told_with_its_line(tmp_path, content, parts):
    path = written(tmp_path / "a.csv", content)
    with raising(DataError, path, *parts):
        read_csv(path)


def test_csv_labels_go_up_to_a_given_one(tmp_path):
    path = written(tmp_path / "a.csv", changed(7, 1, "10"))
    assert read_csv(path)[1].tolist() == [3, 0, 9, 1, 1, 10]
    with raising(DataError, "line 7", "column 1", "'10'", 9):
        read_csv(path, 9)


def test_blank_lines_do_not_shift_the_reported_line(tmp_path):
    content = changed(4, 6, "256").replace("\n", "\n\n", 1)
    with raising(DataError, "line 5", "column 6"):
        read_csv(written(tmp_path / "a.csv", content))


# npz


def test_npz_gives_back_what_was_written(tmp_path):
    path = written(tmp_path / "a.npz", npz_bytes())
    images, labels = read_npz(path, "test")
    np.testing.assert_array_equal(images, IMAGES[:2])
    assert labels["test"].tolist() == [3, 0] and labels["test"].dtype == np.int64
    assert labels["train"].tolist() == LABELS.tolist()


def test_npz_of_one_channel_and_column_labels(tmp_path):
    content = npz_bytes(x_train=IMAGES[..., None], y_train=LABELS[:, None].astype(np.uint8))
    images, labels = read_npz(written(tmp_path / "a.npz", content), "train")
    np.testing.assert_array_equal(images, IMAGES)
    assert labels["train"].tolist() == LABELS.tolist()


def npz_announcing(shape):
    """An npz whose x_train announces another shape than it has."""
    file = io.BytesIO(npz_bytes())
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "x_train.npy":
                body = body.replace(b"(6, 4, 4), }" + b" " * 20, (shape + b", }").ljust(32))
            new.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    "content, parts",
    [
        (npz_bytes()[:-40], ["BadZipFile"]),
        (b"PK nonsense", ["BadZipFile"]),
        (npz_bytes(x_test=None), [": x_test", "x_train.npy, y_train.npy, y_test.npy"]),
        (npz_bytes(x_test=IMAGES / 255), ["x_test", "float64"]),
        (npz_bytes(x_test=IMAGES[0]), ["x_test", "uint8", "(4, 4)"]),
        (npz_bytes(x_test=np.zeros((2, 4, 4, 2), np.uint8)), ["x_test", "(2, 4, 4, 2)"]),
        (npz_bytes(x_test=np.zeros((2, 4, 4, 4), np.uint8)), ["x_test", "(2, 4, 4, 4)"]),
        (npz_bytes(x_test=np.zeros((2, 4, 4, 5), np.uint8)), ["x_test", "(2, 4, 4, 5)"]),
        (npz_bytes(x_test=IMAGES[:5]), ["x_test", 5, "y_test", 2]),
        (npz_bytes(y_test=np.array([0.5, 1])), ["y_test", "float64"]),
        (npz_bytes(y_test=np.eye(2, dtype=int)), ["y_test", "int64", "(2, 2)"]),
        (npz_bytes(y_train=LABELS - 1), ["y_train", -1, 8]),
        (npz_bytes(y_train=LABELS * 10**9), ["y_train", 0, 9 * 10**9]),
        (npz_bytes(x_test=np.array([{}, {}])), ["x_test", "objects"]),
    ],
)
def test_damaged_npz_is_told(tmp_path, content, parts):
    path = written(tmp_path / "a.npz", content)
    with raising(DataError, path, *parts):
        read_npz(path, "test")


@pytest.mark.parametrize(
    "shape, announced",
    [(b"(600000000, 400, 4)", "960,000,000,000"), (b"(6, 4, 3)", 72), (b"(-6, -4, 4)", 96)],
)
def test_npz_that_announces_another_size_takes_no_memory_for_it(tmp_path, shape, announced):
    path = written(tmp_path / "a.npz", npz_announcing(shape))
    with raising(DataError, path, "x_train", announced, 96):
        read_npz(path, "train")


# Garbage: whatever the bytes, a DataError or a right answer.


@st.composite
def damaged(draw, valid):
    """Valid bytes with a few replaced, cut somewhere, or garbage put in."""
    content = bytearray(valid)
    for _ in range(draw(st.integers(0, 4))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(content)))
        content[place:place] = draw(st.binary(max_size=8))
    if draw(st.booleans()):
        del content[draw(st.integers(0, len(content))) :]
    return bytes(content)


def outcome(reader, content, *arguments):
    """What a reader gives for a file of these bytes; None where it raises DataError."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "file.gz", content)  # the other readers go by no name
        try:
            return reader(path, *arguments)
        except DataError as error:
            assert str(path) in str(error)
            return None


@settings(max_examples=300, deadline=None)
@given(damaged(packed(idx_bytes(IMAGES))))
def test_any_packed_idx_is_an_error_or_read_right(content):
    array = outcome(read_idx, content)
    assert array is None or np.array_equal(array, IMAGES)


@settings(max_examples=300, deadline=None)
@given(damaged(idx_bytes(IMAGES)))
def test_any_idx_content_is_an_error_or_read_right(content):
    array = outcome(read_idx, packed(content))
    if array is not None:
        shape = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
        assert array.shape == shape and math.prod(shape) == len(content) - 4 - 4 * len(shape)
        assert content.endswith(array.tobytes())


@settings(max_examples=300, deadline=None)
@given(damaged(csv_text().encode()))
def test_any_csv_is_an_error_or_read_right(content):
    result = outcome(read_csv, content)
    if result is not None:
        images, labels = result
        text = content.decode("utf-8-sig", "replace").replace("\r", "\n")
        rows = [line for line in text.split("\n")[1:] if line.strip()]
        numbers = [[int(cell.strip()) for cell in row.split(",")] for row in rows]
        assert numbers == np.column_stack([labels, images.reshape(len(labels), -1)]).tolist()


@settings(max_examples=300, deadline=None)
@given(damaged(npz_bytes()))
def test_any_npz_is_an_error_or_read_right(content):
    result = outcome(read_npz, content, "train")
    if result is not None:
        images, labels = result
        assert np.array_equal(images, IMAGES) and np.array_equal(labels["train"], LABELS)


@settings(max_examples=200, deadline=None)
@given(damaged(npz_announcing(b"(6, 4, 4)")[:400]), st.integers(0, 400))
def test_any_array_inside_a_sound_zip_is_an_error_or_has_the_shape_of_its_labels(body, start):
    """The zip's checksum hides the array's own header from the test above."""
    out = io.BytesIO(npz_bytes(x_train=None))
    with zipfile.ZipFile(out, "a") as archive:
        array = io.BytesIO()
        np.save(array, IMAGES)
        whole = array.getvalue()
        archive.writestr("x_train.npy", whole[:start] + body[: 1 + start % 3] + whole[start + 1 :])
    result = outcome(read_npz, out.getvalue(), "train")
    assert result is None or len(result[0]) == len(LABELS) == len(result[1]["train"])
