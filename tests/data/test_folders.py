"""Folders of pictures: their classes and splits, what is read, what is kept, what is told."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import raising, says

from ganlib import paths
from ganlib.data import decoded, folders, pictures
from ganlib.data.decoded import read_images
from ganlib.errors import DataError, FileError, SettingsError

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    place = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("GANLIB_CACHE", str(place))
    return place


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
    images, labels, names, notes = read_images(tmp_path, "train", 8)
    assert names == ("a", "b")
    assert images[:, 0, 0].tolist() == [50, 200] and labels["train"].tolist() == [0, 1]
    assert read_images(tmp_path, "test", 8)[0][:, 0, 0].tolist() == [100, 201]
    assert labels["test"].tolist() == [0, 1]
    says(notes[0], "tenth")
    says(notes[1], 1, "readme.txt")


@pytest.mark.parametrize("count, held_out", [(1, []), (2, [1]), (9, [8]), (10, [9]), (21, [9, 19])])
def test_hold_out_is_every_tenth_and_the_splits_share_nothing(tmp_path, count, held_out):
    folder = tmp_path / "flat"
    for i in range(count):
        save(folder / f"{i:02}.png", grey(i))
    images, _, names, _ = read_images(folder, "train", 8)
    assert names == ("flat",)
    assert images[:, 0, 0].tolist() == [i for i in range(count) if i not in held_out]
    if held_out:
        assert read_images(folder, "test", 8)[0][:, 0, 0].tolist() == held_out
    else:
        with raising(DataError, folder, "test"):
            read_images(folder, "test", 8)


def test_one_colour_image_makes_all_colour_in_both_splits(tmp_path):
    save(tmp_path / "a" / "1.png", grey(9))
    save(tmp_path / "a" / "2.png", np.tile([255, 0, 0], (8, 8, 1)))
    assert read_images(tmp_path, "train", 8)[0].shape == (1, 8, 8, 3)
    assert read_images(tmp_path, "test", 8)[0][0, 0, 0].tolist() == [255, 0, 0]


SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif", ".jp2",
    ".ppm", ".pgm",
)  # fmt: skip


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["1{}", "no suffix", "1.PNG", "1.dat"])
def test_every_format_is_read_whatever_the_files_name(tmp_path, suffix, name):
    save(tmp_path / f"1{suffix}", grey(100)).rename(tmp_path / name.format(suffix))
    images, _, _, notes = read_images(tmp_path, "train", 8)
    assert images.shape == (1, 8, 8) and len(notes) == 1
    assert abs(int(images[0, 4, 4]) - 100) <= 2  # some formats are lossy


def test_wide_image_is_cut_to_its_centre_then_resized(tmp_path):
    array = np.zeros((16, 48))
    array[:, 16:32] = 255
    save(tmp_path / "1.png", array)
    np.testing.assert_array_equal(read_images(tmp_path, "train", 8)[0], grey(255)[None])


def test_exif_orientation_is_respected(tmp_path):
    array = np.zeros((16, 16))
    array[:, :8] = 255  # bright on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise: the left becomes the top
    save(tmp_path / "1.png", array, exif=exif)
    image = read_images(tmp_path, "train", 16)[0][0]
    assert image[:7].min() == 255 and image[9:].max() == 0


def test_transparent_parts_are_white(tmp_path):
    save(tmp_path / "1.png", np.zeros((8, 8, 4)))
    np.testing.assert_array_equal(read_images(tmp_path, "train", 8)[0], grey(255)[None])


def test_sixteen_bit_grey_keeps_its_levels(tmp_path):
    Image.fromarray(np.full((8, 8), 100 * 257, np.uint16)).save(tmp_path / "1.png")
    np.testing.assert_array_equal(read_images(tmp_path, "train", 8)[0], grey(100)[None])


@pytest.mark.parametrize("brightest, white", [(4095, 4095), (4096, 65535)])
def test_sixteen_bits_are_scaled_by_the_depth_of_the_whole_folder(tmp_path, brightest, white):
    for split, level in (("train", 2048), ("test", brightest)):
        (tmp_path / split).mkdir()
        picture = np.zeros((8, 8), np.uint16)
        picture[:, 4:] = level
        Image.fromarray(picture).save(tmp_path / split / f"1.{'png' if level < 4096 else 'tif'}")
    save(tmp_path / "train" / "8 bits.png", grey(100))
    images, _, _, notes = read_images(tmp_path, "train", 8)
    assert images[0].max() == round(2048 * 255 / white) and images[1].max() == 100
    says(notes[1], f"{white:,}")


@pytest.mark.parametrize("level, dtype", [(0.5, np.float32), (65536, np.int32), (-1, np.int32)])
def test_levels_without_a_known_white_are_refused(tmp_path, level, dtype):
    Image.fromarray(np.full((8, 8), level, dtype)).save(tmp_path / "1.tif")
    with raising(DataError, tmp_path / "1.tif", 8, 16):
        read_images(tmp_path, "train", 8)


def test_unreadable_image_is_named(tmp_path):
    save(tmp_path / "1.png", grey(0))
    whole = save(tmp_path / "2.png", RNG.integers(0, 256, (32, 32))).read_bytes()
    for content in (whole[:200], b"", b"GIF89a", whole[:30] + b"garbage" + whole[37:]):
        (tmp_path / "2.png").write_bytes(content)
        with raising(DataError, tmp_path / "2.png"):
            read_images(tmp_path, "train", 8)


def test_all_damaged_images_are_told_at_once(tmp_path):
    for i in range(9):
        save(tmp_path / f"{i}.png", grey(i))
        if i != 4:
            (tmp_path / f"{i}.png").write_bytes(b"no picture")
    with pytest.raises(DataError) as caught:
        read_images(tmp_path, "train", 8)
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
    images, _, names, notes = read_images(tmp_path, "train", 8)
    assert (len(images), names) == (1, ("a",))
    says(notes[-1], 5, "Thumbs.db", "a/circle", "a/dead.png", "a/drawing.svg", "a/pipe.png")


def test_linked_class_folder_is_read(tmp_path):
    save(tmp_path / "elsewhere" / "1.png", grey(7))
    save(tmp_path / "pets" / "cats" / "1.png", grey(8))
    (tmp_path / "pets" / "dogs").symlink_to(tmp_path / "elsewhere")
    images, _, names, _ = read_images(tmp_path / "pets", "train", 8)
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
        read_images(tmp_path, "train", 8)


def test_decompression_bomb_is_refused_and_a_large_photo_is_not(tmp_path, monkeypatch):
    save(tmp_path / "1.png", grey(9, (100, 100)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # Pillow's own, which refuses large photos
    assert read_images(tmp_path, "train", 8)[0][0, 0, 0] == 9
    assert Image.MAX_IMAGE_PIXELS == 100
    monkeypatch.setattr(pictures, "MAX_PIXELS", 9_999)
    os.utime(tmp_path / "1.png", (0, 0))  # known by its time: to be read again
    with raising(DataError, tmp_path / "1.png", "10,000", "9,999"):
        read_images(tmp_path, "train", 8)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_large_jpeg_is_decoded_small(tmp_path, monkeypatch):
    ramp = np.tile(np.linspace(0, 255, 1600), (1200, 1))
    path = save(tmp_path / "1.jpg", ramp)
    decoded = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image, "resize", lambda i, *args: decoded.append(i.size) or resize(i, *args)
    )
    image = read_images(tmp_path, "train", 32)[0][0]
    assert decoded == [(150, 150)]
    exact = resize(Image.open(path).crop((200, 0, 1400, 1200)), (32, 32), Image.Resampling.LANCZOS)
    assert np.abs(image.astype(int) - np.asarray(exact)).max() <= 2


def test_each_picture_is_read_once_for_both_splits_and_anew_when_changed(tmp_path, monkeypatch):
    for i in range(10):
        save(tmp_path / f"{i}.png", grey(i))
    read, opened = decoded.read_picture, []
    monkeypatch.setattr(
        decoded, "read_picture", lambda p, *how: opened.append(p.name) or read(p, *how)
    )
    for split, count in (("train", 9), ("test", 1), ("train", 9)):
        assert len(read_images(tmp_path, split, 8)[0]) == count
    assert sorted(opened) == [f"{i}.png" for i in range(10)]
    save(tmp_path / "9.png", grey(99, (9, 9)))
    assert read_images(tmp_path, "test", 8)[0].max() == 99


def test_progress_is_told_of_a_large_folder(tmp_path, monkeypatch, capsys):
    for i in range(3):
        save(tmp_path / f"{i}.png", grey(i))
    monkeypatch.setattr(folders, "NOTICE_SECONDS", 0)
    read_images(tmp_path, "train", 8)
    says(capsys.readouterr().out, 2, 3)


def test_more_pictures_than_the_disk_holds_are_refused_before_they_are_read(
    tmp_path, monkeypatch, cache
):
    save(tmp_path / "1.png", grey(0))
    usage = shutil._ntuple_diskusage(10**9, 10**9, 2 * 8 * 8 * 3 - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    with raising(DataError, 1, "8 x 8", cache / "pictures", "image_size", "GANLIB_CACHE"):
        read_images(tmp_path, "train", 8)


def test_folders_named_by_numbers_are_in_their_order(tmp_path):
    for name in ("10", "2", "0", "1", "01", "ten"):
        save(tmp_path / name / "1.png", grey(0))
    assert read_images(tmp_path, "train", 8)[2] == ("0", "01", "1", "2", "10", "ten")


def test_class_name_in_an_old_encoding_can_be_printed(tmp_path):
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")
    save(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")) / "1.png", grey(3))
    save(tmp_path / "tea" / "1.png", grey(4))
    images, _, names, notes = read_images(tmp_path, "train", 8)
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
        images, labels, names, notes = read_images(folder, split, 8)
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
    assert read_images(folder, "test", 8)[0].max() == 2


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
        read_images(layout(tmp_path, **counts), "train", 8)


@pytest.mark.parametrize("empty", ["test", "train/b"])
def test_empty_split_or_class_is_refused(tmp_path, empty):
    layout(tmp_path, train__a=2)
    (tmp_path / empty).mkdir()
    with raising(DataError, tmp_path / empty):
        read_images(tmp_path, "train", 8)


def test_folder_that_is_no_folder_of_images_is_told(tmp_path):
    with raising(DataError, tmp_path / "absent"):
        read_images(tmp_path / "absent", "train", 8)
    with raising(DataError, tmp_path, "none"):
        read_images(tmp_path, "train", 8)
    (tmp_path / "a").mkdir()
    with raising(DataError, tmp_path, "none"):
        read_images(tmp_path, "train", 8)
    save(tmp_path / "a" / "1.png", grey(0))
    save(tmp_path / "loose.png", grey(0))
    with raising(DataError, tmp_path / "loose.png"):
        read_images(tmp_path, "train", 8)


# Shapes


def test_a_wide_picture_comes_to_the_shape_as_fit_says(tmp_path):
    picture = np.full((16, 32), 100)
    picture[:, 8:24] = 200  # the middle square is bright
    picture[:, :2] = picture[:, -2:] = 50  # the border at both ends is dark
    save(tmp_path / "1.png", picture)
    crop, pad, stretch = (
        read_images(tmp_path, "train", 16, fit=fit)[0][0] for fit in ("crop", "pad", "stretch")
    )
    np.testing.assert_array_equal(crop, grey(200, (16, 16)))
    assert (pad[:4] == pad[0, 0]).all() and (pad[12:] == pad[0, 0]).all()
    small = Image.open(tmp_path / "1.png").resize((16, 8), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(pad[4:12], np.asarray(small))
    assert stretch[8, 0] < 70 and stretch[8, 8] == 200 and (stretch == stretch[0]).all()


def test_a_pad_has_the_colour_of_the_pictures_border(tmp_path):
    picture = np.zeros((8, 16, 3))
    picture[:] = [10, 200, 30]
    picture[2:6, 4:12] = [255, 0, 0]
    save(tmp_path / "1.png", picture)
    image = read_images(tmp_path, "train", 16, fit="pad")[0][0]
    assert image[0, 0].tolist() == image[15, 15].tolist() == [10, 200, 30]
    assert image[8, 8].tolist() == [255, 0, 0]


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(8, 16), (24, 8)])
def test_images_need_not_be_square(tmp_path, fit, size):
    ramp = np.tile(np.arange(0, 240, 4, dtype=np.uint8), (40, 1))  # dark left, bright right
    save(tmp_path / "1.png", ramp)
    Image.fromarray(ramp.astype(np.uint16) * 257).save(tmp_path / "2.png")
    images, _, _, notes = read_images(tmp_path, "train", size, fit=fit)
    assert images.shape == (1, *size)
    other = read_images(tmp_path, "test", size, fit=fit)[0]  # the same in 16 bits
    assert np.abs(images.astype(int) - other).max() <= 1
    inner = slice(2, 14) if (fit, size) == ("pad", (8, 16)) else slice(None)  # without borders
    assert (np.diff(images[0, size[0] // 2, inner].astype(int)) >= 0).all()  # nothing is turned
    says(" ".join(notes), 2, pictures.FITS[fit])


def test_an_unknown_fit_is_refused(tmp_path):
    with raising(SettingsError, "cropp", "crop"):
        read_images(tmp_path, "train", 8, fit="cropp")
    with raising(SettingsError, "damaged", "skip"):
        read_images(tmp_path, "train", 8, damaged="ignore")


# All that is wrong, at once


def test_all_that_is_wrong_with_a_folder_is_told_at_once(tmp_path):
    layout(tmp_path, a=2, b=2)
    (tmp_path / "b" / "003.png").write_bytes(b"no picture")
    (tmp_path / "empty").mkdir()
    save(tmp_path / "loose.png", grey(0))
    with raising(
        DataError, tmp_path, tmp_path / "b" / "003.png", tmp_path / "empty", tmp_path / "loose.png"
    ):
        read_images(tmp_path, "train", 8)


def test_damaged_pictures_are_skipped_with_their_count_where_that_was_asked_for(tmp_path):
    layout(tmp_path, a=5, b=1)
    whole = save(tmp_path / "a" / "001.png", RNG.integers(0, 256, (32, 32))).read_bytes()
    (tmp_path / "a" / "001.png").write_bytes(whole[:200])  # cut off: its header is whole
    (tmp_path / "b" / "005.png").write_bytes(b"no picture")  # the only one of its class
    images, labels, names, notes = read_images(tmp_path, "train", 8, damaged="skip")
    assert names == ("a",) and labels["train"].tolist() == [0, 0, 0]
    assert images[:, 0, 0].tolist() == [0, 2, 3]
    says(notes[-1], 2, tmp_path / "a" / "001.png", tmp_path / "b" / "005.png")
    with raising(DataError, 1, tmp_path / "b" / "005.png", "skip"):
        read_images(tmp_path, "train", 8)


def test_pictures_of_both_splits_are_told(tmp_path):
    for split, levels in (("train", (1, 2, 3)), ("test", (3, 4, 1))):
        for level in levels:
            save(tmp_path / split / "a" / f"{level}-{split}.png", grey(level))
    notes = read_images(tmp_path, "train", 8)[3]
    says(notes[-1], 2, 3)


# What is kept


def no_picture_is_read(monkeypatch):
    def read(*how):
        raise AssertionError("a picture was read again")

    monkeypatch.setattr(decoded, "read_picture", read)
    monkeypatch.setattr(folders, "read_header", read)


def test_a_second_start_reads_no_picture(tmp_path, monkeypatch):
    layout(tmp_path, a=12, b=3)
    first = [read_images(tmp_path, split, 8) for split in ("train", "test")]
    no_picture_is_read(monkeypatch)
    for one, split in zip(first, ("train", "test"), strict=True):
        again = read_images(tmp_path, split, 8)
        np.testing.assert_array_equal(again[0], one[0])
        np.testing.assert_array_equal(again[1]["train"], one[1]["train"])
        assert again[2:] == one[2:]
        with pytest.raises(ValueError, match="read-only"):
            again[0][0] = 0


def test_other_settings_are_kept_beside_and_changed_pictures_in_their_place(tmp_path, cache):
    layout(tmp_path, a=3)
    for _ in range(2):
        for size, fit in ((8, "crop"), (16, "crop"), (8, "pad")):
            read_images(tmp_path, "train", size, fit=fit)
        assert len(list((cache / "pictures").glob("*/card.json"))) == 3
        save(tmp_path / "a" / "new.png", grey(9))
    assert read_images(tmp_path, "test", 8)[0].max() == 9


@pytest.mark.parametrize("name", ["train.npy", "test.npy", "train_labels.npy", "card.json"])
@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "folder"])
def test_a_damaged_cache_is_made_anew(tmp_path, cache, name, damage):
    layout(tmp_path, a=12, b=3)
    images, labels, *told = read_images(tmp_path, "train", 8)
    images, labels = images.copy(), labels["train"].copy()
    (file,) = (cache / "pictures").glob(f"*/{name}")
    content = file.read_bytes()
    file.unlink()
    if damage == "cut":
        file.write_bytes(content[:-5])
    elif damage == "changed":
        file.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
    elif damage == "folder":
        file.mkdir()
    again = read_images(tmp_path, "train", 8)
    np.testing.assert_array_equal(again[0], images)
    np.testing.assert_array_equal(again[1]["train"], labels)
    assert list(again[2:]) == told


KILLED = """
import os, signal, sys
from pathlib import Path
from ganlib.data import decoded

read, left = decoded.read_picture, [5]

def kill(*how):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return read(*how)

decoded.read_picture = kill
decoded.read_images(Path(sys.argv[1]), "train", 8)
"""


def test_a_kill_leaves_no_half_of_a_cache(tmp_path, cache):
    layout(tmp_path, a=12)
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    assert subprocess.run(command, cwd=paths.project_root()).returncode == -signal.SIGKILL
    assert not list((cache / "pictures").glob("*/card.json"))
    assert len(read_images(tmp_path, "train", 8)[0]) == 11
    assert [path.suffix for path in (cache / "pictures").iterdir() if path.is_dir()] == [""]


def test_many_pictures_are_mapped_and_the_users_folder_is_as_before(tmp_path, monkeypatch):
    layout(tmp_path, a=12)
    before = {path: path.stat() for path in tmp_path.rglob("*")}
    monkeypatch.setattr(decoded, "MAPPED_FROM", 0)
    images = read_images(tmp_path, "train", 8)[0]
    assert isinstance(images, np.memmap) and images[:, 0, 0].tolist() == [*range(9), 10, 11]
    after = {path: path.stat() for path in tmp_path.rglob("*")}
    assert {p: (s.st_mtime_ns, s.st_size) for p, s in after.items()} == {
        p: (s.st_mtime_ns, s.st_size) for p, s in before.items()
    }


def test_a_cache_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    layout(tmp_path / "pictures", a=2)
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANLIB_CACHE", str(tmp_path / "file"))
    with raising(FileError, tmp_path / "file"):
        read_images(tmp_path / "pictures", "train", 8)
