import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeFolder, startHelper, temporaryFolder } from "../../fakes/helper.ts";
import { gate, type RequestBody, script, startModelServer } from "../../fakes/model-server.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { isDone, markdown, openStage } from "./stage.ts";

const { open, cleanUp } = openStage();

const offers = (title: string) => (_: unknown, command: Command) => command.actions().includes(title);
/** A turn streams and brings its tools; anything else is a look at what the endpoint can do. */
const isTurn = ({ stream, tools = [] }: RequestBody) => stream === true && tools.length > 3;

test("a person's first day: the endpoint by preference, a question with two approvals, a closed window, a routine", async () => {
  const finished = gate();
  const steps = [
    script().calls([
      { name: "files_write", input: { path: "list.txt", text: "draft\n" }, text: "Let me **prepare**." },
      { name: "shell_run", input: { command: "touch unwanted" } },
    ]),
    script().says("Prepared, without the second.").holds(finished),
    script().says("Nothing has changed."),
  ];
  const turns: RequestBody[] = [];
  const server = await startModelServer((body) => {
    if (!isTurn(body)) return script().says("ready").whole();
    return steps[turns.push(body) - 1] ?? script().says("More than was scripted.");
  });
  cleanUp.push(() => server.close());
  const home = temporaryFolder("day");
  const workspace = mkdtempSync(join(tmpdir(), "loopd-day-"));
  cleanUp.push(
    () => removeFolder(home),
    () => rmSync(workspace, { recursive: true, force: true }),
  );
  const helper = await startHelper(home);
  cleanUp.push(() => helper.stop());
  const pane = { endpointUrl: server.url, endpointModel: "mine", endpointKey: "k-1", endpointTrust: "local" };
  const options = { preferences: { ...pane, workspace }, storage: createStorage() };

  const first = open("ask", home, options);
  await first.until(() => first.toasts.some(({ title }) => title === "The endpoint answers"));
  expect(first.print()).toContain("mine at raycast");
  await first.submit({ question: "Prepare my list" });
  await first.until(offers("Edit Arguments…"));
  expect(markdown(first.view)).toContain("Let me **prepare**.");
  await first.action("Edit Arguments…");
  await first.until((view) => view.type === "Form");
  await first.submit({ "argument-2": "final\n", reason: "Better words" });
  await first.until((view) => markdown(view).includes("## May loopd do this? run"));
  await first.until(offers("Deny with Reason…"));
  await first.action("Deny with Reason…");
  await first.until((view) => view.type === "Form");
  await first.submit({ text: "Not needed" });
  await first.until(() => turns.length === 2);
  first.close();

  const second = open("ask", home, options);
  await second.until((view) => markdown(view).includes("Prepare my list"));
  expect(second.view.props["isLoading"]).toBe(true);
  finished.release();
  await second.until(isDone);
  expect(markdown(second.view)).toContain("Prepared, without the second.");
  expect(readFileSync(join(workspace, "list.txt"), "utf8")).toBe("final\n");
  expect(existsSync(join(workspace, "unwanted"))).toBe(false);
  expect(JSON.stringify(turns[1])).toContain("Not needed");
  expect(server.requests.every(({ headers }) => headers["x-api-key"] === "k-1")).toBe(true);
  second.close();

  const routines = open("manage-routines", home, options);
  await routines.until(offers("Create Routine"));
  await routines.action("Create Routine");
  await routines.until((view) => view.type === "Form");
  await routines.enter({ name: "watch", prompt: "What has changed?", schedule: "every 2h" });
  await routines.until((_, command) => /Runs every 2 hours\.(\\n[^"\\]+){5}"/.test(command.print()));
  await routines.submit({});
  await routines.until(() => routines.items().includes("watch"));
  await routines.action("Run Now");
  await routines.until((_, command) => command.print().includes('accessories="Ran ·'));
  await routines.action("Show Ledger");
  await routines.until((_, command) => command.print().includes("asked for"));
  await routines.action("Show Session");
  await routines.until((view) => markdown(view).includes("Nothing has changed."));
});
