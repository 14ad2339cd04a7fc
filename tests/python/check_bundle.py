"""Checks an unpacked bundle from outside, with code of its own but for the bundle's splitnet.py, and prints what it found as JSON.

Usage: check_bundle.py BUNDLE SOURCE. SOURCE.json says where in SOURCE.f32 the tensors lie that the bundle was made of, under
our names and in our layouts (docs/names.md). A file that is not as its format's description says ends this with a traceback.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import torch

ROLES = {
    "kernel": ("weight", (3, 2, 0, 1)),
    "weights": ("weight", (1, 0)),
    "biases": ("bias", (0,)),
    "gamma": ("weight", (0,)),
    "beta": ("bias", (0,)),
    "mu": ("running_mean", (0,)),
    "sigma": ("running_var", (0,)),
}
#: https://github.com/huggingface/safetensors, section "Format".
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}


def main(bundle, source):
    names = sorted(str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file())
    tensors = {name: read_safetensors(bundle / name) for name in names if name.endswith(".safetensors")}
    print(
        json.dumps(
            {
                "sums": check_sums(bundle, names),
                "safetensors": {name: len(values) for name, values in tensors.items()},
                "sameTensors": compare_with_source(tensors, source),
                "assignments": check_assignments(tensors.get("assignments.safetensors", {}), bundle, source),
                "onnx": [check_onnx(bundle / name, name) for name in names if name.endswith(".onnx")],
                "torch": check_torch(bundle, tensors),
            }
        )
    )


def check_sums(bundle, names):
    """Names whose SHA-256 is the one of SHA256SUMS, in its order; every other file of the folder must be in it."""
    lines = (bundle / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = dict(reversed(line.split("  ", 1)) for line in lines)
    assert len(sums) == len(lines) and sorted([*sums, "SHA256SUMS"]) == names, "SHA256SUMS and the folder hold other files"
    return [name for name, digest in sums.items() if hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest]


def read_safetensors(path):
    content = path.read_bytes()
    (size,) = struct.unpack_from("<Q", content)
    assert content[8:9] == b"{", f"{path}: the header must begin with a brace"
    header = json.loads(content[8 : 8 + size], object_pairs_hook=without_repeated_keys)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values()), f"{path}: metadata must be text"
    data, covered, tensors = content[8 + size :], 0, {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert sorted(entry) == ["data_offsets", "dtype", "shape"], f"{path}: {name} has other fields"
        begin, end = entry["data_offsets"]
        assert begin == covered, f"{path}: {name} begins at {begin}, the tensor before it ends at {covered}"
        tensors[name] = np.frombuffer(data[begin:end], dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
        covered = end
    assert covered == len(data), f"{path}: {len(data) - covered} bytes after the last tensor"
    return tensors


def without_repeated_keys(pairs):
    assert len(dict(pairs)) == len(pairs), "a key is named twice"
    return dict(pairs)


def read_source(source):
    """File of the bundle, our name and values of every tensor that it was made of."""
    values = np.fromfile(source.with_suffix(".f32"), dtype="<f4")
    for name, place in json.loads(source.with_suffix(".json").read_text(encoding="utf-8")).items():
        file, _, ours = name.partition(":")
        tensor = values[place["offset"] : place["offset"] + np.prod(place["shape"], dtype=int)]
        yield file, ours, tensor.reshape(place["shape"])


def compare_with_source(tensors, source):
    """How many tensors of the source are in the bundle to the bit; all of model.safetensors and of check.safetensors must be."""
    same, expected = 0, {}
    for file, ours, tensor in read_source(source):
        if file == "assignments.safetensors":
            continue
        layer, _, role = ours.rpartition("/")
        if role in ROLES:
            ours, tensor = f"{layer}.{ROLES[role][0]}".replace("/", "."), tensor.transpose(ROLES[role][1])
        expected.setdefault(file, set()).add(ours)
        read = tensors[file][ours]
        same += read.dtype == np.float32 and read.shape == tensor.shape and read.tobytes() == tensor.tobytes()
    for file, ours in expected.items():
        assert set(tensors[file]) == ours, f"{file}: holds other tensors"
    return int(same)


def check_assignments(tensors, bundle, source):
    """Largest difference of the shares from the softmax of the learned logits; groups must order the channels as config.json does."""
    config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
    orders = {row["space"].replace("/", "."): row["order"] for row in config["channels"]}
    assert set(tensors) == {f"{space}.{what}" for space in orders for what in ("shares", "groups")}, "other assignments"
    for space, order in orders.items():
        groups = tensors[f"{space}.groups"]
        assert groups.dtype == np.int32 and np.argsort(groups, kind="stable").tolist() == order, f"{space}: other groups"
        assert (tensors[f"{space}.shares"].argmax(0) == groups).all(), f"{space}: members are in groups that they did not choose"
    differences = [0.0]
    for file, ours, logits in read_source(source):
        if file == "assignments.safetensors":
            weights = np.exp(logits.astype(np.float64))
            space = ours.split("/", 1)[1].rsplit("/", 1)[0].replace("/", ".")
            differences.append(float(np.abs(tensors[f"{space}.shares"] - weights / weights.sum(0)).max()))
    assert len(differences) == 1 + len(orders), "the source has other assignments"
    return max(differences)


def check_onnx(path, name):
    onnx.checker.check_model(str(path), full_check=True)
    return name


def check_torch(bundle, tensors):
    """Whole and branch by branch, how far splitnet.py is from the logits of check.safetensors, in parts of the largest one."""
    sys.path.insert(0, str(bundle))
    import splitnet

    for name, values in tensors.items():
        own = splitnet.parse_safetensors((bundle / name).read_bytes(), name)
        assert list(own) == list(values), f"{name}: splitnet.py reads other tensors"
        assert all(np.array_equal(own[key].numpy(), values[key]) for key in own), f"{name}: splitnet.py reads other values"
    check = tensors["check.safetensors"]
    images, logits = torch.from_numpy(check["image"].copy()), check["logits"]
    config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
    leaves = [group["branch"] for group in config["classGroups"]]
    found = {}
    with torch.no_grad():
        for branch in [None, *leaves]:
            model = splitnet.load_pretrained(bundle, branch)
            expected = logits[:, model.labels]
            actual = model(images).numpy()
            found[branch or "whole"] = {
                "labels": model.labels,
                "difference": float(np.abs(actual - expected).max() / np.abs(logits).max()),
                "sameClasses": bool((actual.argmax(1) == expected.argmax(1)).all()),
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
            }
    ways = {leaf: splitnet.way_to(config["tree"]["root"], leaf) for leaf in leaves}
    gradients = block_gradients(splitnet.load_pretrained(bundle), config, ways, images)
    return {"networks": found, "whitening": whitening_difference(model), "gradients": gradients}


def block_gradients(model, config, ways, images):
    """Largest gradient of a leaf's logits in a block that is not on the way to it, and the least of the largest in those that are."""
    elsewhere, own = [0.0], [1.0]
    for group in config["classGroups"]:
        model.zero_grad()
        model(images)[:, [row["label"] for row in group["classes"]]].sum().backward()
        for layer in config["architecture"]["layers"]:
            blocks = len(layer["blocks"]["inputs"]) if layer.get("blocks") else 0
            for block in range(blocks):
                weight = model.get_parameter(f"{layer['name']}/block_{block}/weight".replace("/", "."))
                found = own if ways[group["branch"]][blocks] == block else elsewhere
                found.append(float(weight.grad.abs().max()))
    return {"elsewhere": max(elsewhere), "own": min(own)}


def whitening_difference(model):
    """From the formula of config.json in numpy, on images of which one has a channel of one colour."""
    images = np.random.default_rng(1).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    images[1, :, :, 2] = 77
    x = images.astype(np.float64)
    mean = x.mean((1, 2), keepdims=True)
    expected = (x - mean) / (np.sqrt(((x - mean) ** 2).mean((1, 2), keepdims=True)) + model.guard)
    return float(np.abs(model.whiten(images).numpy() - expected.transpose(0, 3, 1, 2)).max())


main(Path(sys.argv[1]), Path(sys.argv[2]))
