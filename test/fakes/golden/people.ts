import { approveEverything } from "../helper.ts";
import { gate, script } from "../model-server.ts";
import { hookProgram, type Recipe, restarted } from "./recipe.ts";

const APPROVED = { resolution: "approved" };

/** Journeys in which people have a say. */
export const WITH_PEOPLE: readonly Recipe[] = [
  {
    name: "approvals",
    shows: "approvals: approve, deny with a reason, edit, approve for the session",
    holds: {
      "card.resolved": ({ resolution }) => resolution === "edited",
      "rule.added": ({ rule }) => rule.grant?.scope === "session",
      "tool.decided": ({ ruleId }) => ruleId.startsWith("grant-"),
      "tool.finished": ({ outcome }) => outcome === "denied",
    },
    live: async (start) => {
      const steps = script();
      for (const word of ["one", "two", "three", "four"]) steps.calls("shell_run", { command: `echo ${word}` });
      const world = await start(steps.calls("shell_run", { command: "echo four" }).says("All four."));
      const { session, turn } = await world.submit("Say four words");
      await world.resolve(await world.card(), APPROVED);
      await world.resolve(await world.card(), { resolution: "denied", reason: "not that one" });
      await world.resolve(await world.card(), { resolution: "edited", arguments: { command: "echo edited" } });
      await world.resolve(await world.card(), { ...APPROVED, scope: "session" });
      await world.ended(turn);
      return { "": session };
    },
  },
  {
    name: "approvals-expire",
    shows: "approvals: expire",
    isTimed: true,
    config: () => ({
      rules: [{ id: "soon", when: { tool: "shell_run" }, decision: "requiresApproval", expiresIn: "1s" }],
    }),
    holds: { "card.resolved": ({ resolution }) => resolution === "expired" },
    live: async (start) => {
      const world = await start(script().calls("shell_run", { command: "echo late" }).says("Nobody came."));
      return { "": (await world.ask("Run it")).session };
    },
  },
  {
    name: "questions",
    shows: "questions: answered, withdrawn with a crash and asked anew",
    holds: {
      "card.opened": ({ type }) => type === "question",
      "tool.started": ({ attempt }) => attempt === 2,
    },
    live: async (start) => {
      const asks = { question: "Which colour?", choices: ["red", "blue"] };
      const steps = script().calls("call_tool", { name: "ask_user", arguments: asks });
      const world = await start(
        steps.calls("call_tool", { name: "ask_user", arguments: { question: "How many?" } }).says("Two red ones."),
      );
      const { session, turn } = await world.submit("Ask me twice");
      await world.resolve(await world.card(), { resolution: "answered", answer: "red" });
      const second = await world.card();
      await world.helper.kill();
      const again = await restarted(world);
      await again.resolve(second, { resolution: "answered", answer: "two" });
      await again.ended(turn);
      return { "": session };
    },
  },
  {
    name: "recovery",
    shows: "recovery after kill: a model's answer, an effect that happened, one that is run again",
    config: () => ({ rules: [{ id: "run", when: { effect: "exec" }, decision: "execute" }] }),
    holds: {
      "card.opened": ({ type }) => type === "recovery",
      "card.resolved": ({ answer }) => answer === "again",
      "tool.started": ({ attempt }) => attempt === 2,
    },
    live: async (start) => {
      const held = gate();
      const runs = (command: string) => script().calls("shell_run", { command, outside: true });
      let world = await start((_, number) => {
        if (number === 1) return script().says("Never heard.").holds(held);
        if (number === 2) return runs("sleep 60");
        return number === 3 ? runs("test -f ran || { touch ran; sleep 60; }") : script().says("Both are over.");
      });
      const { session, turn } = await world.submit("Be interrupted");
      await world.server.received(1);
      await world.helper.kill();
      world = await restarted(world);
      await world.face.untilKind("tool.spawned");
      await world.helper.kill();
      world = await restarted(world);
      await world.resolve(await world.card(), { resolution: "answered", answer: "happened" });
      await world.face.untilKind("tool.spawned", ({ data }) => data.callId.includes(".2."));
      await world.helper.kill();
      world = await restarted(world);
      await world.resolve(await world.card(), { resolution: "answered", answer: "again" });
      await world.ended(turn);
      held.release();
      return { "": session };
    },
  },
  {
    name: "cancel",
    shows: "cancel: while a card waits, while a command runs, with a turn in the queue",
    holds: {
      "turn.stopping": ({ by }) => by === "a person",
      "card.resolved": ({ resolution }) => resolution === "cancelled",
      "turn.finished": ({ finish }) => finish === "cancelled",
    },
    config: () => ({ rules: [{ id: "sleep", when: { command: ["sleep"] }, decision: "execute" }] }),
    live: async (start) => {
      const steps = script().calls("shell_run", { command: "sleep 60", outside: true });
      const world = await start(steps.calls("shell_run", { command: "echo never" }).says("Fine."));
      const { face } = world;
      const { session, turn } = await world.submit("Sleep");
      await face.untilKind("tool.spawned");
      await face.connection.request("turn.cancel", { session, turn, by: "a person", why: "too long" });
      await world.ended(turn);
      const second = await world.submit("Echo", { session });
      await world.card();
      const queued = await world.submit("Then this", { session });
      await face.connection.request("turn.cancel", { session, by: "a person" });
      await world.ended(queued.turn);
      await world.ended(second.turn);
      await world.ask("And now?", { session });
      return { "": session };
    },
  },
  {
    name: "steering",
    shows: "steering in the middle of a turn, and a turn that waits in the queue",
    holds: { "note.added": ({ from }) => from === "person" },
    live: async (start) => {
      const held = gate();
      const world = await start(script().calls("files_list", { path: "." }).holds(held).says("Seen.").says("Next."));
      const { session, turn } = await world.submit("Look around");
      await world.server.received(1);
      await world.face.connection.request("turn.steer", { session, text: "only the newest" });
      const next = await world.submit("And then?", { session });
      held.release();
      await world.ended(turn);
      await world.ended(next.turn);
      return { "": session };
    },
  },
  {
    name: "hooks",
    shows: "hooks: arguments rewritten, a call cancelled, a decision, an output reshaped",
    config: (home) => ({
      hooks: [
        {
          name: "rewrite",
          at: ["before"],
          when: { tool: "shell_run" },
          command: hookProgram(
            home,
            "rewrite",
            "const c = input.call.arguments.command; return c === 'echo stop' ? { cancel: { reason: 'no' } } : { arguments: { command: c + ' hooked' } };",
          ),
        },
        {
          name: "judge",
          at: ["decide"],
          when: { effect: "exec" },
          command: hookProgram(
            home,
            "judge",
            "return input.call.arguments.command.includes('free') ? { decision: 'execute' } : {};",
          ),
        },
        {
          name: "shape",
          at: ["after"],
          command: hookProgram(home, "shape", "return { outcome: { text: 'shaped: ' + input.outcome.kind } };"),
        },
      ],
    }),
    holds: {
      "hook.applied": ({ at, change }) => at === "after" && change === "outcome",
      "tool.decided": ({ ruleId }) => ruleId === "hook judge",
    },
    live: async (start) => {
      const steps = script().calls("shell_run", { command: "echo free" }).calls("shell_run", { command: "echo stop" });
      const world = await start(steps.calls("shell_run", { command: "echo asked" }).says("Three."));
      await approveEverything(world.helper);
      return { "": (await world.ask("Run three")).session };
    },
  },
  {
    name: "validators",
    shows: "validators: an answer sent back, a permissive one waived",
    config: (home) => ({
      hooks: [
        {
          name: "polite",
          at: ["answer"],
          command: hookProgram(
            home,
            "polite",
            "return input.answer.includes('please') ? { verdict: 'pass' } : { verdict: 'feedback', text: 'say please' };",
          ),
        },
        {
          name: "picky",
          at: ["answer"],
          mode: "permissive",
          command: hookProgram(home, "picky", "return { verdict: 'fail', text: 'never good' };"),
        },
      ],
      limits: { maxValidations: 1 },
    }),
    holds: {
      "note.added": ({ from }) => from === "validator",
      "turn.finished": ({ waived = [] }) => waived.length > 0,
    },
    live: async (start) => {
      const world = await start(script().says("Now.").says("Now, please.").says("Right now, please."));
      return { "": (await world.ask("Answer nicely")).session };
    },
  },
  {
    name: "grants",
    shows: "a grant for always, of another session, and taken back",
    holds: { "tool.decided": ({ ruleId }) => ruleId.startsWith("grant-") },
    live: async (start) => {
      const steps = script();
      for (let turn = 0; turn < 3; turn += 1) steps.calls("shell_run", { command: "echo today" }).says("Today.");
      const world = await start(steps);
      const { face } = world;
      const first = await world.submit("What day is it?");
      await world.resolve(await world.card(), { resolution: "approved", scope: "always" });
      await world.ended(first.turn);
      const { session } = await world.ask("And now?");
      const { rules } = await face.connection.request("rule.list", {});
      await face.connection.request("rule.remove", { id: rules.find(({ layer }) => layer === "grant")?.id ?? "" });
      const last = await world.submit("Still?", { session });
      await world.resolve(await world.card(), { resolution: "denied" });
      await world.ended(last.turn);
      return { "": session };
    },
  },
];
