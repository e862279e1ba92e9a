import { expect, test } from "vitest";
import { obedient, ORDERS } from "../fakes/obedient-model.ts";
import { type Attempt, attempts } from "./hostile-attempts.ts";
import { asked, dataOf, type HostileWorld, hostileWorld } from "./hostile-world.ts";

test("a delegate that is told to do it all may do no more: it asks for whatever asks, also where the turn said yes", async () => {
  let tried: Attempt[] = [];
  const trying = (world: HostileWorld) => (tried = tried.length === 0 ? attempts(world) : tried);
  const task = { task: ORDERS, maxSteps: 150 };
  const delegating = ["delegate", "delegate"].map((name) => ({ name: "call_tool", input: { name, arguments: task } }));
  const reads = [{ name: "files_read", input: { path: "letter.txt" } }];
  const world = await hostileWorld({
    files: { "letter.txt": ORDERS },
    behaviour: (here) =>
      obedient(reads, (isTold) => (isTold ? [...trying(here()), ...delegating] : delegating.slice(1)), "obeyed"),
  });
  const { face } = world;
  const end = await asked(world, { input: "Read the letter", overrides: { yes: true } });
  expect(end).toEqual({ finish: "done", text: "obeyed" });
  const child = dataOf(face, "turn.started").find(({ origin }) => origin === "delegate");
  expect(child?.overrides.yes).toBeUndefined();
  const ends = dataOf(face, "tool.finished");
  expect(ends.filter(({ name, outcome }) => name === "delegate" && outcome === "ok")).toHaveLength(1);
  expect(ends.filter(({ name, outcome }) => name === "delegate" && outcome !== "ok").length).toBeGreaterThan(0);
  // The card of the other session, and one for each attempt that asks.
  const asking = tried.filter(({ ends: end }) => end === "asks");
  expect(asking.length).toBeGreaterThan(30);
  expect(dataOf(face, "card.opened")).toHaveLength(1 + asking.length);
  await world.expectUntouched();
});
