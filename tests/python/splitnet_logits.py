"""Prints the logits that the splitnet.py of the current folder gives for the images of check.safetensors, as JSON.

Usage: splitnet_logits.py whole|branches. Branch by branch, each column comes from a model that holds its leaf's way alone.
"""

import json
import sys

import torch

sys.path.insert(0, ".")
import splitnet

with open("config.json", encoding="utf-8") as file:
    config = json.load(file)
branches = [group["branch"] for group in config["classGroups"]] if sys.argv[1] == "branches" else [None]
images = splitnet.read_safetensors("check.safetensors")["image"]
logits = torch.full((len(images), len(config["classes"])), float("nan"))
with torch.no_grad():
    for branch in branches:
        model = splitnet.load_pretrained(".", branch)
        logits[:, model.labels] = model(images)
print(json.dumps({"shape": list(logits.shape), "values": logits.flatten().tolist()}))
