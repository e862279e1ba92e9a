import { join } from "node:path";
import * as z from "zod";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openFeed } from "../../helper-daemon/session-feed.ts";
import { createSessionPorts } from "../../helper-daemon/session-ports.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import { fold } from "../../src/agent/fold.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import type { ModelReply } from "../../src/agent/ports.ts";
import { runTurns } from "../../src/agent/run-turn.ts";
import { emptyView } from "../../src/agent/transcript.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";
import { defineTool, type ToolResult } from "../../src/tools/define-tool.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { calls, says, use } from "../fakes/memory-ports.ts";
import { world } from "../tools/world.ts";

test("a tool that ignores its end costs its call; what it says later is kept in the trace, and nowhere else", async () => {
  let answer: (result: ToolResult) => void = () => {};
  const deaf = defineTool({
    name: "deaf",
    group: "system",
    effect: "state",
    isIdempotent: false,
    timeLimit: 50,
    description: "Never listens.",
    input: z.object({}),
    examples: [{}],
    run: () => new Promise<ToolResult>((resolve) => (answer = resolve)),
  });
  const folder = temporaryFolder("late");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const hub = createHub(store.log);
  const limits = limitsSchema.parse({});
  const catalogue = createCatalogue({ tools: [deaf], limits: () => limits });
  const replies: ModelReply[] = [calls(use("deaf")), says("went on")];
  const place = (await world()).place;
  const shutdown = new AbortController().signal;
  const shared = {
    ...{ hub, boot: "boot", catalogue, shutdown },
    settings: () => ({
      rules: standingRules([], "/home/p"),
      hooks: [],
      limits,
      tools: catalogue.book,
      memoryIndex: "",
    }),
    hook: async () => ({}),
    model: async () => replies.shift() ?? says("?"),
    placeOf: () => place,
    ready: async () => {},
    request: () => Promise.reject(new Error("nobody asks")),
  };
  const where = { session: "s", turn: "t" };
  const asked = { input: "go", origin: "user" as const, originKey: "k", endpoint: "e", model: "m", overrides: {} };
  hub.record([
    { kind: "session.created", session: "s", data: { title: "t", workspace: place.workspace, nonce: "n" } },
    { kind: "turn.started", ...where, data: { ...asked, provenance: {} } },
  ]);
  const view = store.log.all("s", 0).reduce(fold, emptyView("s"));
  await runTurns(createSessionPorts(shared, "s", openFeed(store.log, hub, "s", view.seq)), view, shutdown);
  expect(store.log.ofTurn("t", "turn.finished")[0]?.data).toMatchObject({ finish: "done", text: "went on" });
  const [ended] = store.log.ofTurn("t", "tool.finished");
  expect(ended?.data).toMatchObject({ outcome: "timed-out", attempt: 1 });

  answer({ text: "here I am" });
  while (store.log.ofTurn("t", "tool.late").length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const late = store.log.ofTurn("t", "tool.late").map(({ data }) => data);
  expect(late).toMatchObject([{ callId: ended?.data.callId, attempt: 1, outcome: "ok", text: "here I am" }]);
  expect(store.log.all("s", 0).at(-2)?.kind).toBe("turn.finished");
}, 30_000);
