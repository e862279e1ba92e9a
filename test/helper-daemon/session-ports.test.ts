import { join } from "node:path";
import * as z from "zod";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openFeed } from "../../helper-daemon/session-feed.ts";
import { createSessionPorts } from "../../helper-daemon/session-ports.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { Circumstances } from "../../src/agent/policy/circumstances.ts";
import { decide } from "../../src/agent/policy/decide.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import { limitsSchema } from "../../src/protocol/config.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";
import { defineTool } from "../../src/tools/define-tool.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { world } from "../tools/world.ts";

/** A tool whose look at the world never comes back, as on a network drive that is gone. */
const deadDrive = defineTool({
  name: "dead_drive",
  group: "files",
  effect: "read",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Look at a dead drive.",
  input: z.object({}),
  examples: [{}],
  inspect: () => new Promise(() => {}),
  run: async () => ({ text: "never" }),
});

test("a look that never returns costs its limit, and the call then needs a person", async () => {
  const folder = temporaryFolder("ports");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const hub = createHub(store.log);
  const limits = limitsSchema.parse({ internalMs: 20 });
  const catalogue = createCatalogue({ tools: [deadDrive], limits: () => limits });
  const rules = standingRules([], "/home/p");
  const place = (await world()).place;
  const shared = {
    hub,
    boot: "boot",
    catalogue,
    settings: () => ({ rules, hooks: [], limits, tools: catalogue.book, memoryIndex: "" }),
    model: async () => ({ type: "aborted" as const }),
    hook: async () => ({}),
    placeOf: () => place,
    ready: async () => {},
    request: () => Promise.reject(new Error("nobody asks")),
    shutdown: new AbortController().signal,
  };
  const ports = createSessionPorts(shared, "s1", openFeed(store.log, hub, "s1", 0));
  const call = { callId: "c", name: "dead_drive", arguments: {}, effect: "read" as const };
  const facts = await ports.inspect(call);
  const around: Circumstances = {
    ...{ session: "s1", origin: "user", overrides: {}, taints: [], endpointTrust: "local", now: 0 },
  };
  expect(decide(call, facts, around, rules)).toMatchObject({ answer: "requiresApproval", ruleId: "default-ask" });
});
