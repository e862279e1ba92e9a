import type { InstallRecord, InstallResult, InstallStep } from "../../src/protocol/install.ts";
import { writePrivateJson } from "../private-file.ts";
import { thrownResult, type Failure } from "./trouble.ts";

/** How a step ended: with what was done or found, or with what stood in the way. */
export type StepEnd = { state: "done" | "skipped"; detail: string } | Failure;

/** Steps of an installation as they happen: said to whoever listens, and written down for whoever looks later. */
export interface Steps {
  /**
   * Does one step; what it throws is how it failed. Undefined if it went well.
   * @param notice What the person should know before it happens.
   */
  run(name: string, notice: string | undefined, work: () => Promise<StepEnd>): Promise<Failure | undefined>;
}

/** Steps that are written down whole at each change, with how it all ended. */
export interface RecordedSteps extends Steps {
  end(result: InstallResult): InstallResult;
}

/** Begins the record of an installation, in place of the last one's. */
export function beginSteps(file: string, version: string, tell: (step: InstallStep) => void): RecordedSteps {
  const now = () => new Date().toISOString();
  const record: InstallRecord = { version, pid: process.pid, startedAt: now(), state: "running", steps: [] };
  const save = () => writePrivateJson(file, record);
  save();
  const steps = stepsWithoutRecord((step) => {
    record.steps = [...record.steps.filter((other) => other.step !== step.step), { ...step, at: now() }];
    save();
    tell(step);
  });
  return {
    ...steps,
    end(result) {
      record.state = result.ok ? "done" : "failed";
      record.result = result;
      save();
      return result;
    },
  };
}

/** Steps that are only said. */
export function stepsWithoutRecord(tell: (step: InstallStep) => void): Steps {
  return {
    async run(step, notice, work) {
      tell({ step, state: "doing", ...(notice === undefined ? {} : { detail: notice }) });
      const end = await work().catch(thrownFailure);
      if (end.state !== "failed") return void tell({ step, ...end });
      const { words, mend } = end;
      tell({ step, state: "failed", detail: words, ...(mend === undefined ? {} : { mend }) });
      return end;
    },
  };
}

function thrownFailure(thrown: unknown): Failure {
  const { code = "internal", message = "" } = thrownResult(thrown).error ?? {};
  return { state: "failed", code, words: message };
}
