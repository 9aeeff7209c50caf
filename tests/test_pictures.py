"""The folders of real pictures to train on: each picture once, in the class of its source."""

import pytest
from PIL import Image
from support import says

from benchmarks import pictures

EMOJI_TEST = """# emoji-test.txt
# group: Smileys & Emotion
# subgroup: face-smiling
1F600                  ; fully-qualified     # grinning face
263A                   ; unqualified         # smiling face
# group: Flags
1F3F4 200D 2620 FE0F   ; fully-qualified     # pirate flag
1F3F4 200D 2620        ; minimally-qualified # pirate flag
"""


def test_emoji_are_listed_by_group_and_once():
    assert list(pictures.sequences(EMOJI_TEST)) == [
        ("smileys-emotion", "1F600"), ("flags", "1F3F4 200D 2620 FE0F"),
    ]  # fmt: skip


def test_stamps_go_to_the_folder_of_their_subject(tmp_path, monkeypatch):
    for name in ("animals/birds/duck.png", "animals/fish/duck.png", "food/nuts/big/nut.png"):
        (tmp_path / "stamps" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "stamps" / name)
    (tmp_path / "stamps" / "animals" / "birds" / "duck.txt").touch()
    monkeypatch.setattr(pictures, "STAMPS", tmp_path / "stamps")
    assert pictures.stamps(tmp_path / "out") == 3
    written = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("out/*/*")}
    assert written == {"animals/birds-duck.png", "animals/fish-duck.png", "food/nuts-big-nut.png"}


@pytest.mark.parametrize(
    "kind, place, package",
    [("emoji", "FONT", "fonts-noto-color-emoji"), ("stamps", "STAMPS", "tuxpaint-stamps-default")],
)
def test_a_missing_package_is_named(tmp_path, monkeypatch, kind, place, package):
    monkeypatch.setattr(pictures, place, tmp_path / "absent")
    with pytest.raises(SystemExit) as told:
        pictures.KINDS[kind](tmp_path / "out")
    says(str(told.value), tmp_path / "absent", f"apt install {package}")
    assert not (tmp_path / "out").exists()
