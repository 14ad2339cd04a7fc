"""Runs serve_app.py of a bundle without Ray and without a model: a deployment is an object in this process, and a session knows
the answers to what it was recorded with. So what is proven is the wiring: each part gets what it is to get, and logits end at
their classes.

Usage: serve_app_run.py FOLDER_OF_SERVE_APP RECORDED.json [key=value ...]; prints the deployments and what came of the images.
"""

import asyncio
import io
import json
import sys
import types

import numpy as np

FOLDER, RECORDED, *ARGUMENTS = sys.argv[1:]
with open(RECORDED, encoding="utf-8") as file:
    RECORDS = json.load(file)
STARTED = []


def array(record):
    return np.array(record["data"], np.float32).reshape(record["shape"])


class InferenceSession:
    def __init__(self, file, providers):
        self._record = RECORDS["parts"][file.split("/")[-1]]
        STARTED[-1]["providers"] = providers

    def run(self, names, feeds):
        ((name, value),) = feeds.items()
        expected = self._record["inputs"][name]
        if not np.array_equal(value, array(expected)):
            raise AssertionError(f"{name}: not what this part takes")
        return [array(self._record["outputs"][name]) for name in names]


class Handle:
    def __init__(self, replica):
        self._replica = replica

    def remote(self, *values):
        return self._replica(*values)


class Deployment:
    def __init__(self, kind, options):
        self._kind, self._options = kind, options

    def options(self, **options):
        return Deployment(self._kind, {**self._options, **options})

    def bind(self, *values):
        STARTED.append({"name": self._options.get("name", self._kind.__name__), **self._options})
        bound = [Handle(value) if isinstance(value, (Part, Network)) else value for value in values]
        return self._kind(*bound)


def module(name, **values):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(values)
    return sys.modules[name]


class Response:
    def __init__(self, content, status_code=200, media_type=None):
        self.content, self.status_code = content, status_code


class Request:
    def __init__(self, body):
        self._body = body

    async def body(self):
        return self._body


serve = module("ray.serve", deployment=lambda **options: lambda kind: Deployment(kind, options), Application=object)
module("ray.serve.handle", DeploymentHandle=Handle)
module("ray", serve=serve)
module("onnxruntime", InferenceSession=InferenceSession)
module("starlette")
module("starlette.requests", Request=Request)
module("starlette.responses", Response=Response)

sys.path.insert(0, FOLDER)
import serve_app  # noqa: E402

Part, Network = serve_app.Part._kind, serve_app.Network._kind
network = serve_app.build(dict(argument.split("=") for argument in ARGUMENTS))
images = array(RECORDS["image"])


def asked(body):
    return asyncio.run(network(Request(body)))


def npy(values):
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


answer = asked(npy(images))
logits = np.load(io.BytesIO(answer.content))
refused = [asked(body) for body in (b"", b"\x93NUMPY", npy(images.astype(np.float64)), npy(images[:, :, :31]), npy(images[:0]))]
print(json.dumps({
    "started": STARTED,
    "shape": list(logits.shape),
    "logits": [float(value) for value in logits.ravel()],
    "refused": [[response.status_code, str(response.content)] for response in refused],
}))
