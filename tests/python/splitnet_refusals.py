"""Prints what the splitnet.py of the current folder says of damaged files, as JSON. What it takes ends this with a traceback."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, ".")
import splitnet

content = Path("model.safetensors").read_bytes()
config = json.loads(Path("config.json").read_text(encoding="utf-8"))
size = int.from_bytes(content[:8], "little")
found = []


def expect_refusal(what, work):
    try:
        work()
    except (ValueError, RuntimeError) as error:
        found.append(f"{what}: {str(error).splitlines()[-1].strip()}")
    else:
        raise AssertionError(f"{what} was taken")


def load_with(**changes):
    Path("config.json").write_text(json.dumps({**config, **changes}), encoding="utf-8")
    splitnet.load_pretrained(".")


def parse(changed):
    try:
        splitnet.parse_safetensors(changed, "file")
    except ValueError as error:
        raise ValueError(str(error).removeprefix("file: ")) from None


first = re.search(rb'"data_offsets":\[0,\d\d\d', content).group()
expect_refusal("a file cut off in its header", lambda: parse(content[:100]))
expect_refusal("a file cut off in its data", lambda: parse(content[: len(content) // 2]))
expect_refusal("a byte too many", lambda: parse(content + b"\0"))
expect_refusal("a gap", lambda: parse(content.replace(first, first.replace(b"[0,", b"[4,"))))
expect_refusal("a version to come", lambda: load_with(formatVersion=2))
Path("config.json").write_text(json.dumps(config), encoding="utf-8")
expect_refusal("a branch that there is not", lambda: splitnet.load_pretrained(".", "branch 1"))
splitnet.read_safetensors = lambda path: {}
expect_refusal("another network", lambda: splitnet.load_pretrained("."))
print(json.dumps([message.split(', "')[0] for message in found]))
