"""The parts of this network as an application of Ray Serve (https://docs.ray.io/en/latest/serve).

    pip install -r requirements.txt
    serve run serve_app:build                 # in this folder
    serve run serve_app:build gpus=1          # a GPU a part; 0.5 puts two on each
    serve run serve_app:build cpus=0.2        # less than a core a part: Ray waits for cores that are not there
    serve run serve_app:build paths=true      # each leaf from the image on, for machines with little between them

Every part is a deployment of its own, which Ray places and scales, and hands its outputs straight to the parts below. On several
machines the bundle must lie at the same path on each. Over HTTP the application takes a .npy file of float32 images
[N, 3, 32, 32], whitened, and gives one of logits [N, classes], in class order.
"""

import asyncio
import io
import json
from pathlib import Path
from typing import Dict, List

import numpy as np
import onnxruntime
from ray import serve
from ray.serve import Application
from ray.serve.handle import DeploymentHandle
from starlette.requests import Request
from starlette.responses import Response

HERE = Path(__file__).resolve().parent


@serve.deployment(max_ongoing_requests=16)
class Part:
    """One part of the tree with the parts below it."""

    def __init__(self, part: dict, gpus: float, *below: DeploymentHandle):
        providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if gpus > 0 else ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(str(HERE / part["file"]), providers=providers)
        self._input = part["input"]["name"]
        # One for each part below, in the same order; a leaf has one, its logits.
        self._outputs = [output["name"] for output in part["outputs"]]
        self._below = below

    async def __call__(self, value: np.ndarray) -> List[np.ndarray]:
        """The logits of every leaf from here on, from left to right: [N, the leaf's classes] each."""
        # The replica goes on taking requests meanwhile.
        outputs = await asyncio.to_thread(self._session.run, self._outputs, {self._input: value})
        if not self._below:
            return outputs
        answers = await asyncio.gather(*(handle.remote(output) for handle, output in zip(self._below, outputs)))
        return [logits for answer in answers for logits in answer]


@serve.deployment(max_ongoing_requests=16)
class Network:
    """Asks the trunk, or every path, and puts the logits of the leaves in class order."""

    def __init__(self, image: List[int], leaves: List[List[int]], *asked: DeploymentHandle):
        self._image = tuple(image)
        self._leaves = leaves
        self._asked = asked

    async def logits(self, images: np.ndarray) -> np.ndarray:
        """[N, 3, 32, 32] float32 to [N, classes]. Raises ValueError for anything else."""
        if images.dtype != np.float32 or images.ndim != 4 or images.shape[1:] != self._image or len(images) == 0:
            raise ValueError(f"expected float32 images [N, {', '.join(map(str, self._image))}], got {images.dtype} {list(images.shape)}")
        answers = await asyncio.gather(*(handle.remote(images) for handle in self._asked))
        merged = np.empty((len(images), sum(map(len, self._leaves))), np.float32)
        for classes, logits in zip(self._leaves, (logits for answer in answers for logits in answer)):
            merged[:, classes] = logits
        return merged

    async def __call__(self, request: Request) -> Response:
        try:
            logits = await self.logits(read_npy(await request.body()))
        except ValueError as error:
            return Response(f"{error}\n", status_code=400)
        answer = io.BytesIO()
        np.save(answer, logits)
        return Response(answer.getvalue(), media_type="application/octet-stream")


def read_npy(body: bytes) -> np.ndarray:
    try:
        return np.lib.format.read_array(io.BytesIO(body), allow_pickle=False)
    except ValueError as error:
        raise ValueError(f"the body is no .npy file: {error}") from error


def build(args: Dict[str, str]) -> Application:
    """The application. `gpus`, `cpus`: what each part takes of a machine (0, 1); `paths`: "true" to ask the paths instead of the tree."""
    with open(HERE / "parts.json", encoding="utf-8") as file:
        description = json.load(file)
    gpus = float(args.get("gpus", 0))
    resources = {"num_cpus": float(args.get("cpus", 1)), "num_gpus": gpus}
    parts = {part["name"]: part for part in description["parts"]}

    def deployed(part: dict) -> Application:
        below = [deployed(parts[name]) for name in part["children"]]
        return Part.options(name=part["name"], ray_actor_options=resources).bind(part, gpus, *below)

    trunk = description["parts"][0]
    asked = description["paths"] if args.get("paths") == "true" else [trunk]
    leaves = [part["classes"] for part in description["parts"] if part["classes"] is not None]
    network = Network.options(ray_actor_options={**resources, "num_gpus": 0})
    return network.bind(trunk["input"]["shape"], leaves, *map(deployed, asked))
