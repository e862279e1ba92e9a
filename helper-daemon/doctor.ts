import type { Check } from "../src/protocol/requests.ts";
import type { Sandbox } from "../src/tools/sandbox/sandbox.ts";

/** What the examination looks at. */
export interface DoctorOptions {
  sandbox: Sandbox;
}

/** Looks at everything that loopd needs from this machine; every finding that is not ok says how to mend it. */
export async function examine({ sandbox }: DoctorOptions): Promise<Check[]> {
  const status = await sandbox.status();
  return [
    status.isUsable
      ? { name: "sandbox", state: "ok", detail: status.detail }
      : { name: "sandbox", state: "warning", detail: status.why, mend: status.mend },
  ];
}
