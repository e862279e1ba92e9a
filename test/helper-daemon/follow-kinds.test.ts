import { expect, onTestFinished, test } from "vitest";
import type { Entry } from "../../src/protocol/entries.ts";
import { connectTo, removeFolder, startHelper, temporaryFolder } from "../fakes/helper.ts";

test("who follows some kinds hears of those alone, of what was recorded before and of what comes", async () => {
  const home = temporaryFolder("kinds");
  onTestFinished(() => removeFolder(home));
  const helper = await startHelper(home);
  onTestFinished(() => helper.stop());
  const heard: Entry[] = [];
  let wake = () => {};
  const face = await connectTo(home, (name, value) => {
    if (name === "entries.added") heard.push(...(value as { entries: Entry[] }).entries);
    wake();
  });
  onTestFinished(() => face.close());
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((done) => (wake = done));
  };
  const ask = () => face.request("turn.submit", { requestId: crypto.randomUUID(), input: "Hello", workspace: home });
  const first = await ask();
  await face.request("entries.follow", { after: 0, kinds: ["turn.started", "turn.finished"] });
  await until(2);
  const second = await ask();
  await until(4);
  expect(heard.map(({ kind, turn }) => `${kind} ${turn}`)).toEqual([
    ...[`turn.started ${first.turn}`, `turn.finished ${first.turn}`],
    ...[`turn.started ${second.turn}`, `turn.finished ${second.turn}`],
  ]);
  const unknown = { after: 0, kinds: ["turn.imagined" as "turn.started"] };
  await expect(face.request("entries.follow", unknown)).rejects.toMatchObject({ code: "invalid-params" });
});
