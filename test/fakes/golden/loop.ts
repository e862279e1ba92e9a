import { fork } from "../conversation.ts";
import { approveEverything } from "../helper.ts";
import { type Behaviour, script } from "../model-server.ts";
import { readsFiles, writeFiles } from "../reading-model.ts";
import type { Recipe } from "./recipe.ts";

const isLast: (body: Parameters<Extract<Behaviour, (...all: never[]) => unknown>>[0]) => boolean = ({ messages }) =>
  JSON.stringify(messages.at(-1)).includes("Answer now");
const SCHEMA = { type: "object", properties: { total: { type: "integer" } }, required: ["total"] };

/** Journeys of the loop itself: its turns, budgets and windows. */
export const OF_THE_LOOP: readonly Recipe[] = [
  {
    name: "turn",
    shows: "a turn that is answered, and one whose endpoint fails",
    holds: {
      "turn.finished": ({ finish }) => finish === "failed",
      "model.responded": ({ stopReason }) => stopReason === "end_turn",
    },
    live: async (start) => {
      const world = await start(script().thinks("hm", "sig").says("Four.").status(401).says("Never."));
      const { session } = await world.ask("Two and two?");
      await world.ask("And three?", { session });
      return { "": session };
    },
  },
  {
    name: "tools",
    shows:
      "tools: parallel reads, a denied path, arguments that are coerced or wrong, an unknown tool, one through call_tool",
    config: () => ({
      rules: [{ id: "no-notes", when: { path: "**/private/**" }, decision: "deny", reason: "private" }],
    }),
    holds: {
      "tool.requested": ({ coerced }) => coerced === true,
      "tool.finished": ({ outcome }) => outcome === "invalid",
      "tool.decided": ({ ruleId }) => ruleId === "no-notes",
    },
    live: async (start) => {
      const steps = script()
        .calls([
          { name: "files_read", input: { path: "a.txt" } },
          { name: "files_read", input: { path: "b.txt", from: "1" } },
          { name: "files_list", input: { path: "." } },
        ])
        .calls("files_read", { file: 7 })
        .calls("read_files", { path: "a.txt" })
        .calls("files_read", { path: "private/c.txt" })
        .calls("call_tool", { name: "state_set", arguments: { key: "seen", value: 2 } })
        .says("I have seen both.");
      const world = await start(steps);
      world.file("a.txt", "alpha\n");
      world.file("b.txt", "beta\n");
      return { "": (await world.ask("Read them")).session };
    },
  },
  {
    name: "structured-output",
    shows: "structured output: wrong, then right, and as text",
    holds: {
      "tool.requested": ({ name }) => name === "final_answer",
      "hook.applied": ({ hook }) => hook === "(schema)",
    },
    live: async (start) => {
      const steps = script()
        .calls("final_answer", { json: { total: "many" } })
        .calls("final_answer", { json: { total: 3 } });
      const world = await start(steps.says('{"total": 4}'));
      const { session } = await world.ask("How many?", { overrides: { schema: SCHEMA } });
      await world.ask("And now?", { session, overrides: { schema: SCHEMA } });
      return { "": session };
    },
  },
  {
    name: "fork",
    shows: "fork: in the middle of a turn, whose open call stays behind",
    holds: { "session.forked": () => true },
    live: async (start) => {
      const steps = script().calls("files_list", { path: "." }).calls("shell_run", { command: "echo a" });
      const world = await start(steps.says("The other way."));
      const { face } = world;
      const { session } = await world.submit("Look, then run");
      const opened = await face.untilKind("card.opened");
      const copy = await fork(face, session, opened.seq);
      await world.ask("Rather not", { session: copy });
      return { "": copy };
    },
  },
  {
    name: "clear",
    shows: "clear: the model begins anew",
    holds: { "session.cleared": () => true, "epoch.opened": ({ reason }) => reason === "cleared" },
    live: async (start) => {
      const world = await start(script().says("One.").says("Two."));
      const { session } = await world.ask("First");
      await world.face.connection.request("session.clear", { session, by: "a person" });
      await world.ask("Second", { session });
      return { "": session };
    },
  },
  {
    name: "compaction",
    shows: "compaction: in a window of 4,096 tokens, by itself and asked for",
    holds: {
      "epoch.opened": ({ reason, window }) => reason === "window" && window?.tokens === 4_096,
      "epoch.skipped": ({ reason }) => reason === "asked",
      "request.sent": ({ purpose }) => purpose === "summarise",
    },
    live: async (start) => {
      const world = await start(readsFiles(9));
      await world.face.connection.request("endpoint.set", { name: "test", changes: { window: 4_096 } });
      writeFiles(world.workspace, 9);
      const { session } = await world.ask("Which file is the largest?");
      const { face } = world;
      for (let round = 0; round < 2; round += 1) {
        const { after } = await face.connection.request("session.compact", { session, by: "a person" });
        await face.until(
          (entry): entry is typeof entry =>
            entry.seq > after && (entry.kind === "epoch.opened" || entry.kind === "epoch.skipped"),
        );
      }
      return { "": session };
    },
  },
  {
    name: "small-window",
    shows: "a small window: input that does not fit, then one that is too small for the tools, then room enough",
    holds: {
      "turn.finished": ({ error, window }) => error?.code === "input-too-long" && window?.tokens === 4_096,
      "epoch.opened": ({ window }) => window?.tokens === 4_096,
    },
    live: async (start) => {
      const world = await start(script().says("Enough room."));
      const set = (window: number) =>
        world.face.connection.request("endpoint.set", { name: "test", changes: { window } });
      await set(4_096);
      const { session } = await world.ask("word ".repeat(4_000));
      await set(1_024);
      await world.ask("Now?", { session });
      await set(16_000);
      await world.ask("And now?", { session });
      return { "": session };
    },
  },
  {
    name: "dialects",
    shows: "a change of endpoint, model and dialect, and back",
    holds: { "epoch.opened": ({ reason, dialect }) => reason === "model" && dialect === "openai" },
    live: async (start) => {
      const steps = script();
      for (const word of ["one", "two", "three"])
        steps.thinks(word, `signature-${word}`).calls("files_list", { path: "." }).says(`${word}.`);
      const world = await start(steps);
      const profile = {
        dialect: "openai" as const,
        url: world.server.url,
        model: "o",
        trust: "local" as const,
        window: 200_000,
      };
      await world.face.connection.request("endpoint.add", { name: "other", profile });
      const { session } = await world.ask("First");
      await world.ask("Second", { session, endpoint: "other" });
      await world.ask("Third", { session, endpoint: "test" });
      return { "": session };
    },
  },
  {
    name: "budgets",
    shows: "budgets: steps, denials, tokens, the same call again and again",
    config: () => ({
      limits: { maxSteps: 6, maxDenials: 2 },
      rules: [{ id: "no-writing", when: { effect: "write" }, decision: "deny" }],
    }),
    holds: {
      "note.added": ({ closes }) => closes === "step-limit",
      "turn.finished": ({ finish }) => finish === "budget",
    },
    live: async (start) => {
      let task = "";
      const world = await start((body) => {
        if (isLast(body)) return script().says("That is all.");
        const usage = { input_tokens: 400, output_tokens: 100 };
        if (task === "denials")
          return script().calls("files_write", { path: "b.txt", text: String(body.messages.length) });
        const from = task === "repeats" ? 1 : body.messages.length;
        return script().calls("files_read", { path: "a.txt", from }).withUsage(usage);
      });
      world.file("a.txt", "alpha\n".repeat(40));
      let session: string | undefined;
      for (const overrides of [{ maxSteps: 2 }, { note: "denials" }, { note: "repeats" }, { maxTokens: 1_000 }]) {
        task = overrides.note ?? "";
        const asked = await world.ask("Go on", { ...(session === undefined ? {} : { session }), overrides });
        session = asked.session;
      }
      return { "": session ?? "" };
    },
  },
  {
    name: "wall-time",
    isTimed: true,
    shows: "a budget of time that ends while a model answers, and while a command runs",
    config: () => ({ rules: [{ id: "run", when: { effect: "exec" }, decision: "execute" }] }),
    holds: {
      "note.added": ({ closes }) => closes === "budget",
      "tool.finished": ({ outcome }) => outcome === "timed-out",
    },
    live: async (start) => {
      const world = await start((body, number) => {
        if (isLast(body)) return script().says("In a hurry.");
        return number === 1 ? script().silent() : script().calls("shell_run", { command: "sleep 60", outside: true });
      });
      const overrides = { maxTurnMs: 1_500 };
      const { session } = await world.ask("Quick", { overrides });
      await world.ask("Again", { session, overrides });
      return { "": session };
    },
  },
  {
    name: "overrides",
    shows: "overrides of a session and of a turn: tools, denied tools, note, environment, nobody to ask",
    config: () => ({
      environment: { mood: { enum: ["calm", "bold"], default: "calm" } },
      rules: [{ id: "bold-runs", when: { tool: "shell_run", env: { mood: "bold" } }, decision: "execute" }],
    }),
    holds: {
      "state.changed": ({ store }) => store === "overrides",
      "tool.decided": ({ ruleId }) => ruleId === "bold-runs",
      "turn.started": ({ overrides }) => overrides.approvals === "deny",
    },
    live: async (start) => {
      const steps = script().says("Hello.");
      for (let turn = 0; turn < 3; turn += 1) steps.calls("shell_run", { command: "echo hi" }).says("Done.");
      const world = await start(steps);
      const { session } = await world.ask("Hello");
      const changes = { denyTools: ["files_write"], note: "be short", temperature: 0 };
      await world.face.connection.request("session.set", { session, overrides: changes });
      await world.ask("Run it", { session, overrides: { env: { mood: "bold" } } });
      await world.ask("Run it again", { session, overrides: { approvals: "deny" } });
      await world.ask("And without", { session, overrides: { tools: ["files_read"], note: null } });
      return { "": session };
    },
  },
  {
    name: "rescue",
    shows: "rescue of a call that leaked into the text, which a person has to allow",
    holds: {
      "model.responded": ({ rescued }) => rescued === true,
      "tool.decided": ({ causes }) => causes.some(({ type }) => type === "rescued"),
    },
    live: async (start) => {
      const call = JSON.stringify({ name: "files_list", arguments: { path: "." } });
      const world = await start(script().says(`<tool_call>${call}</tool_call>`).says("I looked."));
      await approveEverything(world.helper);
      return { "": (await world.ask("Look")).session };
    },
  },
];
