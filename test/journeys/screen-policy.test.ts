import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { CardRow } from "../../src/protocol/requests.ts";
import type { Rule } from "../../src/protocol/values.ts";
import { type CliOnHome, cliOn } from "../commands/cli/run-cli.ts";
import { removeFolder, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { type Behaviour, type RequestBody, script } from "../fakes/model-server.ts";
import { type OpenWindow, screenFolder } from "../fakes/screen-folder.ts";

const CALCULATOR: OpenWindow = { capture: "win-galculator_galculator" };
const EDITOR: OpenWindow = { capture: "win-mousepad_hello_txt_Mousepad" };
const CHECKOUT: OpenWindow = { capture: "step-chromium-form@1" };

/** What is written in the editor has no name. */
const EDITOR_TEXT = /(t\d+)[^\w ]*=Groceries/;

type Call = [name: string, input: (refOf: (name: RegExp) => string) => object];
const read = (app: string): Call => ["screen_read", () => ({ app, whole: true })];
const press = (name: string): Call => ["screen_act", (refOf) => ({ ref: refOf(buttonCalled(name)), action: "press" })];
const buttonCalled = (name: string) => new RegExp(`(b\\d+)[^\\w ]* ${name}(?= \\||\\n|$)`);
const type = (name: RegExp, text: string): Call => [
  "screen_act",
  (refOf) => ({ ref: refOf(name), action: "type", text }),
];

/** A model that makes one call after the other, with references out of what it has read last. */
function caller(calls: readonly Call[]): Behaviour {
  return ({ messages }: RequestBody) => {
    const results = messages.flatMap(({ content }) => content.filter(({ type: kind }) => kind === "tool_result"));
    const texts = results.map(({ content }) => JSON.stringify(content).replaceAll("\\n", "\n").replaceAll('\\"', '"'));
    const refOf = (name: RegExp) => texts.findLast((text) => name.test(text))?.match(name)?.[1] ?? "b999";
    const next = calls[results.length];
    return next === undefined ? script().says("done") : script().calls(next[0], next[1](refOf));
  };
}

/** A turn over these windows, and the command line at which a person answers. */
async function opened(calls: Call[], windows: OpenWindow[], config: object = {}, overrides: object = {}) {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), JSON.stringify(config));
  const environment = { LOOPD_SCREEN_BACKEND: screenFolder(...windows) };
  const { face, workspace, server } = await journey(caller(calls), { home, environment });
  const cli = cliOn(home);
  onTestFinished(() => rmSync(cli.workspace, { recursive: true, force: true }));
  const { turn } = await face.submit({ input: "go", workspace, overrides });
  return { face, cli, server, turn, seen: new Set<string>() };
}
type Opened = Awaited<ReturnType<typeof opened>>;

/** The next card, as the command line lists it. */
async function nextCard({ face, cli, seen }: Opened): Promise<CardRow & { text: string }> {
  const { data } = await face.untilKind("card.opened", (entry) => !seen.has(entry.data.cardId));
  seen.add(data.cardId);
  const card = (await cli.json<CardRow[]>("approvals", "list")).find(({ approvalId }) => approvalId === data.cardId);
  if (card === undefined) throw new Error(`${data.cardId} is not listed`);
  return { ...card, text: (await cli.run(["approvals", "show", card.approvalId])).stdout };
}

const approve = ({ cli }: { cli: CliOnHome }, { approvalId }: CardRow, ...more: string[]) =>
  cli.run(["approvals", "approve", approvalId, ...more]);
const ended = (face: Witness, turn: string) => face.untilKind("turn.finished", (entry) => entry.turn === turn);
const outcomes = (face: Witness) =>
  face.entries.flatMap(({ kind, data }) => (kind === "tool.finished" ? [data.outcome] : []));

test("reading asks for each application, driving for each control, in words a person reads at a glance", async () => {
  const world = await opened(
    [read("galculator"), press("7"), press("7"), press("8"), press("9"), ["screen_act", menu]],
    [CALCULATOR, EDITOR],
  );
  const { face, turn, cli } = world;
  const reading = await nextCard(world);
  expect(reading.text).toContain("May loopd do this? read galculator – galculator\n");
  expect(reading.text).toMatch(/For longer: .*without asking: read whatever galculator shows\n/);
  expect((await approve(world, reading, "--scope", "session")).stdout).toBe("approved: read galculator – galculator\n");

  const seven = await nextCard(world);
  expect(seven.text).toContain("May loopd do this? press 7 in galculator – galculator\n");
  expect(seven).toMatchObject({ causes: [{ type: "taint", source: "screen galculator" }] });
  expect(seven.text).toMatch(/For longer: .*: press toggle button “7” in any window of galculator, also when text/);
  expect(seven.text).toMatch(
    /Everything in it: .*: read and use whatever galculator shows, but for secret fields, also/,
  );
  await approve(world, seven, "--scope", "session");

  const eight = await nextCard(world);
  expect(eight.facts).toMatchObject({ app: "galculator", control: { action: "press", name: "8" } });
  expect((await approve(world, eight, "--reach", "app")).stderr).toMatch(
    /for once has no application to set; add --scope/,
  );
  expect((await approve(world, eight, "--scope", "session", "--reach", "app")).exitCode).toBe(0);
  expect((await ended(face, turn)).data.finish).toBe("done");
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toHaveLength(3);
  const listed = (await cli.run(["grants", "list"])).stdout;
  expect(listed).toContain("read whatever galculator shows in session");
  expect(listed).toContain("press toggle button “7” in any window of galculator in session");
  expect(listed).toContain("read and use whatever galculator shows, but for secret fields in session");
});

function menu(refOf: (name: RegExp) => string) {
  return { ref: refOf(buttonCalled("7")), action: "key", chord: "Escape" };
}

test("a task over two applications runs on after one grant for each; going back says why it asks once more", async () => {
  const world = await opened(
    [read("galculator"), press("7"), read("mousepad"), type(EDITOR_TEXT, "42"), press("8"), press("9")],
    [CALCULATOR, EDITOR],
  );
  const { face, turn } = world;
  await approve(world, await nextCard(world), "--scope", "session", "--reach", "app");
  const editor = await nextCard(world);
  expect(editor.appGrant?.covers.map(({ source }) => source)).toEqual(["screen galculator", "screen mousepad"]);
  await approve(world, editor, "--scope", "session", "--reach", "app");
  const back = await nextCard(world);
  expect(back.facts).toMatchObject({ app: "galculator", control: { name: "8" } });
  expect(back.text).toMatch(
    /Asked again because: you allow this for longer \(grant-\S+\), but not where text from elsewhere may have suggested it \(screen mousepad\)/,
  );
  await approve(world, back, "--scope", "session", "--reach", "app");
  await ended(face, turn);
  expect(outcomes(face)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toHaveLength(3);
});

test("typing into a secret field asks each time, whatever rules, grants and --yes say", async () => {
  const secret = /(t\d+)[^\w ]* Password/;
  const rules = [{ id: "all", when: {}, decision: "execute" }];
  const world = await opened(
    [read("Chromium"), type(/(t\d+)[^\w ]* Email/, "a@b.example"), type(secret, "hunter2"), type(secret, "again")],
    [CHECKOUT],
    { rules },
    { yes: true },
  );
  const { face, turn } = world;
  // Its own text taints the session, so a rule and --yes are not enough for a control either.
  const mail = await nextCard(world);
  expect(mail.text).toContain("May loopd do this? type into Email in Chromium – Checkout - Chromium: > a@b.example\n");
  await approve(world, mail, "--scope", "session", "--reach", "app");
  for (const words of ["hunter2", "again"]) {
    const card = await nextCard(world);
    expect(card.causes).toContainEqual({ type: "secure-field", source: "Password in Chromium" });
    expect(card.text).toContain("it would put text into a field that keeps it secret, which always asks");
    expect(card.text).toContain(words);
    expect([card.grant, card.appGrant]).toEqual([undefined, undefined]);
    for (const reach of ["same", "app"]) {
      const refused = await approve(world, card, "--scope", "session", "--reach", reach);
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/asks for (can only|is not)/) as string,
      });
    }
    await approve(world, card);
  }
  await ended(face, turn);
  expect(outcomes(face)).toEqual(["ok", "ok", "ok", "ok"]);
  // The record keeps what the model wrote, as it must; who looks over a shoulder at the trace does not see it.
  const session = face.entries[0]?.session ?? "";
  const trace = (await world.cli.run(["trace", "show", session])).stdout;
  expect(trace).toMatch(/tool\.requested {2,}type t\d+ with “a@b\.example”/);
  expect(trace.match(/tool\.requested {2,}type t\d+ \(its text is not shown: a secret field\)/g)).toHaveLength(2);
  expect(trace).not.toMatch(/hunter2|again/);
});

test("Raycast is never driven; reading it asks, and neither it nor a terminal can be allowed as a whole", async () => {
  const rules = [{ id: "all", when: {}, decision: "execute" }];
  const world = await opened(
    [read("Raycast"), press("7"), read("XTerm"), type(EDITOR_TEXT, "loopd approvals approve --all")],
    [
      { ...CALCULATOR, app: "Raycast" },
      { ...EDITOR, app: "XTerm" },
    ],
    { rules: [{ id: "ask", when: { effect: "read" }, decision: "requiresApproval" }, ...rules] },
    { yes: true },
  );
  const { face, turn } = world;
  // The turn's --yes permits reading; the floor forbids driving.
  const typed = await nextCard(world);
  expect(typed).toMatchObject({ tool: "screen_act", facts: { app: "XTerm" } });
  expect(typed.text).toMatch(/Careful: this is a terminal: .* could answer loopd itself/);
  expect([typed.grant, typed.appGrant]).toEqual([undefined, undefined]);
  const refused = await approve(world, typed, "--scope", "session", "--reach", "app");
  expect(refused.stderr).toMatch(/terminals and loopd's own faces never are/);
  await world.cli.run(["approvals", "deny", typed.approvalId]);
  await ended(face, turn);
  expect(outcomes(face)).toEqual(["ok", "denied", "ok", "denied"]);
  const decided = face.entries.flatMap(({ kind, data }) => (kind === "tool.decided" ? [data] : []));
  expect(decided[1]).toMatchObject({ decision: "deny", ruleId: "floor-own-faces" });
});

test("what cannot be done ends in its own words and asks nobody; a rule about the window is asked first", async () => {
  const rules = [
    { id: "no-shop", when: { window: "*checkout*" }, decision: "deny", reason: "No shopping." },
    { id: "no-eight", when: { app: "galculator", control: { name: "8" } }, decision: "deny" },
  ];
  const world = await opened(
    [
      read("galculator"),
      ["screen_act", () => ({ ref: "b9999", action: "press" })],
      read("Chromium"),
      press("8"),
      read("No such program"),
    ],
    [CALCULATOR, CHECKOUT],
    { rules },
  );
  const { face, turn, cli } = world;
  await approve(world, await nextCard(world), "--scope", "session", "--reach", "app");
  await ended(face, turn);
  expect(outcomes(face)).toEqual(["ok", "error", "denied", "denied", "error"]);
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toHaveLength(1);
  expect(face.entries.filter(({ kind }) => kind === "tool.started")).toHaveLength(1);

  const verdictOn = (...words: string[]) => cli.run(["rules", "test", "--tool", "screen_read", "--args", ...words]);
  expect((await verdictOn('{"app":"Chromium"}')).stdout).toMatch(/^deny, because of no-shop: No shopping\./);
  expect((await verdictOn('{"app":"galculator"}')).stdout).toMatch(/^requiresApproval, because of default-ask/);
  const missing = await verdictOn('{"app":"No such program"}');
  expect(missing.stdout).toMatch(/refused {2}the call would end with these words, and nobody is asked: /);
  const added = await cli.run(["rules", "add", "deny", "--app", "Mail", "--window", "*Bank*", "--id", "bank"]);
  expect(added.stdout).toContain("Added bank: deny when app Mail window *Bank*");
  const wrong = await cli.run(["rules", "add", "deny", "--when", '{"control":{"label":"Send"}}']);
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/not valid at when\.control: .*label/) as string,
  });
  const listed = await cli.json<Rule[]>("rules", "list");
  expect(listed.filter(({ layer }) => layer === "config").map(({ id }) => id)).toEqual(["bank", "no-shop", "no-eight"]);
});
