import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { StepCard } from "../../src/protocol/card-answer.ts";
import type { CardRow } from "../../src/protocol/requests.ts";
import { type Desk, leaves, oncePerTurn, openDesk } from "../fakes/desk.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const two = oncePerTurn((words) => [leaves(`${words}-a`), leaves(`${words}-b`)]);
const WHEN = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
const said = ({ approvalId, arguments: values, causes, requestedAt }: CardRow) => ({
  ...{ approvalId, values, causes, requestedAt },
});

/** Sessions with these words; resolves once each waits for both of its calls. */
async function waiting({ face, workspace }: Desk, words: string[]): Promise<void> {
  for (const input of words) await face.submit({ input, workspace });
  for (const word of words)
    await face.untilKind("tool.decided", (entry) => JSON.stringify(entry.data.facts).includes(`${word}-b`));
}

const ends = async (face: Desk["face"], count: number) => {
  const seen = new Set<string | undefined>();
  while (seen.size < count) {
    const entry = await face.untilKind("turn.finished", ({ turn }) => !seen.has(turn));
    expect(entry.data.finish).toBe("done");
    seen.add(entry.turn);
  }
};

test("six approvals of three sessions outlive kill -9, and are answered from two terminals and a socket at once", async () => {
  const desk = await openDesk(two);
  await waiting(desk, ["one", "two", "three"]);
  const before = await desk.pending();
  expect(before).toHaveLength(6);
  expect(new Set(before.map(({ session }) => session)).size).toBe(3);
  await desk.helper.kill();
  const { face } = await desk.restart();
  const after = await desk.pending();
  expect(after.map(said)).toEqual(before.map(said));

  const ids = after.map(({ approvalId }) => approvalId);
  const terminals = [ids, [...ids].reverse()].map((order) =>
    desk.cli.run(["approvals", "approve", ...order, "--json"]),
  );
  await face.untilKind("card.resolved");
  const socket = [...ids].sort().map((cardId) =>
    face.connection.request("card.resolve", { cardId, resolution: "approved", by: "a socket" }).then(
      ({ card }) => [card],
      (error: Error) => {
        expect(error).toMatchObject({ code: "card-resolved" });
        return [];
      },
    ),
  );
  const results = await Promise.all(terminals);
  const won = [
    ...results.flatMap(({ stdout }) => JSON.parse(stdout) as CardRow[]),
    ...(await Promise.all(socket)).flat(),
  ];
  expect(won.map(({ approvalId }) => approvalId).sort()).toEqual([...ids].sort());
  for (const { exitCode, stdout, stderr } of results) {
    const own = (JSON.parse(stdout) as CardRow[]).length;
    const refusals = stderr.split("\n").filter((line) => line !== "");
    expect({ exitCode, refusals: refusals.length }).toEqual({ exitCode: own === 6 ? 0 : 1, refusals: 6 - own });
    for (const line of refusals) {
      expect(line).toMatch(
        new RegExp(`card-resolved.*was already approved by (cli \\(.*process \\d+\\)|a socket) at ${WHEN}`),
      );
    }
  }
  await ends(face, 3);
  expect(desk.effects()).toEqual(["one-a", "one-b", "three-a", "three-b", "two-a", "two-b"]);
  const again = await desk.cli.run(["approvals", "deny", ids[0] ?? ""]);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toMatch(
    new RegExp(`^loopd: ${ids[0]} was already approved by .* at ${WHEN}\\. Nothing was changed\\.\n$`),
  );
});

test("who comes late is told what became of the card: denied, expired, cancelled or approved are different", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const rules = [{ id: "soon", when: { env: { hurry: "yes" } }, decision: "requiresApproval", expiresIn: "1s" }];
  const environment = { hurry: { enum: ["yes", "no"], default: "no" } };
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules, environment }));
  const desk = await openDesk(two, home);
  await waiting(desk, ["denied"]);
  const { turn } = await desk.face.submit({
    input: "expired",
    workspace: desk.workspace,
    overrides: { env: { hurry: "yes" } },
  });
  await desk.face.untilKind("card.resolved", ({ data, turn: of }) => of === turn && data.resolution === "expired");
  await desk.face.untilKind("turn.finished", (entry) => entry.turn === turn);
  const gone = await desk.face.submit({ input: "cancelled", workspace: desk.workspace });
  await desk.face.untilKind("card.opened", (entry) => entry.turn === gone.turn);
  await desk.cli.run(["turn", "cancel", gone.session]);
  await desk.face.untilKind("turn.finished", (entry) => entry.turn === gone.turn);

  const [first, second] = await desk.pending();
  const reply = async (id: string) => {
    const { exitCode, stderr } = await desk.cli.run(["approvals", "approve", id]);
    return `${exitCode} ${stderr}`;
  };
  expect((await desk.cli.run(["approvals", "deny", first?.approvalId ?? "", "--reason", "no"])).exitCode).toBe(0);
  expect(await reply(first?.approvalId ?? "")).toMatch(new RegExp(`^1 .*was already denied by cli .* at ${WHEN}`));
  const prefix = first?.turn ?? "";
  expect((await desk.cli.run(["approvals", "approve", prefix])).stdout).toMatch(/^approved: run `echo denied-b/);
  expect(await reply(second?.approvalId ?? "")).toMatch(/^1 .*was already approved by cli/);
  expect(await reply(`${turn}.1.0`)).toMatch(new RegExp(`^1 .*expired at ${WHEN}: nobody had answered in time`));
  expect(await reply(`${gone.turn}.1.1#1`)).toMatch(
    new RegExp(`^1 .*was cancelled at ${WHEN}, because its turn was stopped by cli .* at ${WHEN}`),
  );
  expect(await reply("t0000nothing")).toMatch(/^2 .*no pending card t0000nothing\..*approvals list/);
  expect(await reply(prefix)).toMatch(new RegExp(`^2 .*${prefix}.1.1#1 was approved by cli .* at ${WHEN}`));
  await desk.face.untilKind("turn.finished", (entry) => entry.turn === first?.turn);
  expect(desk.effects()).toEqual(["denied-b"]);
  const states = (await desk.cli.json<CardRow[]>("approvals", "list", "--all")).map(({ state }) => state);
  expect(states.sort()).toEqual(["approved", "cancelled", "cancelled", "denied", "expired", "expired"]);
});

test("an id that begins several is ambiguous, names them, and changes nothing", async () => {
  const desk = await openDesk(two);
  await waiting(desk, ["one", "two"]);
  const cards = await desk.pending();
  for (const words of [
    ["approve", "t"],
    ["deny", "t"],
    ["approve", "--step", "t"],
    ["show", "t"],
  ]) {
    const { exitCode, stderr } = await desk.cli.run(["approvals", ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^loopd: t begins the id of 4 cards: .*Nothing was changed/);
  }
  expect(await desk.pending()).toEqual(cards);
});

test("one answer to a step answers what waits of it, names what somebody was first to, and leaves other steps alone", async () => {
  const desk = await openDesk(oncePerTurn((words) => ["a", "b", "c"].map((letter) => leaves(`${words}-${letter}`))));
  await desk.face.submit({ input: "other", workspace: desk.workspace });
  await desk.face.untilKind("card.opened");
  const { turn } = await desk.face.submit({ input: "mine", workspace: desk.workspace });
  await desk.face.untilKind("card.opened", (entry) => entry.turn === turn);
  const listed = await desk.cli.run(["approvals"]);
  expect(listed.stdout).toMatch(/Its step waits for 3 approvals; all at once: .* approvals approve --step t/);
  const first = `${turn}.1.1#1`;
  await desk.face.connection.request("card.resolve", { cardId: first, resolution: "denied", by: "my phone" });

  const races = await Promise.all(
    [turn, `${turn}.1.2`, first].map((id) => desk.cli.run(["approvals", "approve", "--step", id])),
  );
  const winner = races.filter(({ exitCode }) => exitCode === 0);
  expect(winner).toHaveLength(1);
  expect(winner[0]?.stdout).toMatch(
    new RegExp(
      `^approved: run \`echo mine-a.*\nalready denied by my phone at ${WHEN}: .*#1 \\(shell_run\\)\napproved: run \`echo mine-c`,
    ),
  );
  for (const { exitCode, stdout, stderr } of races.filter((race) => race !== winner[0])) {
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/already approved by cli[^]*already denied by my phone[^]*already approved by cli/);
    expect(stderr).toContain("No approval of this step waits any more.");
  }
  await desk.face.untilKind("turn.finished", (entry) => entry.turn === turn);
  expect(desk.effects()).toEqual(["mine-a", "mine-c"]);
  const rest = await desk.pending();
  expect(rest).toHaveLength(3);
  const denied = await desk.cli.json<StepCard[]>("approvals", "deny", "--step", rest[0]?.turn ?? "", "--reason", "no");
  expect(denied.map(({ result, state }) => `${result} ${state}`)).toEqual(Array(3).fill("resolved denied"));
  expect(desk.effects()).toHaveLength(2);
});

test("of a step, what can be approved for the session is, and what cannot still waits and says why", async () => {
  const desk = await openDesk(
    oncePerTurn(() => [{ name: "shell_run", input: { command: "touch plain", outside: true } }, leaves("compound")]),
  );
  const { turn } = await desk.face.submit({ input: "go", workspace: desk.workspace });
  await desk.face.untilKind("card.opened");
  const { exitCode, stdout, stderr } = await desk.cli.run([
    "approvals",
    "approve",
    "--step",
    turn,
    "--scope",
    "session",
  ]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "approved: run `touch plain`\n" });
  expect(stderr).toMatch(/1\.1#1 asks for can only be approved once/);
  expect((await desk.pending()).map(({ callId }) => callId)).toEqual([`${turn}.1.1`]);
  expect((await desk.cli.run(["approvals", "approve", "--all"])).exitCode).toBe(0);
  await desk.face.untilKind("turn.finished");
  expect(desk.effects()).toEqual(["compound"]);
});

test("an edit that a tool does not take keeps the card; what becomes of one that it takes is told", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  const rules = [{ id: "no-rm", when: { command: ["rm"] }, decision: "deny", reason: "Nothing is removed here." }];
  writeFileSync(join(home, "config.json"), JSON.stringify({ rules }));
  const touch = (name: string) => ({ name: "shell_run", input: { command: `touch ${name}`, outside: true } });
  const desk = await openDesk(
    oncePerTurn(() => [touch("a"), touch("b")]),
    home,
  );
  const { turn } = await desk.face.submit({ input: "go", workspace: desk.workspace });
  await desk.face.untilKind("card.opened");
  const edit = (card: number, args: string) => desk.cli.run(["approvals", "edit", `${turn}.1.${card}`, "--args", args]);
  for (const args of ["{nonsense", "{}", '{"command":5,"folder":{}}', '"touch c"']) {
    const { exitCode, stderr } = await edit(0, args);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/./) as string });
  }
  expect(await desk.pending()).toHaveLength(2);
  const denied = await edit(0, '{"command":"rm -r .","outside":true}');
  expect(denied.exitCode).toBe(1);
  expect(denied.stdout).toMatch(/^edited: run `rm -r \.`\nIt does not run \(denied\): Nothing is removed here\.\n$/);
  const runs = await edit(1, '{"command":"touch c","outside":true}');
  expect(runs).toMatchObject({ exitCode: 0, stdout: "edited: run `touch c`\nIt runs with that.\n" });
  const late = await edit(1, '{"command":"touch d","outside":true}');
  expect(late).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/was already edited by cli/) as string });
  await desk.face.untilKind("turn.finished");
});
