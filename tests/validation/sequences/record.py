"""Records all situations anew: `python -m sequences.record [--npm FOLDER] [SOFTWARE ...]`.

Run it from tests/validation. Writes results/validation/sequences/SOFTWARE.json, with the versions
of all that took part. Without --npm it lets npm install the packages of node/package.json into a
temporary folder. Takes about four minutes; everything stays on loopback and ends by itself.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sequences.programs import SCRIPTS, Missing, found
from sequences.situations import SITUATIONS, Situation

RESULTS: Final = Path(__file__).parents[3] / "results" / "validation" / "sequences"
_NODE: Final = ("mqtt.js", "socket.io")


def _stage(software: str, situation: Situation, folder: Path) -> Any:
    if software in ("paho", "mqtt.js"):
        from sequences.real_mqtt import RealMqtt

        return RealMqtt(software, situation.options, folder)
    if software == "socket.io":
        from sequences.real_socketio import RealSocketio

        return RealSocketio(situation.options, folder)
    from sequences.real_websocket import RealWebsocket

    return RealWebsocket(situation.options)


def record(software: str, situation: Situation, folder: Path) -> dict[str, Any]:
    """Play one situation with the real software; returns it with the packets that passed."""
    stage = _stage(software, situation, folder)
    try:
        for step in situation.steps:
            stage.play(*step)
        seen = list(stage.seen)
    finally:
        stage.close()
    return {
        "situation": situation.name,
        "options": situation.options,
        "steps": situation.steps,
        "packets": seen,
    }


def provenance(software: str, modules: Path) -> dict[str, str]:
    """Versions of the real software that took part."""
    python = {"python": platform.python_version(), "system": platform.system()}
    if software == "websockets":
        return {**python, "websockets": version("websockets")}
    if software == "paho":
        return {**python, "paho-mqtt": version("paho-mqtt"), "mosquitto": _mosquitto()}
    node = {"node": _output([found("node"), "--version"]).strip()}
    if software == "mqtt.js":
        return {**node, "mqtt": _npm(modules, "mqtt"), "mosquitto": _mosquitto()}
    packages = ("socket.io", "socket.io-client", "engine.io", "engine.io-client")
    return {**node, **{name: _npm(modules, name) for name in packages}}


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout


def _mosquitto() -> str:
    match = re.search(r"version (\S+)", _output([found("mosquitto"), "-h"]))
    return match[1] if match else "unknown"


def _npm(modules: Path, name: str) -> str:
    text = (modules / "node_modules" / name / "package.json").read_text()
    return str(json.loads(text)["version"])


def _install(folder: Path) -> None:
    shutil.copy(SCRIPTS / "package.json", folder)
    command = [found("npm"), "install", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)


def write(software: str, folder: Path, say: Callable[[str], Any] = print) -> None:
    """Record all situations of one client software and write the file."""
    recorded = []
    for situation in SITUATIONS[software]:
        say(f"{software}: {situation.name}")
        recorded.append(record(software, situation, folder))
    RESULTS.mkdir(parents=True, exist_ok=True)
    body = {"versions": provenance(software, folder), "situations": recorded}
    (RESULTS / f"{software}.json").write_text(_text(body))


def _text(body: dict[str, Any]) -> str:
    """JSON with one packet a line, so that changes can be read."""
    text = json.dumps(body, indent=1)
    innermost = re.compile(r"\[[^\[\]{}]*\]|\{[^{}]*\}")
    for _ in range(2):  # lists, then what holds them
        text = innermost.sub(lambda part: re.sub(r"\s*\n\s*", " ", part[0]), text)
    return text + "\n"


def main() -> int:
    """Record what the command line names, everything by default."""
    parser = argparse.ArgumentParser(description="Record packet sequences of real software.")
    parser.add_argument("software", nargs="*", choices=[[], *SITUATIONS], default=[])
    parser.add_argument("--npm", type=Path, help="a folder with node_modules")
    asked = parser.parse_args()
    names = asked.software or list(SITUATIONS)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        try:
            if asked.npm:
                (folder / "node_modules").symlink_to(asked.npm.absolute() / "node_modules")
            elif any(name in _NODE for name in names):
                _install(folder)
            for name in names:
                write(name, folder)
        except Missing as missing:
            print(f"cannot record: {missing}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
