import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createExporting } from "../../helper-daemon/export/export-entries.ts";
import { HIDDEN_TEXT } from "../../helper-daemon/export/secret-fields.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import { configSchema } from "../../src/protocol/config.ts";
import { type Entry, type EntryDraft, entrySchema } from "../../src/protocol/entries.ts";
import type { Json } from "../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const where = { session: "s1", turn: "t1" };

function exported(drafts: EntryDraft[], config: object = {}) {
  const folder = temporaryFolder("export");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const data = { title: "t", workspace: "/w", nonce: "n" };
  store.log.append([{ kind: "session.created", session: "s1", data }, ...drafts]);
  return createExporting(store.log, { of: () => undefined }, () => configSchema.parse(config));
}

/** All of it, two entries at a time. */
async function all(exporting: ReturnType<typeof exported>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const page = await exporting.page("s1", entries.at(-1)?.seq ?? 0, 2);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

function typing(callId: string, values: { [key: string]: Json }, isSecure: boolean | undefined): EntryDraft[] {
  const input = { name: "screen_act", arguments: values };
  const content = [{ type: "tool_use" as const, id: callId, name: "call_tool", input }];
  const facts = { hash: "h", isSecure, preview: JSON.stringify(values) };
  const decided = { callId, decision: "requiresApproval" as const, ruleId: "r", causes: [], facts };
  return [
    { kind: "model.responded", ...where, data: { content, stopReason: "tool_use" } },
    { kind: "tool.requested", ...where, data: { callId, name: "screen_act", arguments: values, effect: "ui" } },
    ...(isSecure === undefined ? [] : [{ kind: "tool.decided" as const, ...where, data: decided }]),
  ];
}

test("what a model types into secret fields is in no export, wherever it stands; what it types elsewhere is", async () => {
  const said = { from: "loopd" as const, text: "I typed correct horse for you, and public words." };
  const thought = { type: "thinking" as const, thinking: "the password is correct horse", signature: "sig" };
  const edited = {
    cardId: "t1.1.0#1",
    resolution: "edited" as const,
    by: "me",
    arguments: { ref: "t1", text: "tr0ub4dor" },
  };
  const entries = await all(
    exported([
      ...typing("t1.1.0", { ref: "t1", action: "set", text: "correct horse", _rationale: "correct horse" }, true),
      { kind: "card.opened", ...where, data: { cardId: "t1.1.0#1", type: "approval", callId: "t1.1.0" } },
      { kind: "card.resolved", ...where, data: edited },
      ...typing("t1.2.0", { ref: "t2", action: "set", text: "public words" }, false),
      ...typing("t1.3.0", { ref: "t3", action: "type", text: "7" }, true),
      ...typing("t1.4.0", { ref: "t4", action: "type", text: "who knows yet" }, undefined),
      { kind: "note.added", ...where, data: said },
      { kind: "model.responded", ...where, data: { content: [thought], stopReason: "end_turn" } },
    ]),
  );
  const text = JSON.stringify(entries);
  for (const secret of ["correct horse", "tr0ub4dor", "who knows yet", '"7"'])
    expect([secret, text.includes(secret)]).toEqual([secret, false]);
  expect(text).toContain("public words");
  expect(text).toContain(HIDDEN_TEXT);
  const [requested] = entries.flatMap((entry) => (entry.kind === "tool.requested" ? [entry.data.arguments] : []));
  expect(requested).toEqual({ ref: "t1", action: "set", text: HIDDEN_TEXT, _rationale: HIDDEN_TEXT });
  for (const entry of entries) expect(entrySchema.safeParse(entry).success).toBe(true);
});

test("private values get placeholders that are the same throughout, in entries before they are known too", async () => {
  const note = (text: string): EntryDraft => ({ kind: "note.added", ...where, data: { from: "person", text } });
  const thought = { type: "thinking" as const, thinking: "ask alice@example.com", signature: "sig" };
  const exporting = exported(
    [
      note("the plan of Zephyr"),
      note("write to alice@example.com"),
      { kind: "model.responded", ...where, data: { content: [thought], stopReason: "end_turn" } },
      note("alice@example.com and bob@example.com"),
    ],
    { redaction: { mode: "off", words: ["Zephyr"] } },
  );
  const first = await all(exporting);
  const texts = first.flatMap((entry) => (entry.kind === "note.added" ? [entry.data.text] : []));
  const [alice = ""] = /<email:\d+:\w+>/.exec(texts[1] ?? "") ?? [];
  expect(alice).not.toBe("");
  expect(texts[2]?.startsWith(`${alice} and <email:`)).toBe(true);
  expect(JSON.stringify(first)).not.toMatch(/alice@|bob@|Zephyr/);
  expect(await all(exporting)).toEqual(first);
});
