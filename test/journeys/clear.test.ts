import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ask, fork, history } from "../fakes/conversation.ts";
import { removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type RequestBody, script } from "../fakes/model-server.ts";

const last = (body: RequestBody) => JSON.stringify(body.messages.at(-1));

test("cleared: refused while a turn is open; then the model knows nothing of before, taint is over, also after kill -9", async () => {
  const home = temporaryFolder("home");
  const elsewhere = temporaryFolder("elsewhere");
  for (const folder of [home, elsewhere]) onTestFinished(() => removeFolder(folder));
  writeFileSync(join(elsewhere, "far.txt"), "the word is xyzzy");
  const rules = ["files_read", "files_write"].map((tool) => ({ id: tool, when: { tool }, decision: "execute" }));
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules }));
  const { face, helper, server, workspace, restart } = await journey(
    (body) => {
      if (last(body).includes("look far")) {
        const keep = { name: "call_tool", input: { name: "state_set", arguments: { key: "k", value: 1 } } };
        return script().calls([{ name: "files_read", input: { path: join(elsewhere, "far.txt") } }, keep]);
      }
      if (last(body).includes("write it")) return script().calls("files_write", { path: "it.txt", text: "it" });
      return script().says("done");
    },
    { home },
  );
  const { session } = await ask(face, undefined, "look far", workspace);
  await face.submit({ input: "write it", session });
  await face.untilKind("card.opened");
  const clear = (one: Witness) => one.connection.request("session.clear", { session, by: "me" });
  await expect(clear(face)).rejects.toMatchObject({
    code: "turn-open",
    message: expect.stringContaining("nothing was cleared"),
  });
  await face.connection.request("turn.cancel", { session, by: "me" });
  await face.untilKind("turn.finished", ({ data }) => data.finish === "cancelled");
  const past = await history(face, session);
  expect(await clear(face)).toEqual({ before: past.at(-1)?.seq });
  await helper.kill();

  const { face: again } = await restart();
  const { end } = await ask(again, session, "write it");
  expect(end.data.finish).toBe("done");
  expect(readFileSync(join(workspace, "it.txt"), "utf8")).toBe("it");
  expect(again.entries.filter((entry) => entry.kind === "card.opened")).toHaveLength(1);
  const first = server.requests.find(({ body }) => body.messages.length === 1 && last(body).includes("write it"));
  expect(first?.body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "write it" }] }]);
  const after = server.requests.slice(server.requests.findIndex((request) => request === first));
  expect(after.filter(({ text }) => /xyzzy|far\.txt/.test(text))).toEqual([]);
  const entries = await history(again, session);
  expect(entries.slice(0, past.length)).toEqual(past);
  expect(entries.flatMap((entry) => (entry.kind === "epoch.opened" ? [entry.data.reason] : []))).toEqual([
    "start",
    "cleared",
  ]);
  expect((await again.connection.request("state.get", { session })).values).toEqual({ k: 1 });

  const back = await fork(again, session, past.at(-1)?.seq);
  await ask(again, back, "what was the word?");
  expect(server.requests.at(-1)?.text).toContain("xyzzy");
  await expect(again.connection.request("session.clear", { session: "s000", by: "me" })).rejects.toMatchObject({
    code: "unknown-session",
  });
});

test("a file that the model read before it forgot has to be read again before it is overwritten", async () => {
  const write = { path: "a.txt", text: "new" };
  const { face, workspace } = await journey(
    script().calls("files_read", { path: "a.txt" }).says("read").calls("files_write", write).says("written"),
  );
  writeFileSync(join(workspace, "a.txt"), "old");
  const { session } = await ask(face, undefined, "read it", workspace);
  await face.connection.request("session.clear", { session, by: "me" });
  const { turn } = await face.submit({ input: "write it", session });
  const { data } = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: data.cardId, resolution: "approved", by: "me" });
  const { data: end } = await face.untilKind("tool.finished", (entry) => entry.turn === turn);
  expect(end).toMatchObject({ outcome: "error", text: expect.stringContaining("you have not read it") });
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("old");
});
