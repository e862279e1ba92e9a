import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ask, fork } from "../fakes/conversation.ts";
import { approveEverything, removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { endOfCall, order, orderedCall } from "../fakes/ordered-call.ts";
import { endAfterTest } from "../tools/world.ts";

/** A screen that shows the captured windows of a form in a browser, in front, and of a calculator. */
function windows(): Record<string, string> {
  const folder = temporaryFolder("windows");
  onTestFinished(() => removeFolder(folder));
  for (const name of ["step-chromium-form@1", "win-galculator_galculator"])
    copyFileSync(new URL(`../fixtures/ax/${name}.json.gz`, import.meta.url), join(folder, `${name}.json.gz`));
  return { LOOPD_SCREEN_BACKEND: `fixture:${folder}` };
}

const READ = order("screen_read", { app: "chromium" });
const fieldIn = (text: string) => /\b(t\d+)\S* Full name/.exec(text)?.[1] ?? "none";
const press = (ref: string) => order("screen_act", { ref, action: "focus" });

test("a window is read, a field is set, and only what changed is told until the epoch ends", async () => {
  const { face, helper, workspace } = await journey(orderedCall, { environment: windows() });
  await approveEverything(helper);
  const first = await ask(face, undefined, READ, workspace);
  const read = endOfCall(face, first.turn);
  expect(read).toMatchObject({ outcome: "ok", sight: { app: "Chromium", isFull: true }, taints: ["screen Chromium"] });
  const ref = fieldIn(read.text);
  const act = await ask(face, first.session, order("screen_act", { ref, action: "set", text: "Ada" }));
  const deed = endOfCall(face, act.turn);
  expect(deed).toMatchObject({ outcome: "ok", sight: { isFull: false }, isSideEffectPossible: true });
  expect(deed.text).toBe(`Done and verified.\ndiff 1\n${ref} Full name=Ada`);
  const again = await ask(face, first.session, READ);
  expect(endOfCall(face, again.turn).text).toBe("diff 2: nothing changed");

  await face.connection.request("session.clear", { session: first.session, by: "me" });
  const after = await ask(face, first.session, READ);
  const whole = endOfCall(face, after.turn);
  expect(whole.sight).toMatchObject({ isFull: true });
  expect(whole.text).toContain(`${ref} Full name=Ada`);
});

test("after a restart a reference of before is refused without asking, and its number is never another control's", async () => {
  const { face, helper, workspace, restart } = await journey(orderedCall, { environment: windows() });
  await approveEverything(helper);
  const first = await ask(face, undefined, READ, workspace);
  const { text, sight } = endOfCall(face, first.turn);
  const ref = fieldIn(text);
  await helper.kill();
  const { face: again, helper: next } = await restart();
  const lost = await ask(again, first.session, press(ref));
  expect(endOfCall(again, lost.turn)).toMatchObject({
    outcome: "error",
    text: expect.stringContaining("Read the screen"),
  });
  const cards = again.entries.filter((entry) => entry.kind === "card.opened" && entry.turn === lost.turn);
  expect(cards).toEqual([]);
  await approveEverything(next);
  const reread = await ask(again, first.session, READ);
  const now = endOfCall(again, reread.turn);
  expect(now.sight).toMatchObject({ isFull: true });
  const numbers = [...now.text.matchAll(/(?:^|\| )[bkotnplmxsi](\d+)/gm)].map((match) => Number(match[1]));
  expect(numbers.length).toBeGreaterThan(5);
  expect(Math.min(...numbers)).toBeGreaterThan(sight?.lastRef ?? Infinity);
  const pressed = await ask(again, first.session, press(fieldIn(now.text)));
  expect(endOfCall(again, pressed.turn).outcome).toBe("ok");
});

test("a fork knows no reference of its parent, and gives out other numbers", async () => {
  const { face, helper, workspace } = await journey(orderedCall, { environment: windows() });
  await approveEverything(helper);
  const first = await ask(face, undefined, READ, workspace);
  const { text, sight } = endOfCall(face, first.turn);
  const child = await fork(face, first.session);
  const lost = await ask(face, child, press(fieldIn(text)));
  expect(endOfCall(face, lost.turn)).toMatchObject({ outcome: "error" });
  const own = endOfCall(face, (await ask(face, child, READ)).turn);
  expect(own.sight).toMatchObject({ isFull: true });
  expect(Number(fieldIn(own.text).slice(1))).toBeGreaterThan(sight?.lastRef ?? Infinity);
  expect(endOfCall(face, (await ask(face, first.session, READ)).turn).text).toBe("diff 1: nothing changed");
});

test.runIf(process.platform === "linux")(
  "killed in the middle of an action: a recovery card asks what became of it, and nothing is done again",
  async () => {
    const { face, helper, workspace, restart } = await journey(orderedCall, { environment: windows() });
    const { turn, session } = await face.submit({ input: READ, workspace });
    const approve = async (witness: Witness, cardId: string) =>
      witness.connection.request("card.resolve", { cardId, resolution: "approved", by: "me" });
    await approve(face, (await face.untilKind("card.opened")).data.cardId);
    await face.untilKind("turn.finished");
    const ref = fieldIn(endOfCall(face, turn).text);

    const submitted = await face.submit({ input: order("screen_act", { ref, action: "set", text: "Ada" }), session });
    const card = await face.untilKind("card.opened", (entry) => entry.turn === submitted.turn);
    const eye = readFileSync(`/proc/${helper.pid}/task/${helper.pid}/children`, "utf8")
      .split(" ")
      .find((pid) => pid !== "" && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("fixture"));
    expect(eye).toBeDefined();
    onTestFinished(() => endAfterTest(Number(eye)));
    process.kill(Number(eye), "SIGSTOP");
    await approve(face, card.data.cardId);
    await face.untilKind("tool.started", (entry) => entry.turn === submitted.turn);
    await helper.kill();
    process.kill(Number(eye), "SIGKILL");

    const { face: again } = await restart();
    const recovery = await again.untilKind("card.opened", (entry) => entry.data.type === "recovery");
    const skip = { cardId: recovery.data.cardId, resolution: "answered" as const, answer: "skip", by: "me" };
    await again.connection.request("card.resolve", skip);
    await again.untilKind("turn.finished", (entry) => entry.turn === submitted.turn);
    expect(endOfCall(again, submitted.turn).outcome).toBe("unknown");
    const starts = again.entries.filter((entry) => entry.kind === "tool.started" && entry.turn === submitted.turn);
    expect(starts).toHaveLength(1);
  },
);
