import type { Connection } from "../src/protocol/connect.ts";
import type { EntryOf } from "../src/protocol/entries.ts";
import type { NotificationOf } from "../src/protocol/notifications.ts";
import { removeFolder, startHelper, type TestHelper } from "../test/fakes/helper.ts";
import type { LaneSetup, Loop } from "./lane-process.ts";
import { QUESTION } from "./tool.ts";
import { scriptedProfile } from "../test/fakes/scripted-profile.ts";

/** loopd as a person has it: a helper process, its socket, its durable trace, and a face that follows with deltas. */
export interface LoopdLoop extends Loop {
  helper: TestHelper;
  connection: Connection;
}

/** The two ways in which a running turn may end for us. */
interface Ending {
  resolve(entry: EntryOf<"turn.finished">): void;
  reject(error: Error): void;
}

/** More steps than any turn here has, so that the limit is never what ends one. */
const MAX_STEPS = 1_000;

/** Starts a helper on a fresh home and gives it the endpoint. `environment` is added to the helper's own. */
export async function startLoopd(setup: LaneSetup, environment: Record<string, string>): Promise<LoopdLoop> {
  const helper = await startHelper(undefined, environment);
  let running: Ending | undefined;
  const connection = await helper.connect((name, value) => {
    if (name === "turn.stalled") running?.reject(new Error((value as NotificationOf<"turn.stalled">).message));
    if (name !== "entries.added") return;
    const last = (value as NotificationOf<"entries.added">).entries.at(-1);
    if (last?.kind === "turn.finished") running?.resolve(last);
  });
  void connection.closed.then((reason) => running?.reject(reason));
  const profile = scriptedProfile(setup.url);
  await connection.request("endpoint.add", { name: "scripted", profile, use: true });

  const turn = async (): Promise<string> => {
    const ended = new Promise<EntryOf<"turn.finished">>((resolve, reject) => (running = { resolve, reject }));
    const { session, after } = await connection.request("turn.submit", {
      requestId: crypto.randomUUID(),
      input: QUESTION,
      workspace: setup.folder,
      overrides: { maxSteps: MAX_STEPS },
    });
    const { subscription } = await connection.request("entries.follow", { session, after, deltas: true });
    const { finish, text, error } = (await ended).data;
    await connection.request("entries.unfollow", { subscription });
    if (finish !== "done") throw new Error(`The turn ended ${finish}: ${error?.message ?? "without an error"}`);
    return text;
  };
  const stop = async () => {
    connection.close();
    await helper.stop();
    removeFolder(helper.home);
  };
  return { turn, stop, helper, connection };
}
