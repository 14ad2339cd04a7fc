#!/bin/bash
# Sweep @name@: @runs@ runs in @tasks@ tasks, each a share of the runs. Submit with `sbatch`; options on its command line
# (--partition, --time, --mem, --array=...%8 for eight at a time, ...) win over the lines below. Submitted again, it continues what is not finished.
#SBATCH --job-name=splitnet-@name@
#SBATCH --array=1-@tasks@
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=splitnet-@name@-%a.log
#SBATCH --signal=B:USR1@120
@gpuLine@

# The program stops at a checkpoint when it is told to end: by Slurm two minutes before the time limit (USR1), and when the job is cancelled
# or preempted (TERM).
told=nothing
program=
tell() {
  told=$1
  if [ -n "$program" ]; then kill -TERM "$program"; fi
}
trap 'tell limit' USR1
trap 'tell end' TERM
@command@ --task "$SLURM_ARRAY_TASK_ID/@tasks@" &
program=$!
if [ "$told" != nothing ]; then kill -TERM "$program"; fi
wait "$program"
code=$?
# A signal ends the wait before it ends the program.
while kill -0 "$program" 2>/dev/null; do
  wait "$program"
  code=$?
done

# Ended by a signal, and not because the job is to end: back into the queue, where it continues from its last checkpoint.
if [ "$code" -ge 128 ] && [ "$told" != end ] && [ "${SLURM_RESTART_COUNT:-0}" -lt @restarts@ ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
