"""A folder of pictures before training: its numbers are right, and each piece of advice has its
reason."""

import numpy as np
import pytest
from PIL import Image
from support import raising, says

from ganlib.data import pictures
from ganlib.data.preview import survey
from ganlib.errors import DataError


def folder_of(place, size=(32, 32), ending="png", **counts):
    for name, count in counts.items():
        (place / name).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            Image.new("RGB", size[::-1]).save(place / name / f"{k:04}.{ending}")
    return place


def test_it_counts_what_is_there_and_decodes_nothing(tmp_path, monkeypatch):
    folder_of(tmp_path, a=20, b=11)
    folder_of(tmp_path, (60, 40), "jpg", c=10)
    (tmp_path / "a" / "notes.txt").write_text("x")
    (tmp_path / "b" / "broken.png").write_bytes(b"x")
    monkeypatch.setattr(Image.Image, "resize", None)
    monkeypatch.setattr(pictures, "_fitted", None)
    found = survey(tmp_path, (32, 32))
    assert found.counts == {"train": {"a": 18, "b": 10, "c": 9}, "test": {"a": 2, "b": 1, "c": 1}}
    assert found.kinds == {"PNG": 31, "JPEG": 10}
    assert found.sides.shape == (41, 2) and found.sides.max(axis=0).tolist() == [60, 40]
    assert found.skipped == ("a/notes.txt",) and len(found.damaged) == 1
    assert sorted(set(found.lost.round(3))) == [0, round(1 / 3, 3)] and found.enlarged == 0
    says(str(found), 41, "PNG (31)", "60 x 40", "a/notes.txt", tmp_path / "b" / "broken.png")


def test_turned_pictures_count_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "1.jpg", exif=exif)
    assert survey(tmp_path).sides.tolist() == [[40, 20]]


@pytest.mark.parametrize(
    "counts, size, image_size, parts",
    [
        ({"a": 60, "b": 60}, (32, 32), 32, [108, "diffaugment"]),
        ({"a": 90}, (32, 32), 32, [81, "heart", 2000]),
        ({"a": 300, "b": 20}, (32, 32), 32, ["1 of 2", "b", "dcgan"]),
        ({"a": 700, "b": 60}, (32, 32), 32, ["a has 12 times", "b"]),
        ({"a": 120}, (32, 48), 32, [120, "25%", "pad"]),
        ({"a": 120}, (32, 32), (32, 40), [120, "32 x 40", "enlarged"]),
    ],
    ids=["few", "too few", "small class", "uneven", "cut", "enlarged"],
)
def test_each_piece_of_advice_has_its_reason(tmp_path, counts, size, image_size, parts):
    found = survey(folder_of(tmp_path, size, **counts), image_size)
    texts = [
        text for text in found.advice() if all(f"{part}" in text.replace(",", "") for part in parts)
    ]
    assert len(texts) == 1


def test_where_all_is_well_there_is_no_advice(tmp_path, monkeypatch):
    monkeypatch.setattr("ganlib.data.preview.ENOUGH", 100)
    found = survey(folder_of(tmp_path, a=60, b=60), 32)
    assert found.advice() == []
    np.testing.assert_array_equal(found.lost, 0)


def test_what_cannot_be_used_is_told(tmp_path):
    with raising(DataError, tmp_path / "absent"):
        survey(tmp_path / "absent")
    folder_of(tmp_path, train=2, extra=1)
    folder_of(tmp_path, test=1)
    with raising(DataError, "'extra', 'test', 'train'"):
        survey(tmp_path)
