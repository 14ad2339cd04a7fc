"""The split network of this folder in PyTorch, 1.13 or newer.

    from splitnet import load_pretrained

    model = load_pretrained(".")           # or load_pretrained(".", branch="branch 2.1"): only what decides that leaf's classes
    logits = model(model.whiten(images))   # uint8 [N, 32, 32, 3] to float32 [N, classes]
    print([model.classes[column] for column in logits.argmax(dim=1)])

Parameters and buffers have the names and layouts of model.safetensors. Only PyTorch is needed; the safetensors package is used
where it is installed.
"""

import json
import struct
from itertools import accumulate
from math import prod
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

FORMAT, FORMAT_VERSION = "splitnet-studio-export", 1
BATCH_NORM_EPSILON = 1e-5
#: Type and bytes of a value by the format's name.
DTYPES = {"F32": (torch.float32, 4), "F16": (torch.float16, 2), "I32": (torch.int32, 4)}


def load_pretrained(folder=".", branch=None):
    """The network unpacked in `folder`, ready for inference. With `branch`, a leaf of the tree: the trunk and the way to it alone."""
    config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    if config.get("format") != FORMAT or config.get("formatVersion") != FORMAT_VERSION:
        raise ValueError(f"{folder}/config.json is not a {FORMAT} of version {FORMAT_VERSION}: use the splitnet.py beside it")
    model = SplitNet(config, branch)
    model.load_state_dict(model.share_of(read_safetensors(Path(folder) / "model.safetensors")))
    return model.eval()


class SplitNet(nn.Module):
    """The layers of config.json in their order, each a module at the place its name says; slashes are dots."""

    def __init__(self, config, branch=None):
        super().__init__()
        self.layers = config["architecture"]["layers"]
        self.guard = config["preprocessing"]["whitening"]["guard"]
        self.branch = branch
        self.last_reader = {name: layer["name"] for layer in self.layers for name in inputs_of(layer)}
        builder = Builder(config, None if branch is None else way_to(config["tree"]["root"], branch))
        for layer in self.layers:
            place(self, layer["name"], builder.module(layer))
        start, count = builder.runs[self.layers[-1]["name"]]
        labels = config["classOrder"][start : start + count]  # as the last layer puts them
        #: Class index and name of each column of the logits, ascending.
        self.labels = sorted(labels)
        self.classes = [config["classes"][label] for label in self.labels]
        self.register_buffer("columns", torch.tensor([labels.index(label) for label in self.labels]), persistent=False)

    def forward(self, images):
        """Whitened float32 [N, 3, 32, 32] to logits [N, len(self.classes)]."""
        values = {}
        for layer in self.layers:
            inputs = [values[name] for name in inputs_of(layer)] or [images]
            values[layer["name"]] = self.get_submodule(dotted(layer["name"]))(*inputs)
            for name in inputs_of(layer):
                if self.last_reader[name] == layer["name"]:
                    del values[name]
        return values[self.layers[-1]["name"]][:, self.columns]

    def whiten(self, images):
        """Bytes [N, height, width, 3] to float32 [N, 3, height, width]: every channel of every image to mean 0 and deviation 1."""
        x = torch.as_tensor(images).permute(0, 3, 1, 2).double()
        deviation = x.var(dim=(2, 3), unbiased=False, keepdim=True).sqrt()
        return ((x - x.mean(dim=(2, 3), keepdim=True)) / (deviation + self.guard)).float()

    def share_of(self, tensors):
        """What this network needs of model.safetensors: all of it, or the blocks and channels of one branch."""
        if self.branch is None:
            return tensors
        return {name: self.run_of(name, tensors[name]) for name in self.state_dict() if name in tensors}

    def run_of(self, name, tensor):
        layer = self.get_submodule(name.rpartition(".")[0])
        return tensor.narrow(0, layer.start, layer.num_features) if isinstance(layer, nn.BatchNorm2d) else tensor


class Builder:
    """Makes modules of layers, and keeps which run of its space's channels each gives: (start, count)."""

    def __init__(self, config, way):
        self.way = way
        self.spaces = {space["name"]: space["size"] for space in config["architecture"]["spaces"]}
        self.dropout = 1 - config["training"]["finetune"]["dropoutKeep"]
        self.runs = {}

    def module(self, layer):
        kind, name = layer["kind"], layer["name"]
        run = self.runs[inputs_of(layer)[0]] if inputs_of(layer) else (0, layer["shape"][2])
        if kind in ("conv", "dense"):
            module, run = self.weighted(layer, *run)
        elif kind == "batchNorm":
            module = nn.BatchNorm2d(run[1], eps=BATCH_NORM_EPSILON)
            module.start = run[0]
        else:
            makers = {"input": nn.Identity, "relu": nn.ReLU, "add": Add, "globalMean": GlobalMean}
            module = nn.Dropout(self.dropout) if kind == "dropout" else makers[kind]()
        self.runs[name] = run
        return module

    def weighted(self, layer, start, count):
        """The layer, whole or the blocks that are wanted, on an input that begins at channel `start`; and the run it gives."""
        make = Conv if layer["kind"] == "conv" else Dense
        if layer["blocks"] is None:
            size = self.spaces[layer["outputSpace"]]
            return make(layer, count, size), (0, size)
        inputs, outputs = layer["blocks"]["inputs"], layer["blocks"]["outputs"]
        wanted = range(len(inputs)) if self.way is None else [self.way[len(inputs)]]
        starts, first = [0, *accumulate(inputs)], sum(outputs[: wanted[0]])
        blocks = {block: make(layer, inputs[block], outputs[block]) for block in wanted}
        module = Blocks(blocks, [(starts[block] - start, inputs[block]) for block in wanted])
        return module, (first, sum(outputs[block] for block in wanted))


class Blocks(nn.Module):
    """Blocks side by side: each maps its own run of channels, and none sees another's."""

    def __init__(self, blocks, runs):
        super().__init__()
        self.runs = runs
        for index, block in blocks.items():
            self.add_module(f"block_{index}", block)

    def forward(self, x):
        return torch.cat([block(x.narrow(1, *run)) for block, run in zip(self.children(), self.runs)], dim=1)


class Conv(nn.Conv2d):
    """A convolution that pads each side as config.json says: 3 x 3 with stride 2 pads below and to the right only."""

    def __init__(self, layer, inputs, outputs):
        super().__init__(inputs, outputs, layer["kernelSize"], layer["stride"], bias=False)
        self.pads = [layer["padding"][side] for side in ("left", "right", "top", "bottom")]

    def forward(self, x):
        return super().forward(F.pad(x, self.pads))


class Dense(nn.Linear):
    def __init__(self, layer, inputs, outputs):
        super().__init__(inputs, outputs)


class Add(nn.Module):
    def forward(self, x, y):
        return x + y


class GlobalMean(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


def inputs_of(layer):
    return layer.get("inputs") or ([layer["input"]] if "input" in layer else [])


def dotted(name):
    return name.replace("/", ".")


def place(root, name, module):
    """Puts a module where its name says, below modules that only hold others."""
    *folders, last = name.split("/")
    for folder in folders:
        if not hasattr(root, folder):
            root.add_module(folder, nn.Module())
        root = getattr(root, folder)
    root.add_module(last, module)


def way_to(root, label):
    """Block index on the way to a leaf for every number of blocks that there is: {1: 0, 2: 1, 4: 2}."""
    ways, sizes = [[root]], [1]
    while ways[0][-1]["children"]:
        ways = [[*way, child] for way in ways for child in way[-1]["children"]]
        sizes.append(len(ways))
    for way in ways:
        if way[-1]["label"] == label:
            return {size: node["group"] for size, node in zip(sizes, way)}
    raise ValueError(f"no leaf {label!r}: choose one of {', '.join(way[-1]['label'] for way in ways)}")


def read_safetensors(path):
    """Tensors by name: by the safetensors package, or by a reader that refuses gaps, overlaps and sizes that do not fit."""
    try:
        from safetensors.torch import load_file
    except ImportError:
        return parse_safetensors(Path(path).read_bytes(), path)
    return load_file(path)


def parse_safetensors(content, path):
    """8 bytes of header length, little-endian; a JSON header; the data, in which tensors lie one after the other."""
    size = struct.unpack("<Q", content[:8])[0] if len(content) >= 8 else len(content)
    if size > len(content) - 8:
        raise ValueError(f"{path}: the header is cut off; use another copy of the file")
    header, data = json.loads(content[8 : 8 + size].decode("utf-8")), bytearray(content[8 + size :])
    header.pop("__metadata__", None)
    tensors, expected = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        (dtype, width), shape, (begin, end) = DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        if begin != expected or end > len(data) or end - begin != prod(shape) * width:
            raise ValueError(f"{path}: {name} is not where its header says; use another copy of the file")
        tensors[name] = torch.frombuffer(data, dtype=dtype, count=prod(shape), offset=begin).reshape(shape)
        expected = end
    if expected != len(data):
        raise ValueError(f"{path}: {len(data) - expected} bytes after the last tensor; use another copy of the file")
    return tensors
