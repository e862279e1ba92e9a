import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ShownControl, shownControls } from "../../helper-daemon/rehearsal/screen-controls.ts";
import { isSkipped, openDesktop } from "../ax-helper/atspi/open-desktop.ts";
import { cliOn } from "../commands/cli/run-cli.ts";
import { type Witness, witness } from "../fakes/helper.ts";
import { type ModelScript, script, startModelServer } from "../fakes/model-server.ts";
import type { RequestBody } from "../fakes/model-server.ts";

describe.skipIf(isSkipped("galculator", "mousepad"))("two real programs", () => {
  test("one ask computes in one program, carries the value to the other, and a person allows each of them once", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    await desktop.open("mousepad");
    for (const app of ["galculator", "mousepad"]) await desktop.listed(app);
    const server = await startModelServer(carries);
    onTestFinished(() => server.close());
    const cli = cliOn(mkdtempSync(join(tmpdir(), "loopd-two-")));
    onTestFinished(() => cli.remove());
    const endpoint = { LOOPD_ENDPOINT_URL: server.url, LOOPD_ENDPOINT_MODEL: "m" };
    const env = { ...desktop.environment, ...endpoint };
    expect((await cli.run(["helper", "start"], { env })).exitCode).toBe(0);
    const face = await witness({ home: cli.home });

    const asked = cli.begin(["ask", "Carry 7 × 6 from the calculator to the editor"], { env });
    // Reading the calculator, this once.
    await approve(1);
    // The first key: from now on whatever the calculator shows may be read and used.
    await approve(2, "--scope", "session", "--reach", "app");
    // The editor, as a whole.
    await approve(3, "--scope", "session", "--reach", "app");
    const { exitCode, stdout } = await asked.ended;
    expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 0, stdout: "7*6=42 stands in the editor." });
    const screen = await desktop.read("mousepad");
    expect(screen.find("text").text).toBe("7*6=42");

    const cards = face.entries.flatMap(({ kind, data }) => (kind === "card.opened" ? [data] : []));
    expect(cards).toHaveLength(3);
    expect(factsOf(face, cards[0]?.callId)).toMatchObject({ app: "galculator", source: "screen galculator" });
    expect(factsOf(face, cards[1]?.callId)).toMatchObject({
      app: "galculator",
      window: "galculator",
      control: { action: "press", role: expect.stringMatching(/button/) as string, name: "7" },
      preview: "press 7 in galculator – galculator",
    });
    // What the calculator shows has been read by then, so pressing its keys has a cause.
    expect(cards[1]?.causes).toEqual([{ type: "taint", source: "screen galculator" }]);
    expect(factsOf(face, cards[2]?.callId)).toMatchObject({ app: "mousepad", source: "screen mousepad" });
    const typed = face.entries.flatMap(({ kind, data }) =>
      kind === "tool.decided" && data.facts?.control?.action === "type" ? [data] : [],
    );
    expect(typed.map(({ decision, causes }) => [decision, causes.map(({ source }) => source)])).toEqual([
      ["execute", ["screen galculator", "screen mousepad"]],
    ]);
    const ended = face.entries.flatMap(({ kind, data }) => (kind === "tool.finished" ? [data] : []));
    expect(ended.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "screen_read ok",
      // A reference that the window never had ends without anybody being asked.
      "screen_act error",
      ...Array<string>(4).fill("screen_act ok"),
      "screen_read ok",
      "screen_act ok",
    ]);
    // After the first look only what changed is told, to the model too.
    for (const { text } of ended.slice(2, 6)) expect(text).toMatch(/^diff \d/m);

    /** Waits for the card, and answers it from another terminal. */
    async function approve(number: number, ...options: string[]) {
      const opened = () => face.entries.filter(({ kind }) => kind === "card.opened");
      await face.until((entry): entry is typeof entry => opened().indexOf(entry) === number - 1);
      const [card] = opened().slice(number - 1);
      if (card?.kind !== "card.opened") throw new Error("no card");
      const answered = await cli.run(["approvals", "approve", card.data.cardId, ...options]);
      expect(answered).toMatchObject({ exitCode: 0 });
    }
  });
});

/** The facts that a call was decided by. */
function factsOf({ entries }: Witness, callId: string | undefined) {
  const decided = entries.flatMap(({ kind, data }) =>
    kind === "tool.decided" && data.callId === callId ? [data.facts] : [],
  );
  return decided.at(-1);
}

/** What tools have answered so far, as the model reads it. */
function resultsIn({ messages }: RequestBody): string[] {
  const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  return blocks.flatMap(({ type, content }) => (type === "tool_result" ? [textOf(content)] : []));
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (content as { text?: string }[]).map(({ text = "" }) => text).join("\n");
}

/** A model that knows no reference: it finds every control in what it was told. */
function carries(body: RequestBody): ModelScript {
  const does = (name: string, input: object) =>
    body.tools?.some((tool) => tool.name === name) === true
      ? script().calls(name, input)
      : script().calls("call_tool", { name, arguments: input });
  const results = resultsIn(body);
  const ref = (fits: (control: ShownControl) => boolean, from: string[]) =>
    shownControls(from).find(fits)?.ref ?? "none";
  const presses = (key: string) => {
    const button = ref(({ ref: one, name }) => one.startsWith("b") && name === key, results);
    return does("screen_act", { ref: button, action: "press" });
  };
  switch (results.length) {
    case 0:
      return does("screen_read", { app: "galculator" });
    case 1:
      return does("screen_act", { ref: "b9999", action: "press" });
    case 2:
      return presses("7");
    case 3:
      return presses("*");
    case 4:
      return presses("6");
    case 5:
      return presses("=");
    case 6:
      return does("screen_read", { app: "mousepad" });
    case 7: {
      const shown = shownControls(results.slice(0, 6)).find(({ value }) => value !== undefined)?.value;
      const field = ref(({ ref: one, flags }) => one.startsWith("t") && !flags.includes("~"), results.slice(6));
      return does("screen_act", { ref: field, action: "type", text: `7*6=${shown}` });
    }
    default: {
      const isThere = results.at(-1)?.includes("7*6=42") === true;
      return script().says(isThere ? "7*6=42 stands in the editor." : `It is not there: ${results.at(-1)}`);
    }
  }
}
