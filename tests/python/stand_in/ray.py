"""Not Ray: what the generated script uses of it, in this process and one task after the other.

It shows that the script asks for what it should and takes the answers as it must. Scheduling, machines and lost workers are Ray's and are not shown.
Every task's options are printed as JSON, one a line.
"""

import json


def init():
    pass


def remote(**options):
    def decorate(function):
        return Remote(function, options)

    return decorate


class Remote:
    def __init__(self, function, options):
        self.function, self.options = function, options

    def remote(self, *arguments):
        print(json.dumps({"options": self.options, "arguments": arguments}), flush=True)
        return lambda: self.tried(arguments)

    def tried(self, arguments):
        """Runs the function again after an exception, max_retries times, as retry_exceptions=True asks."""
        for left in range(self.options["max_retries"], -1, -1):
            try:
                return self.function(*arguments)
            except Exception:
                if left == 0:
                    raise


def get(tasks):
    return [task() for task in tasks]
