import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { CapturedWindow } from "../../src/protocol/screen.ts";
import { realWindow } from "../ax-helper/tree/windows.ts";
import { ask } from "../fakes/conversation.ts";
import { approveEverything, removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type RequestBody, script } from "../fakes/model-server.ts";
import { png } from "../tools/screen/pictures.ts";

/** A screen with a calculator in front, and a `maim` that leaves a picture. */
function desktop(redaction?: object) {
  const [home, windows, programs] = ["home", "windows", "programs"].map((name) => {
    const folder = temporaryFolder(name);
    onTestFinished(() => removeFolder(folder));
    return folder;
  }) as [string, string, string];
  const window: CapturedWindow = realWindow("win-galculator_galculator");
  window.tree.states.push("active");
  writeFileSync(join(windows, "window.json"), JSON.stringify(window));
  writeFileSync(join(programs, "picture.png"), png(333, 368));
  const maim = join(programs, "maim");
  writeFileSync(maim, `#!/bin/sh\nfor last; do :; done; cp "${programs}/picture.png" "$last"\n`);
  chmodSync(maim, 0o755);
  if (redaction !== undefined) writeFileSync(join(home, "config.json"), JSON.stringify({ redaction }));
  const environment = { LOOPD_SCREEN_BACKEND: `fixture:${windows}`, PATH: `${programs}:${process.env["PATH"]}` };
  return { home, environment };
}

/** A model that takes one picture and then says that it is done. */
function photographer(body: RequestBody) {
  const isAnswered = JSON.stringify(body.messages).includes("tool_result");
  return isAnswered ? script().says("done") : script().calls("call_tool", { name: "screenshot", arguments: {} });
}

test("a model that takes pictures gets one after a person has agreed; the next request holds it", async () => {
  const { home, environment } = desktop();
  const { face, helper, server, workspace } = await journey(photographer, { home, environment });
  await face.connection.request("endpoint.set", { name: "test", changes: { vision: true } });
  await approveEverything(helper);
  const { turn } = await ask(face, undefined, "look", workspace);
  const card = await face.untilKind("card.opened", (entry) => entry.turn === turn);
  expect(card.data.causes ?? []).toEqual([]);
  const end = await face.untilKind("tool.finished", (entry) => entry.turn === turn);
  expect(end.data).toMatchObject({ outcome: "ok", taints: ["screen galculator"], content: [{ type: "image" }] });
  const sent = server.requests.at(-1)?.body as RequestBody;
  const images = sent.messages.flatMap(({ content }) => content).filter(({ type }) => type === "image");
  expect(images).toMatchObject([{ source: { type: "base64", media_type: "image/png" } }]);
});

test("a model that takes none is told so, and nobody is asked", async () => {
  const { home, environment } = desktop();
  const { face, workspace } = await journey(photographer, { home, environment });
  const { turn, end } = await ask(face, undefined, "look", workspace);
  expect(end.data.finish).toBe("done");
  const finished = await face.untilKind("tool.finished", (entry) => entry.turn === turn);
  expect(finished.data).toMatchObject({
    outcome: "error",
    text: expect.stringContaining("takes no pictures") as string,
  });
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toEqual([]);
});

test("where a model reads placeholders, a picture of what is private always needs a person, whatever was granted", async () => {
  const { home, environment } = desktop({ mode: "on" });
  const { face, helper, workspace } = await journey(photographer, { home, environment });
  await face.connection.request("endpoint.set", { name: "test", changes: { vision: true } });
  const submitted = await face.submit({ input: "look", workspace, overrides: { yes: true } });
  const card = await face.untilKind("card.opened", (entry) => entry.turn === submitted.turn);
  expect(card.data.causes).toEqual([{ type: "image", source: "screen galculator" }]);
  await approveEverything(helper);
  const end = await face.untilKind("tool.finished", (entry) => entry.turn === submitted.turn);
  expect(end.data.outcome).toBe("ok");
});
