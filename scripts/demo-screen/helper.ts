import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startHelper } from "../../src/commands/start-helper.ts";
import { connect, type Connection, socketPathOf } from "../../src/protocol/connect.ts";
import type { Entry } from "../../src/protocol/entries.ts";

const HELPER = fileURLToPath(new URL("../../assets/helper/helper.mjs", import.meta.url));

/** A helper of the demonstration's own. */
export interface DemoHelper extends Pick<Connection, "request"> {
  /** Asks the rehearsal model. */
  submit(input: string, workspace: string): Promise<void>;
  /** Ends it, whatever it does. */
  stop(): Promise<void>;
}

/** Starts one on a new home, with the display of `environment`, and tells everything that is recorded. */
export async function startDemoHelper(
  home: string,
  environment: Record<string, string>,
  hear: (entries: Entry[]) => void,
): Promise<DemoHelper> {
  mkdirSync(home, { mode: 0o700 });
  Object.assign(process.env, environment);
  const pid = await startHelper({ home, helperScript: HELPER, node: process.execPath });
  const token = readFileSync(join(home, "run", "token"), "utf8").trim();
  const connection = await connect({ socketPath: socketPathOf(home), token, client: "demo" }, (name, value) => {
    if (name === "entries.added") hear((value as { entries: Entry[] }).entries);
  });
  const { request } = connection;
  await request("entries.follow", { after: 0 });
  return {
    request,
    submit: async (input, workspace) => {
      await request("turn.submit", { requestId: randomUUID(), input, workspace, endpoint: "rehearsal" });
    },
    stop: async () => {
      await request("helper.stop", {}).catch(() => pid !== undefined && process.kill(pid, "SIGKILL"));
      await connection.closed;
    },
  };
}
