import { resolve } from "node:path";
import { onTestFinished, expect, test } from "vitest";
import { LiveSource, type LiveQuestion, type LiveState } from "../../src/commands/live-source.ts";
import { openHelper } from "../../src/commands/open-helper.ts";
import { connectTo, removeFolder, startHelper, temporaryFolder } from "../fakes/helper.ts";

const helperScript = resolve(import.meta.dirname, "../../assets/helper/helper.mjs");

/** A value kept true on a home, and every state that it was in. */
function watch<T>(home: string, question: LiveQuestion<T>) {
  const program = { home, helperScript, node: process.execPath, client: "test" };
  const source = new LiveSource<T>((listener, start) => openHelper({ ...program, start }, listener), question);
  const states: LiveState<T>[] = [];
  let wake = () => {};
  const stop = source.subscribe(() => {
    states.push(source.snapshot());
    wake();
  });
  onTestFinished(stop);
  const until = async (fits: (state: LiveState<T>) => boolean) => {
    while (!fits(source.snapshot())) await new Promise<void>((done) => (wake = done));
    return source.snapshot();
  };
  return { source, states, until, stop };
}

function freshHome(): string {
  const home = temporaryFolder("live");
  onTestFinished(() => removeFolder(home));
  return home;
}

const routineNames: LiveQuestion<string[]> = {
  key: "",
  staleOn: ["state.changed"],
  load: async (request) => (await request("routine.list", {})).routines.map(({ name }) => name),
};
const shows =
  (...names: string[]) =>
  (state: LiveState<string[]>) =>
    state.type === "ready" && !state.isReconnecting && state.value.join() === names.join();

async function addRoutine(home: string, name: string): Promise<void> {
  const connection = await connectTo(home);
  await connection.request("routine.add", { name, prompt: "Look", schedule: { every: "1h" } });
  connection.close();
}

test("a value is loaded again after entries of its kinds, and only then", async () => {
  const home = freshHome();
  const helper = await startHelper(home);
  onTestFinished(() => helper.stop());
  let loads = 0;
  const counted: LiveQuestion<string[]> = {
    ...routineNames,
    load: (request) => {
      loads++;
      return routineNames.load(request);
    },
    isStale: (entry) => entry.kind === "state.changed" && entry.data.store === "routine" && entry.data.key !== "b",
  };
  const { until, stop, source } = watch(home, counted);
  await until(shows());
  await addRoutine(home, "a");
  await until(shows("a"));
  const before = loads;
  await addRoutine(home, "b");
  await addRoutine(home, "c");
  await until(shows("a", "b", "c"));
  expect(loads).toBe(before + 1);
  source.ask({ ...counted, key: "other", load: async () => ["other"] });
  await until(shows("other"));
  stop();
  await expect(source.request("helper.status", {})).rejects.toMatchObject({ code: "cancelled" });
});

test("a change is shown at once, survives what is loaded meanwhile, and is taken back where it fails", async () => {
  const home = freshHome();
  const helper = await startHelper(home);
  onTestFinished(() => helper.stop());
  await addRoutine(home, "a");
  const { source, states, until } = watch(home, routineNames);
  await until(shows("a"));
  const withoutA = (names: string[]) => names.filter((name) => name !== "a");
  const failing = source.change(withoutA, async () => {
    await addRoutine(home, "b");
    await until(shows("b"));
    throw new Error("Somebody was first.");
  });
  expect(source.snapshot()).toMatchObject({ type: "ready", value: [] });
  await expect(failing).rejects.toThrow("Somebody was first.");
  expect(source.snapshot()).toMatchObject({ type: "ready", value: ["a", "b"] });
  states.length = 0;
  await source.change(withoutA, (request) => request("routine.remove", { name: "a" }));
  await until(shows("b"));
  // It never came back for a moment, whatever was loaded before the helper had made the change.
  expect(states.every((state) => state.type === "ready" && !state.value.includes("a"))).toBe(true);
});

test("a helper that dies is said to be away, is started again, and nothing of meanwhile is missed", async () => {
  const home = freshHome();
  const helper = await startHelper(home);
  const { source, until } = watch(home, routineNames);
  await until(shows());
  await helper.kill();
  expect(await until((state) => state.type === "ready" && state.isReconnecting)).toMatchObject({ value: [] });
  const { pid } = await source.request("helper.status", {});
  expect(pid).not.toBe(helper.pid);
  onTestFinished(async () => {
    const connection = await connectTo(home);
    await connection.request("helper.stop", {});
    await connection.closed;
  });
  await addRoutine(home, "later");
  await until(shows("later"));
});

test("no helper is started for whoever only looks; one that comes up is found, one that was stopped is waited for", async () => {
  const home = freshHome();
  const { until } = watch(home, routineNames);
  const missing = await until((state) => state.type === "problem");
  expect(missing).toMatchObject({ error: { code: "helper-unreachable" } });
  const first = await startHelper(home);
  // Where another one held the home, this would be none.
  expect(first.pid).toBeGreaterThan(0);
  await until(shows());
  await first.stop();
  await until((state) => state.type === "ready" && state.isReconnecting);
  const second = await startHelper(home);
  expect(second.pid).toBeGreaterThan(0);
  onTestFinished(() => second.stop());
  await addRoutine(home, "new");
  await until(shows("new"));
});
