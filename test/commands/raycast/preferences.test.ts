import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { witness } from "../../fakes/helper.ts";
import { script } from "../../fakes/model-server.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { isDone, markdown, openStage } from "./stage.ts";

const { scene, cleanUp } = openStage();

test("the endpoint of the pane is asked from its first time on, changed when the pane is, and never undoes a choice", async () => {
  const { open, helper, home, server, workspace } = await scene(({ stream }) =>
    stream === true ? script().says("Hello back.") : script().says("ready").whole(),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const rows = async () => (await face.connection.request("endpoint.list", {})).endpoints;
  const own = async () => (await rows()).find(({ name }) => name === "raycast");
  const storage = createStorage();
  const pane = { workspace, endpointUrl: server.url, endpointModel: "from-pane", endpointTrust: "local" };
  const key = "sk-very-secret-1";

  const first = open("ask", { storage, preferences: { ...pane, endpointKey: key, pushToMenuBar: true } });
  await first.until((view) => view.type === "Form");
  expect(await own()).toMatchObject({ isActive: true, hasKey: true, model: "from-pane", trust: "local" });
  await first.until(() => first.toasts.some(({ title }) => title === "The endpoint answers"));
  const { menuBar } = await face.connection.request("helper.status", {});
  expect(menuBar).toBe("raycast://extensions/loopd/loopd/show-status?launchType=background");
  await first.submit({ question: "Hello" });
  await first.until(isDone);
  expect(server.requests.at(-1)?.body).toMatchObject({ model: "from-pane" });
  expect(JSON.stringify([...storage.local, ...storage.cache])).not.toContain(key);
  expect(readFileSync(join(home, "config.json"), "utf8")).not.toContain(key);
  first.close();

  // A person chooses another one; the pane changes later.
  await face.connection.request("endpoint.use", { name: "script" });
  const changed = { ...pane, endpointModel: "another", pushToMenuBar: false };
  const second = open("search-sessions", { storage, preferences: changed });
  await second.until(() => second.items().length === 1);
  expect(await own()).toMatchObject({ isActive: false, hasKey: false, model: "another", auth: "none" });
  expect((await face.connection.request("helper.status", {})).menuBar).toBeUndefined();
  second.close();

  // Emptied, it goes.
  const third = open("manage-routines", { storage, preferences: { workspace } });
  await third.until((view) => view.type === "List" && third.print().includes("No Routines Yet"));
  expect(await own()).toBeUndefined();
});

test("a wrong address and a server that refuses are told with the way to the pane, and above the question until it answers", async () => {
  const { open, server } = await scene(({ stream }) =>
    stream === true ? script().says("After all.") : script().status(403),
  );
  const wrong = open("ask", { preferences: { endpointUrl: "localhost:8080", endpointModel: "m" } });
  await wrong.until((view) => view.type === "Form" && wrong.toasts.length > 0);
  expect(wrong.toasts[0]).toMatchObject({ style: "FAILURE", title: "The Preferences Are Not Right" });
  expect(wrong.print()).toMatch(
    /Form.Description "Attention" text="The preferences are not right. Endpoint URL: “localhost:8080”/,
  );
  await wrong.toastAction("Open Preferences");
  expect(wrong.opened).toContain("preferences:extension");
  wrong.close();

  const storage = createStorage();
  const preferences = { endpointUrl: server.url, endpointModel: "m", endpointTrust: "local" };
  const silent = open("ask", { preferences, storage });
  await silent.until(() => silent.toasts.some(({ title }) => title === "The Endpoint Does Not Work"));
  expect(silent.toasts.at(-1)?.message).toContain(server.url);
  silent.close();
  const later = open("ask", { preferences, storage });
  await later.until((view) => view.type === "Form");
  expect(later.print()).toMatch(
    /did not work when loopd last looked, just now: at http:\/\/127.0.0.1:\d+, the server refused the key/,
  );
  expect(later.actions()).toContain("Check Endpoint Again");
  expect(later.toasts).toEqual([]);
  // What it answers since is news too.
  await later.submit({ question: "Hello" });
  await later.until(isDone);
  await later.until(() => String(storage.local.get("last-turn")).includes('"isSeen":true'));
  later.close();
  const last = open("ask", { preferences, storage });
  await last.until((view) => view.type === "Form");
  expect(last.print()).not.toContain("Attention");
});

test("with approvals denied in the pane a turn never waits", async () => {
  const { open, workspace, server } = await scene(
    script().calls("shell_run", { command: "touch no" }).says("Then not."),
  );
  const command = open("ask", { preferences: { workspace, approvals: "deny" }, arguments: { text: "Touch it" } });
  await command.until(isDone);
  expect(markdown(command.view)).toContain("Then not.");
  expect(server.requests[1]?.text).toMatch(/denied/i);
});
