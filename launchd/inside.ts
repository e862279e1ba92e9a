import { JOB_MARK } from "./job.ts";
import { type Machine, runSystemProgram } from "./machine.ts";

/**
 * Whether this process is part of a job, so that restarting the job would end the restart half-way: it was started as
 * that job, or the job's process is one of its ancestors (what a helper runs for a model knows nothing of jobs).
 */
export async function isInside(machine: Machine, label: string, jobProcess: number | undefined): Promise<boolean> {
  const { environment } = machine;
  if (environment[JOB_MARK] === label || environment.XPC_SERVICE_NAME === label) return true;
  return jobProcess !== undefined && (await lineOf(machine)).includes(jobProcess);
}

/** This process and its ancestors. */
async function lineOf(machine: Machine): Promise<number[]> {
  const { out } = await runSystemProgram(machine, "/bin/ps", ["-axo", "pid=,ppid="]);
  const parents = new Map(out.split("\n").map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  const line = [machine.pid];
  for (let parent = parents.get(machine.pid); parent !== undefined && parent > 1; parent = parents.get(parent)) {
    if (line.includes(parent)) break;
    line.push(parent);
  }
  return line;
}
