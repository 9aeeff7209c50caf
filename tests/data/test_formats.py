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
from PIL import Image
from support import raising, says

from ganlib.data import folders
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


# Folders of images


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(array, np.uint8)).save(path, **options)
    return path


def grey(level, shape=(8, 8)):
    return np.full(shape, level)


def test_subfolders_are_classes_in_alphabetical_order(tmp_path):
    for level, name in [(200, "b/1.png"), (100, "a/deeper/2.PNG"), (50, "a/1.png")]:
        save(tmp_path / name, grey(level))
    save(tmp_path / "b" / "2.bmp", grey(201))
    save(tmp_path / ".hidden" / "x.png", grey(0))
    save(tmp_path / "b" / "._1.png", grey(0))
    (tmp_path / "readme.txt").write_text("not an image")
    images, labels, names, notes = folders.read_images(tmp_path, "train", 8)
    assert names == ("a", "b")
    assert images[:, 0, 0].tolist() == [50, 200] and labels["train"].tolist() == [0, 1]
    assert folders.read_images(tmp_path, "test", 8)[0][:, 0, 0].tolist() == [100, 201]
    assert labels["test"].tolist() == [0, 1]
    says(notes[0], "tenth")
    says(notes[1], 1, "readme.txt")


@pytest.mark.parametrize("count, held_out", [(1, []), (2, [1]), (9, [8]), (10, [9]), (21, [9, 19])])
def test_hold_out_is_every_tenth_and_the_splits_share_nothing(tmp_path, count, held_out):
    folder = tmp_path / "flat"
    for i in range(count):
        save(folder / f"{i:02}.png", grey(i))
    images, _, names, _ = folders.read_images(folder, "train", 8)
    assert names == ("flat",)
    assert images[:, 0, 0].tolist() == [i for i in range(count) if i not in held_out]
    if held_out:
        assert folders.read_images(folder, "test", 8)[0][:, 0, 0].tolist() == held_out
    else:
        with raising(DataError, folder, "test"):
            folders.read_images(folder, "test", 8)


def test_one_colour_image_makes_all_colour_in_both_splits(tmp_path):
    save(tmp_path / "a" / "1.png", grey(9))
    save(tmp_path / "a" / "2.png", np.tile([255, 0, 0], (8, 8, 1)))
    assert folders.read_images(tmp_path, "train", 8)[0].shape == (1, 8, 8, 3)
    assert folders.read_images(tmp_path, "test", 8)[0][0, 0, 0].tolist() == [255, 0, 0]


SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif", ".jp2",
    ".ppm", ".pgm",
)  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["1{}", "no suffix", "1.PNG", "1.dat"])
def test_every_format_is_read_whatever_the_files_name(tmp_path, suffix, name):
    save(tmp_path / f"1{suffix}", grey(100)).rename(tmp_path / name.format(suffix))
    images, _, _, notes = folders.read_images(tmp_path, "train", 8)
    assert images.shape == (1, 8, 8) and len(notes) == 1
    assert abs(int(images[0, 4, 4]) - 100) <= 2  # some formats are lossy


def test_wide_image_is_cut_to_its_centre_then_resized(tmp_path):
    array = np.zeros((16, 48))
    array[:, 16:32] = 255
    save(tmp_path / "1.png", array)
    np.testing.assert_array_equal(folders.read_images(tmp_path, "train", 8)[0], grey(255)[None])


def test_exif_orientation_is_respected(tmp_path):
    array = np.zeros((16, 16))
    array[:, :8] = 255  # bright on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise: the left becomes the top
    save(tmp_path / "1.png", array, exif=exif)
    image = folders.read_images(tmp_path, "train", 16)[0][0]
    assert image[:7].min() == 255 and image[9:].max() == 0


def test_transparent_parts_are_white(tmp_path):
    save(tmp_path / "1.png", np.zeros((8, 8, 4)))
    np.testing.assert_array_equal(folders.read_images(tmp_path, "train", 8)[0], grey(255)[None])


def test_sixteen_bit_grey_keeps_its_levels(tmp_path):
    Image.fromarray(np.full((8, 8), 100 * 257, np.uint16)).save(tmp_path / "1.png")
    np.testing.assert_array_equal(folders.read_images(tmp_path, "train", 8)[0], grey(100)[None])


@pytest.mark.parametrize("brightest, white", [(4095, 4095), (4096, 65535)])
def test_sixteen_bits_are_scaled_by_the_depth_of_the_whole_folder(tmp_path, brightest, white):
    for split, level in (("train", 2048), ("test", brightest)):
        (tmp_path / split).mkdir()
        picture = np.zeros((8, 8), np.uint16)
        picture[:, 4:] = level
        Image.fromarray(picture).save(tmp_path / split / f"1.{'png' if level < 4096 else 'tif'}")
    save(tmp_path / "train" / "8 bits.png", grey(100))
    images, _, _, notes = folders.read_images(tmp_path, "train", 8)
    assert images[0].max() == round(2048 * 255 / white) and images[1].max() == 100
    says(notes[1], f"{white:,}")


@pytest.mark.parametrize("level, dtype", [(0.5, np.float32), (65536, np.int32), (-1, np.int32)])
def test_levels_without_a_known_white_are_refused(tmp_path, level, dtype):
    Image.fromarray(np.full((8, 8), level, dtype)).save(tmp_path / "1.tif")
    with raising(DataError, tmp_path / "1.tif", 8, 16):
        folders.read_images(tmp_path, "train", 8)


def test_unreadable_image_is_named(tmp_path):
    save(tmp_path / "1.png", grey(0))
    whole = save(tmp_path / "2.png", RNG.integers(0, 256, (32, 32))).read_bytes()
    for content in (whole[:200], b"", b"GIF89a", whole[:30] + b"garbage" + whole[37:]):
        (tmp_path / "2.png").write_bytes(content)
        with raising(DataError, tmp_path / "2.png"):
            folders.read_images(tmp_path, "train", 8)


def test_all_damaged_images_are_told_at_once(tmp_path):
    for i in range(9):
        save(tmp_path / f"{i}.png", grey(i))
        if i != 4:
            (tmp_path / f"{i}.png").write_bytes(b"no picture")
    with pytest.raises(DataError) as caught:
        folders.read_images(tmp_path, "train", 8)
    message = str(caught.value)
    named = [i for i in range(9) if str(tmp_path / f"{i}.png") in message]
    assert named == [0, 1, 2, 3, 5]
    says(message, 8, "3 more")


def test_what_is_no_picture_is_counted_and_named(tmp_path):
    folder = tmp_path / "a"
    save(folder / "1.png", grey(7))
    (folder / "dead.png").symlink_to(tmp_path / "nowhere")
    (folder / "circle").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    (folder / "drawing.svg").write_text("<svg/>")
    (tmp_path / "Thumbs.db").write_bytes(b"\0" * 99)
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    save(tmp_path / "__MACOSX" / "a" / "1.png", grey(9))
    images, _, names, notes = folders.read_images(tmp_path, "train", 8)
    assert (len(images), names) == (1, ("a",))
    says(notes[-1], 5, "Thumbs.db", "a/circle", "a/dead.png", "a/drawing.svg", "a/pipe.png")


def test_linked_class_folder_is_read(tmp_path):
    save(tmp_path / "elsewhere" / "1.png", grey(7))
    save(tmp_path / "pets" / "cats" / "1.png", grey(8))
    (tmp_path / "pets" / "dogs").symlink_to(tmp_path / "elsewhere")
    images, _, names, _ = folders.read_images(tmp_path / "pets", "train", 8)
    assert names == ("cats", "dogs") and images[:, 0, 0].tolist() == [8, 7]


def test_postscript_under_a_pictures_name_starts_nothing(tmp_path, monkeypatch):
    from PIL import EpsImagePlugin

    def started(*args, **options):
        raise AssertionError("Ghostscript was started")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", started)
    save(tmp_path / "1.png", grey(0))
    Image.new("L", (8, 8)).save(tmp_path / "99.eps")
    (tmp_path / "99.eps").rename(tmp_path / "99.png")
    with raising(DataError, tmp_path / "99.png", "UnidentifiedImageError"):
        folders.read_images(tmp_path, "train", 8)


def test_decompression_bomb_is_refused_and_a_large_photo_is_not(tmp_path, monkeypatch):
    save(tmp_path / "1.png", grey(9, (100, 100)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # Pillow's own, which refuses large photos
    assert folders.read_images(tmp_path, "train", 8)[0][0, 0, 0] == 9
    assert Image.MAX_IMAGE_PIXELS == 100
    monkeypatch.setattr(folders, "MAX_PIXELS", 9_999)
    folders._read.cache_clear()
    with raising(DataError, tmp_path / "1.png", "10,000", "9,999"):
        folders.read_images(tmp_path, "train", 8)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_large_jpeg_is_decoded_small(tmp_path, monkeypatch):
    ramp = np.tile(np.linspace(0, 255, 1600), (1200, 1))
    path = save(tmp_path / "1.jpg", ramp)
    decoded = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image, "resize", lambda i, *args: decoded.append(i.size) or resize(i, *args)
    )
    image = folders.read_images(tmp_path, "train", 32)[0][0]
    assert decoded == [(150, 150)]
    exact = resize(Image.open(path).crop((200, 0, 1400, 1200)), (32, 32), Image.Resampling.LANCZOS)
    assert np.abs(image.astype(int) - np.asarray(exact)).max() <= 2


def test_each_picture_is_read_once_for_both_splits_and_anew_when_changed(tmp_path, monkeypatch):
    for i in range(10):
        save(tmp_path / f"{i}.png", grey(i))
    read, opened = folders._read_image, []
    monkeypatch.setattr(folders, "_read_image", lambda p, s: opened.append(p.name) or read(p, s))
    for split, count in (("train", 9), ("test", 1), ("train", 9)):
        assert len(folders.read_images(tmp_path, split, 8)[0]) == count
    assert sorted(opened) == [f"{i}.png" for i in range(10)]
    save(tmp_path / "9.png", grey(99, (9, 9)))
    assert folders.read_images(tmp_path, "test", 8)[0].max() == 99


def test_progress_is_told_of_a_large_folder(tmp_path, monkeypatch, capsys):
    for i in range(3):
        save(tmp_path / f"{i}.png", grey(i))
    monkeypatch.setattr(folders, "NOTICE_SECONDS", 0)
    folders.read_images(tmp_path, "train", 8)
    says(capsys.readouterr().out, 2, 3)


def test_more_pictures_than_memory_holds_are_refused_before_they_are_read(tmp_path, monkeypatch):
    save(tmp_path / "1.png", grey(0))
    monkeypatch.setattr(folders, "MAX_BYTES", 8 * 8 * 3 - 1)
    with raising(DataError, 1, "8 x 8", "image_size"):
        folders.read_images(tmp_path, "train", 8)


def test_folders_named_by_numbers_are_in_their_order(tmp_path):
    for name in ("10", "2", "0", "1", "01", "ten"):
        save(tmp_path / name / "1.png", grey(0))
    assert folders.read_images(tmp_path, "train", 8)[2] == ("0", "01", "1", "2", "10", "ten")


def test_class_name_in_an_old_encoding_can_be_printed(tmp_path):
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")
    save(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")) / "1.png", grey(3))
    save(tmp_path / "tea" / "1.png", grey(4))
    images, _, names, notes = folders.read_images(tmp_path, "train", 8)
    assert images[:, 0, 0].tolist() == [3, 4]
    assert names == ("caf\\xe9", "tea") and "".join([*names, *notes]).encode()


def layout(folder, **counts):
    """Pictures whose level is a running number, and which are given as sub__folder=count."""
    level = 0
    for name, count in counts.items():
        for _ in range(count):
            save(folder.joinpath(*name.split("__"), f"{level:03}.png"), grey(level))
            level += 1
    return folder


def taken(folder):
    """The classes of the pictures of each split, in their order, and the notes."""
    out = {}
    for split in ("train", "test"):
        images, labels, names, notes = folders.read_images(folder, split, 8)
        assert len(images) == len(labels[split])
        out[split] = [names[label] for label in labels[split]]
    return out["train"], out["test"], " ".join(notes)


@pytest.mark.parametrize(
    "counts, train, test, noted",
    [
        ({"train__a": 2, "train__b": 1, "test__a": 1, "test__c": 1}, "aab", "ac", ["test/"]),
        ({"Train__a": 12, "VALIDATION__a": 1}, "a" * 12, "a", ["VALIDATION/", "test"]),
        ({"training__a": 2, "valid__a": 1}, "aa", "a", ["valid/", "test"]),
        ({"train__a": 2, "val__b": 3, "testing__a": 1}, "aa", "a", ["val/", "left", "testing/"]),
        ({"train__a": 10, "train__b": 2}, "a" * 9 + "b", "ab", ["train/", "tenth"]),
        ({"PetImages__a": 2, "PetImages__b": 3}, "abb", "ab", ["PetImages/"]),
        ({"z__y__train__a": 2, "z__y__test__a": 1}, "aa", "a", ["z/", "y/"]),
        ({"train": 2, "bus": 3}, ["bus", "bus", "train"], ["bus", "train"], ["tenth"]),
        ({"a": 2}, "a", "a", ["tenth"]),
    ],
)
def test_layout_is_understood_and_told(tmp_path, counts, train, test, noted):
    got = taken(layout(tmp_path, **counts))
    assert got[:2] == (list(train), list(test))
    says(got[2], *noted)


def test_splits_without_class_folders_are_one_class(tmp_path):
    folder = layout(tmp_path / "pets", train=2, test=1)
    assert taken(folder)[:2] == (["pets", "pets"], ["pets"])
    assert folders.read_images(folder, "test", 8)[0].max() == 2


@pytest.mark.parametrize(
    "counts, named",
    [
        ({"train__a": 1, "test__a": 1, "extra__a": 1}, "'extra', 'test', 'train'"),
        ({"train__a": 1, "Train__b": 1}, "'Train', 'train'"),
        ({"test__a": 1, "val__a": 1}, "'test', 'val'"),
        ({"test__a": 2}, "'test'"),
        ({"train__a": 1, "test": 1}, "test/001.png"),
    ],
)
def test_layout_that_could_mean_two_things_is_refused(tmp_path, counts, named):
    with raising(DataError, tmp_path, named):
        folders.read_images(layout(tmp_path, **counts), "train", 8)


@pytest.mark.parametrize("empty", ["test", "train/b"])
def test_empty_split_or_class_is_refused(tmp_path, empty):
    layout(tmp_path, train__a=2)
    (tmp_path / empty).mkdir()
    with raising(DataError, tmp_path / empty):
        folders.read_images(tmp_path, "train", 8)


def test_folder_that_is_no_folder_of_images_is_told(tmp_path):
    with raising(DataError, tmp_path / "absent"):
        folders.read_images(tmp_path / "absent", "train", 8)
    with raising(DataError, tmp_path, "none"):
        folders.read_images(tmp_path, "train", 8)
    (tmp_path / "a").mkdir()
    with raising(DataError, tmp_path, "none"):
        folders.read_images(tmp_path, "train", 8)
    save(tmp_path / "a" / "1.png", grey(0))
    save(tmp_path / "loose.png", grey(0))
    with raising(DataError, tmp_path / "loose.png"):
        folders.read_images(tmp_path, "train", 8)
