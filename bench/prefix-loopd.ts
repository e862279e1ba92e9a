import { join } from "node:path";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Entry, EntryOf } from "../src/protocol/entries.ts";
import { removeFolder, startHelper, temporaryFolder, witness } from "../test/fakes/helper.ts";
import type { EngineServer } from "./engine/server.ts";
import type { Dialect } from "./engine/scripted-reply.ts";
import { PREFIX_TURNS } from "./prefix-script.ts";

/** What loopd did in the conversation. */
export interface PrefixRun {
  entries: Entry[];
  /** What the epoch froze: every request begins with it. */
  frozen: Pick<EntryOf<"epoch.opened">["data"], "system" | "tools">;
}

/**
 * Has the conversation through a real helper with redaction on. The engine plays its script already and holds back the
 * answer during which the person adds a note. Rejects if a turn does not end `done`.
 */
export async function runLoopd(engine: EngineServer, dialect: Dialect, folder: string): Promise<PrefixRun> {
  const home = temporaryFolder("bench-home");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "config.json"), JSON.stringify({ redaction: { mode: "on" } }), { mode: 0o600 });
  const helper = await startHelper(home);
  const face = await witness(helper);
  try {
    const url = dialect === "anthropic" ? engine.url : `${engine.url}/v1`;
    const profile = { dialect, url, model: "tiny", trust: "local" as const, window: engine.contextSize };
    await face.connection.request("endpoint.add", { name: "engine", profile, use: true });
    let session: string | undefined;
    for (const { input, note, override = {} } of PREFIX_TURNS) {
      const held = note === undefined ? undefined : engine.held();
      const place = session === undefined ? { workspace: folder } : { session };
      const asked = await face.submit({ input, ...place, overrides: override });
      session = asked.session;
      if (note !== undefined) {
        await held;
        await face.connection.request("turn.steer", { session, text: note.text });
        engine.release();
      }
      const { data } = await face.untilKind("turn.finished", (entry) => entry.turn === asked.turn);
      if (data.finish !== "done") throw new Error(`A turn ended ${data.finish}: ${data.error?.message ?? data.text}`);
    }
    const epochs = face.entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data] : []));
    const [frozen] = epochs;
    if (frozen === undefined || epochs.length > 1) throw new Error(`One epoch was expected, not ${epochs.length}.`);
    return { entries: face.entries, frozen };
  } finally {
    face.connection.close();
    await helper.stop();
    removeFolder(home);
  }
}
