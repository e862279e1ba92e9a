import { expect, test } from "vitest";
import { pendingMessages } from "../../src/agent/context/render.ts";
import { fold } from "../../src/agent/fold.ts";
import { emptyView, type TurnView } from "../../src/agent/transcript.ts";
import type { EntryDraft } from "../../src/protocol/entries.ts";

const where = { session: "s1", turn: "t1" };
const image = { type: "image" as const, mediaType: "image/png", blob: "b1" };

const started = (takesImages: boolean): EntryDraft[] => [
  { kind: "session.created", session: "s1", data: { title: "t", workspace: "/w", nonce: "n0" } },
  {
    kind: "turn.started",
    ...where,
    data: {
      ...{ input: "look", origin: "user", originKey: "t1", endpoint: "e", model: "m", takesImages },
      ...{ overrides: {}, provenance: {} },
    },
  },
  epoch(takesImages),
];
const epoch = (takesImages: boolean): EntryDraft => ({
  kind: "epoch.opened",
  ...where,
  data: {
    ...{ reason: "start", endpoint: "e", model: "m", takesImages, system: "", tools: [], hash: "h" },
    ...{ keeps: "all", carries: [] },
  },
});
const sent: EntryDraft = {
  kind: "request.sent",
  ...where,
  data: { epoch: "e", purpose: "turn", endpoint: "e", model: "m", bytes: 1, reusedBytes: 0 },
};
const step: EntryDraft[] = [
  sent,
  {
    kind: "model.responded",
    ...where,
    data: { content: [{ type: "tool_use", id: "a", name: "shot", input: {} }], stopReason: "tool_use" },
  },
  {
    kind: "tool.finished",
    ...where,
    data: {
      ...{ callId: "t1.1.0", attempt: 1, name: "shot", outcome: "ok", durationMs: 1 },
      ...{
        text: "[image image/png, 3 bytes, blob b1]",
        content: [{ ...image, bytes: 3 }],
        isSideEffectPossible: false,
      },
    },
  },
];

const viewOf = (drafts: EntryDraft[]): TurnView => drafts.reduce(fold, emptyView("s1"));

test("images follow all results in one message of their own, for a model that takes them", () => {
  const messages = pendingMessages(viewOf([...started(true), ...step]));
  expect(messages.map(({ content }) => content.map(({ type }) => type))).toEqual([["tool_result"], ["text", "image"]]);
  expect(messages[1]?.content[1]).toEqual(image);
});

test("a model that takes none reads that there is one", () => {
  const messages = pendingMessages(viewOf([...started(false), ...step]));
  expect(messages.map(({ content }) => content.map(({ type }) => type))).toEqual([["tool_result"]]);
  expect(JSON.stringify(messages)).toContain("image/png");
});

test("images that a later model does not take stay out of its epoch; the results stay", () => {
  const seen = viewOf([...started(true), ...step, sent]);
  expect(JSON.stringify(seen.sealed)).toContain('"image"');
  const blind = viewOf([...started(true), ...step, sent, epoch(false)]);
  expect(JSON.stringify(blind.sealed)).not.toContain('"image"');
  expect(JSON.stringify(blind.sealed)).toContain("blob b1");
});
