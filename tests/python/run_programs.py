"""Runs programs in the current folder, each with names of its own, and prints as JSON what each printed and its `logits`.

Usage: run_programs.py PROGRAMS IMAGES. PROGRAMS is a JSON list of texts; IMAGES are bytes [N, 32, 32, 3], given as `images`.
One process for all, because importing PyTorch takes longer than they do.
"""

import contextlib
import io
import json
import sys

import torch

sys.path.insert(0, ".")


def run(text, images):
    names, printed = {"images": images}, io.StringIO()
    with contextlib.redirect_stdout(printed), torch.no_grad():
        exec(compile(text, "program", "exec"), names)
    return {"printed": printed.getvalue(), "logits": names["logits"].tolist() if "logits" in names else None}


with open(sys.argv[1], encoding="utf-8") as file:
    programs = json.load(file)
with open(sys.argv[2], "rb") as file:
    images = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(-1, 32, 32, 3)
print(json.dumps([run(text, images) for text in programs]))
