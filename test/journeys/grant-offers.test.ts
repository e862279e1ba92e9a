import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { CardRow } from "../../src/protocol/requests.ts";
import type { Rule } from "../../src/protocol/values.ts";
import { type Desk, leaves, oncePerTurn, openDesk } from "../fakes/desk.ts";
import { removeFolder, startHelper, temporaryFolder, type Witness } from "../fakes/helper.ts";
import { gate, script } from "../fakes/model-server.ts";

const touch = (name: string) => ({ name: "shell_run", input: { command: `touch ${name}`, outside: true } });

/** A turn in a session of its own, and the card that its one call waits for. */
async function asks({ workspace }: Desk, face: Witness, input: string): Promise<{ turn: string; cardId: string }> {
  const { turn } = await face.submit({ input, workspace });
  const { data } = await face.untilKind("card.opened", (entry) => entry.turn === turn);
  return { turn, cardId: data.cardId };
}

test("after the third identical approval a grant is offered, with the command that makes it; it is never made by itself", async () => {
  const desk = await openDesk(oncePerTurn((words) => [words === "compound" ? leaves("x") : touch("same")]));
  const approve = async (cardId: string, ...more: string[]) =>
    (await desk.cli.run(["approvals", "approve", cardId, ...more])).stdout;
  let face = desk.face;
  for (const round of [1, 2]) {
    const { turn, cardId } = await asks(desk, face, "same");
    expect((await desk.pending())[0]).toMatchObject({
      approvals: round - 1,
      grant: { isSuggested: false, covers: [] },
    });
    expect(await approve(cardId)).toBe("approved: run `touch same`\n");
    await face.untilKind("turn.finished", (entry) => entry.turn === turn);
  }
  await desk.helper.kill();
  ({ face } = await desk.restart());

  const third = await asks(desk, face, "same");
  const offer = await approve(third.cardId);
  expect(offer).toMatch(
    /You have approved such a call 3 times\..*\n {2}LOOPD_HOME=\S+ loopd grants add \S+ --scope session .*--scope always.*--for 24h/,
  );
  expect(offer).toContain("tool shell_run with exactly the command `touch same` on ");
  expect(offer).toContain("outside the sandbox");
  expect(await desk.cli.json<Rule[]>("grants", "list")).toEqual([]);

  const fourth = await asks(desk, face, "same");
  const [card] = await desk.pending();
  expect(card).toMatchObject({
    approvals: 3,
    grant: { isSuggested: true, when: { tool: "shell_run", argv: ["touch", "same"], isSandboxed: false }, covers: [] },
  });
  const listed = (await desk.cli.run(["approvals"])).stdout;
  expect(listed).toMatch(/Asked often: you have approved such a call 3 times; .*`touch same`/);
  expect(listed).toContain("for longer: --scope session|always");

  const [, command = ""] = /loopd (grants add .*) --scope session/.exec(offer) ?? [];
  const day = 86_400_000;
  const from = Date.now();
  const granted = await desk.cli.json<Rule>(...command.split(" "), "--scope", "always", "--for", "24h");
  expect(granted).toMatchObject({ id: `grant-${third.cardId}`, grant: { scope: "always", covers: [] } });
  expect(granted.grant?.expiresAt).toBeGreaterThanOrEqual(from + day);
  expect(granted.grant?.expiresAt).toBeLessThanOrEqual(Date.now() + day);
  expect(await approve(fourth.cardId, "--scope", "session", "--for", "30m")).toBe("approved: run `touch same`\n");
  const fifth = await face.submit({ input: "same", workspace: desk.workspace });
  await face.untilKind("turn.finished", ({ turn }) => turn === fifth.turn);
  expect(await desk.pending()).toEqual([]);

  const revoked = await desk.cli.run(["grants", "revoke", "--all"]);
  expect(revoked.stdout.trim().split("\n").sort()).toEqual(
    [`Revoked grant-${third.cardId}.`, `Revoked grant-${fourth.cardId}.`].sort(),
  );
  await asks(desk, face, "same");
  expect((await desk.pending())[0]).toMatchObject({ approvals: 0, grant: { isSuggested: false } });

  for (let round = 0; round < 3; round += 1) {
    const { cardId } = await asks(desk, face, "compound");
    expect(await approve(cardId)).toBe("approved: run `echo x >> effects.txt`\n");
  }
  const { cardId } = await asks(desk, face, "compound");
  const compound = (await desk.pending()).find(({ approvalId }) => approvalId === cardId);
  expect(compound).toMatchObject({ approvals: 0 });
  expect(compound).not.toHaveProperty("grant");
});

test("a grant that is taken back asks again at the very next call of the same turn, and so it stays over two restarts", async () => {
  const held = gate();
  const desk = await openDesk(
    script()
      .calls([touch("same")])
      .calls([touch("same")])
      .calls([touch("same")])
      .holds(held)
      .says("done"),
  );
  const { cardId } = await asks(desk, desk.face, "go");
  await desk.cli.run(["approvals", "approve", cardId, "--scope", "session"]);
  await desk.server.received(3);
  const [grant] = await desk.cli.json<Rule[]>("grants", "list");
  expect(desk.face.entries.filter(({ kind }) => kind === "tool.started")).toHaveLength(2);
  expect((await desk.cli.run(["grants", "revoke", cardId])).stdout).toBe(`Revoked ${grant?.id}.\n`);
  held.release();
  const second = await desk.face.untilKind("card.opened", ({ data }) => data.cardId !== cardId);
  await desk.helper.kill();
  await (await desk.restart()).helper.kill();
  const { face } = await desk.restart();
  expect(await desk.cli.json<Rule[]>("grants", "list")).toEqual([]);
  const again = await desk.cli.run(["grants", "revoke", grant?.id ?? ""]);
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/There is no grant/) as string });
  expect((await desk.pending()).map(({ approvalId }) => approvalId)).toEqual([second.data.cardId]);
  await desk.cli.run(["approvals", "deny", "--all"]);
  expect((await face.untilKind("turn.finished")).data.finish).toBe("done");
});

test("a grant whose time is over is shown as expired and answers nothing; one that holds outlives restarts", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  await (await startHelper(home)).stop();
  const rule = (name: string, when: Rule["when"], expiresAt?: number): Rule => ({
    ...{ id: `grant-${name}`, layer: "grant", when: { tool: "shell_run", argv: ["touch", name], ...when } },
    ...{
      decision: "execute",
      grant: { scope: "always", covers: [], by: "me", at: "2026-01-01T00:00:00.000Z", expiresAt },
    },
  });
  const anywhere = { path: "/**" };
  const rules = [
    rule("old", anywhere, Date.now() - 1),
    rule("new", anywhere, Date.now() + 86_400_000),
    // Names no folder, so it does not speak about a command that runs in one.
    rule("bare", {}),
  ];
  const store = openStore(join(home, "loopd.db"), createStamp("boot"));
  store.log.append(rules.map((one) => ({ kind: "rule.added", session: "home", data: { rule: one } })));
  store.close();
  const desk = await openDesk(
    oncePerTurn((words) => [touch(words)]),
    home,
  );
  await asks(desk, desk.face, "old");
  await asks(desk, desk.face, "bare");
  await desk.face.submit({ input: "new", workspace: desk.workspace });
  expect((await desk.face.untilKind("turn.finished")).data.finish).toBe("done");
  expect(await desk.pending()).toHaveLength(2);
  const { stdout } = await desk.cli.run(["grants", "list"]);
  expect(stdout).toMatch(
    /^grant-old +expired +tool shell_run with exactly the command `touch old` on \/\*\* in every session until/m,
  );
  expect(stdout).toMatch(/^grant-new +holds /m);
});

test("only an approval that somebody gave becomes a grant, and only what is a grant is revoked by that name", async () => {
  const desk = await openDesk(oncePerTurn(() => [touch("a")]));
  await desk.face.connection.request("rule.add", {
    rule: { id: "mine", when: { tool: "shell_run" }, decision: "requiresApproval" },
  });
  const { cardId } = await asks(desk, desk.face, "go");
  const pending = await desk.cli.run(["grants", "add", cardId]);
  expect(pending).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/this one is pending\..*approvals approve/) as string,
  });
  await desk.cli.run(["approvals", "deny", cardId]);
  expect((await desk.cli.run(["grants", "add", cardId])).exitCode).toBe(1);
  expect((await desk.cli.run(["grants", "revoke", "mine"])).exitCode).toBe(2);
  expect((await desk.cli.run(["grants", "revoke"])).exitCode).toBe(2);
  expect((await desk.cli.run(["approvals", "approve", cardId, "--scope", "always", "--for", "soon"])).stderr).toMatch(
    /--for takes a time/,
  );
  const next = await asks(desk, desk.face, "go");
  const endless = await desk.cli.run(["approvals", "approve", next.cardId, "--for", "24h"]);
  expect(endless).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/once has no end to set/) as string });
  const always = { cardId: next.cardId, resolution: "approved", scope: "always", by: "me" } as const;
  await expect(desk.face.connection.request("card.resolve-step", always as never)).rejects.toMatchObject({
    code: "invalid-params",
  });
  expect((await desk.pending()).map(({ approvalId }: CardRow) => approvalId)).toEqual([next.cardId]);
  expect(await desk.cli.json<Rule[]>("grants", "list")).toEqual([]);
});
