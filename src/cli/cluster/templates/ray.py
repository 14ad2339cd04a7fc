"""Sweep @name@: @runs@ runs in @tasks@ tasks of a Ray cluster, each a share of the runs.

    python this_file.py                         on a machine of the cluster, or
    ray job submit --working-dir . -- python this_file.py

Every machine has the program, the sweep file and the archive at the same paths, and writes into the same folder. A task whose machine is lost is
started anew and continues from its last checkpoint. Started again, the script continues what is not finished.
"""

import subprocess
import sys

import ray

COMMAND = @command@
TASKS = @tasks@
GPUS = @gpus@
RETRIES = @restarts@


def run_share(task):
    """Exit code of the share, from 1 to TASKS."""
    code = subprocess.run([*COMMAND, "--task", f"{task}/{TASKS}"], check=False).returncode
    if code < 0:
        # Ended by a signal, not by itself: Ray tries it again.
        raise RuntimeError(f"share {task} was ended by signal {-code}")
    return code


def main():
    ray.init()
    share = ray.remote(num_gpus=GPUS, max_retries=RETRIES, retry_exceptions=True)(run_share)
    codes = ray.get([share.remote(task) for task in range(1, TASKS + 1)])
    failed = [task for task, code in enumerate(codes, start=1) if code != 0]
    print(f"{TASKS - len(failed)} of {TASKS} shares are done" + (f"; failed: {failed}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
