import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

test("a folder is listed, searched, and a long output read on to its end", async () => {
  const blobOf = (body: object): string => /"blob\\*":\\*"([0-9a-f]{64})/.exec(JSON.stringify(body))?.[1] ?? "none";
  const { face, workspace } = await journey((body, number) => {
    if (number === 1) return script().calls("files_list", { path: "." });
    if (number === 2) return script().calls("files_search", { pattern: "needle" });
    if (number === 3) return script().calls("shell_run", { command: "seq 20000; echo the very end", outside: true });
    if (number === 4) return script().calls("read_more", { blob: blobOf(body), offset: 108_800 });
    return script().says("seen");
  });
  writeFileSync(join(workspace, "hay.txt"), "hay\nneedle here\nhay\n");
  await face.submit({ input: "look", workspace });
  const card = await face.untilKind("card.opened");
  await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "test" });
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
  const ended = face.entries.flatMap(({ kind, data }) => (kind === "tool.finished" ? [data] : []));
  expect(ended.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    ...["files_list ok", "files_search ok", "shell_run ok", "read_more ok"],
  ]);
  expect(ended[0]?.text).toContain("hay.txt");
  expect(ended[1]?.text).toContain("needle here");
  expect(ended[3]?.text).toContain("the very end");
});
