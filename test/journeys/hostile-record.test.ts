import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { journey } from "../fakes/journey.ts";
import { script } from "../fakes/model-server.ts";

test("what is recorded can be neither changed nor removed through the database, whoever opens it", async () => {
  const { face, helper, workspace } = await journey(
    script().calls("shell_run", { command: "touch a", outside: true }).says("denied"),
  );
  await face.submit({ input: "go", workspace });
  const { cardId } = (await face.untilKind("card.opened")).data;
  const database = new Database(join(helper.home, "loopd.db"));
  onTestFinished(() => void database.close());
  const all = () => database.prepare("SELECT * FROM entries ORDER BY seq").all();
  const before = all();
  expect(before.length).toBeGreaterThan(5);
  for (const forgery of [
    "UPDATE entries SET data = replace(data, 'requiresApproval', 'execute')",
    "DELETE FROM entries WHERE kind = 'card.opened'",
    "UPDATE entries SET kind = 'card.resolved' WHERE kind = 'card.opened'",
  ]) {
    expect(() => database.prepare(forgery).run(), forgery).toThrow("append-only");
  }
  expect(all()).toEqual(before);
  await face.connection.request("card.resolve", { cardId, resolution: "denied", by: "the person" });
  expect((await face.untilKind("turn.finished")).data.text).toBe("denied");
});
