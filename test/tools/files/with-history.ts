import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createFileHistory, type FileHistory } from "../../../helper-daemon/file-history.ts";
import { createHub, type Hub } from "../../../helper-daemon/hub.ts";
import { createStamp, newId } from "../../../helper-daemon/ids.ts";
import { createBlobs } from "../../../helper-daemon/store/blobs.ts";
import { openStore, type Store } from "../../../helper-daemon/store/open-store.ts";
import type { CallContext, Outcome } from "../../../src/agent/ports.ts";
import type { FileUndo, MethodName } from "../../../src/protocol/requests.ts";
import type { Json } from "../../../src/protocol/values.ts";
import { world, type World } from "../world.ts";

/** A world of tools with a real trace: what calls see and change is recorded as the loop does it. */
export interface Recorded {
  here: World;
  store: Store;
  hub: Hub;
  history: FileHistory;
  session: string;
  blobFolder: string;
  /** Begins another turn and ends the last one; its id. */
  turn(): string;
  /** Ends the open turn. */
  end(): void;
  call(name: string, input: Json, options?: Options): Promise<Outcome>;
  undo(options?: { turn?: string; isDryRun?: boolean }): Promise<FileUndo[]>;
}

interface Options {
  signal?: AbortSignal;
  meanwhile?: () => Promise<unknown>;
  /** Happens when the change is recorded and not made yet. */
  afterRecord?: () => Promise<unknown>;
}

/** Makes a world with a session and its first turn. */
export async function recorded(options: Parameters<typeof world>[0] = {}): Promise<Recorded> {
  const here = await world(options);
  const root = dirname(here.place.workspace);
  const blobFolder = join(root, "blobs");
  const store = openStore(join(root, "loopd.db"), createStamp("boot"));
  onTestFinished(() => store.close());
  const hub = createHub(store.log);
  const protectedPaths = here.place.protectedPaths;
  const history = createFileHistory({ store, hub, blobs: createBlobs(blobFolder), blobFolder, protectedPaths });
  const session = newId("s");
  const { workspace } = here.place;
  hub.record([{ kind: "session.created", session, data: { title: "t", workspace, nonce: "n" } }]);
  let open: string | undefined;
  const end = () => {
    if (open !== undefined) {
      hub.record([{ kind: "turn.finished", session, turn: open, data: { finish: "done", text: "" } }]);
    }
    open = undefined;
  };
  const turn = () => {
    end();
    open = newId("t");
    const data = { input: "i", origin: "user", originKey: open, endpoint: "e", model: "m", overrides: {} } as const;
    hub.record([{ kind: "turn.started", session, turn: open, data: { ...data, provenance: {} } }]);
    return open;
  };
  turn();
  return {
    ...{ here, store, hub, history, session, blobFolder, turn, end },
    async call(name, input, { signal, meanwhile, afterRecord } = {}) {
      const callId = newId("e");
      const on = open ?? "";
      const origin = { caller: "tool", session, turn: on, callId } as const;
      const request = async (method: MethodName, params: never): Promise<unknown> => {
        if (method === "file.seen") return history.seen(params, origin);
        if (method !== "file.changing") throw new Error(`no tool of files asks for ${method}`);
        const done = await history.changing(params, origin);
        await afterRecord?.();
        return done;
      };
      const outcome = await here.call(name, input, {
        ...{ callId, meanwhile, request: request as CallContext["request"] },
        ...(signal === undefined ? {} : { signal }),
      });
      const { kind, text, saw, isSideEffectPossible } = outcome;
      const data = { callId, attempt: 1, name, outcome: kind, durationMs: 1, text, saw, isSideEffectPossible };
      hub.record([{ kind: "tool.finished", session, turn: on, data }]);
      return outcome;
    },
    undo: async ({ turn: only, isDryRun = false } = {}) =>
      (await history.undo({ session, turn: only, isDryRun, by: "test" })).files,
  };
}
