"""Real pictures under free licences, as folders to train on: what Debian carries.

    python -m benchmarks.pictures emoji FOLDER     some 3,600 emoji, 136 x 128, in 9 classes
    python -m benchmarks.pictures stamps FOLDER    some 800 photographs and drawings, in classes

They come from the Debian packages fonts-noto-color-emoji (SIL Open Font License 1.1) with
unicode-data (Unicode License), which names the groups, and tuxpaint-stamps-default (public domain,
Creative Commons and GPL, picture by picture: /usr/share/doc/tuxpaint-stamps-default/copyright):

    apt install fonts-noto-color-emoji unicode-data tuxpaint-stamps-default
"""

import argparse
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
GROUPS = Path("/usr/share/unicode/emoji/emoji-test.txt")
STAMPS = Path("/usr/share/tuxpaint/stamps")
LEFT_OUT = "FE0F"  # asks for the coloured form of a sign; the font has no glyph for it


def emoji(folder: Path) -> int:
    """Writes each emoji of Unicode's list that the font has, by group; returns their number."""
    from fontTools.ttLib import TTFont  # matplotlib brings it

    font = TTFont(_needed(FONT, "fonts-noto-color-emoji"))
    (bitmaps,) = font["CBDT"].strikeData
    names, ligatures, seen = font.getBestCmap(), _ligatures(font), set()
    for group, codes in sequences(_needed(GROUPS, "unicode-data").read_text("utf-8")):
        glyphs = tuple(names.get(int(code, 16)) for code in codes.split() if code != LEFT_OUT)
        glyph = glyphs[0] if len(glyphs) == 1 else ligatures.get(glyphs)
        if glyph in bitmaps and glyph not in seen:  # some sequences share a picture
            seen.add(glyph)
            path = folder / group / f"{codes.replace(' ', '-')}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bitmaps[glyph].imageData)
    return len(seen)


def sequences(text: str) -> Iterator[tuple[str, str]]:
    """Group and code points of each fully qualified emoji in Unicode's emoji-test.txt."""
    group = ""
    for line in text.splitlines():
        if line.startswith("# group: "):
            group = re.sub(r"\W+", "-", line.removeprefix("# group: ")).lower()
        elif match := re.match(r"([0-9A-F ]+?)\s*; fully-qualified", line):
            yield group, match[1]


def _ligatures(font) -> dict[tuple[str, ...], str]:
    """The glyph that stands for a sequence of glyphs."""
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, ligatures in getattr(table, "ligatures", {}).items():
                found |= {(first, *each.Component): each.LigGlyph for each in ligatures}
    return found


def stamps(folder: Path) -> int:
    """Copies each stamp into the folder of its subject; returns their number."""
    count = 0
    for path in sorted(_needed(STAMPS, "tuxpaint-stamps-default").rglob("*.png")):
        subject, *within, name = path.relative_to(STAMPS).parts
        (folder / subject).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / subject / "-".join([*within, name]))
        count += 1
    return count


def _needed(path: Path, package: str) -> Path:
    if not path.exists():
        raise SystemExit(f"{path} is missing. On Debian or Ubuntu: apt install {package}")
    return path


KINDS = {"emoji": emoji, "stamps": stamps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("folder", type=Path, help="a new folder")
    asked = parser.parse_args()
    if asked.folder.exists():
        raise SystemExit(f"{asked.folder} exists; name a new folder.")
    count = KINDS[asked.kind](asked.folder)
    classes = Counter(path.parent.name for path in asked.folder.rglob("*.png"))
    told = ", ".join(f"{name} ({number:,})" for name, number in classes.items())
    print(f"{count:,} pictures in {asked.folder}: {told}")


if __name__ == "__main__":
    main()
