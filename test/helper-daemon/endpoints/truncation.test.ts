import { describe, expect, test } from "vitest";
import type { ModelReply } from "../../../src/agent/ports.ts";
import { messageFrames, wholeMessage } from "../../fakes/model-events.ts";
import { type ModelScript, script } from "../../fakes/model-server.ts";
import { completionFrames, wholeCompletion } from "../../fakes/openai-events.ts";
import { askWatched, DIALECTS } from "./stream-contract.ts";

const INPUT = { path: "/tmp/a b", deep: { list: [1, { x: "}" }], "{": "" }, n: -1.5 };
const ARGUMENTS = JSON.stringify(INPUT);
const RENDERED = {
  anthropic: { frames: messageFrames, whole: wholeMessage },
  openai: { frames: completionFrames, whole: wholeCompletion },
};

/** Whether a reply would run the call with other arguments than the model meant. */
function isWrong(reply: ModelReply, isWhole: boolean): boolean {
  if (reply.type !== "responded") return false;
  return reply.content.some((block) => {
    if (block.type !== "tool_use" || block.unparsed !== undefined) return false;
    return !isWhole || JSON.stringify(block.input) !== ARGUMENTS;
  });
}

describe.each(DIALECTS)("the %s dialect", (dialect) => {
  const { frames, whole } = RENDERED[dialect];
  const [call] = script().calls("files_write", INPUT).steps;
  if (call === undefined) throw new Error("the script has a step");
  const stream = Buffer.from(
    frames(call, "m", 1)
      .map(({ wire }) => wire)
      .join(""),
  );
  const document = Buffer.from(JSON.stringify(whole(call, "m", 1)));
  const limits = { requestAttempts: 1 };

  test.each([
    ["stream", stream, "text/event-stream", 11],
    ["document", document, "application/json", 5],
  ] as const)("a %s that ends early, wherever that is, never runs half a call", async (_name, bytes, type, stride) => {
    const answered: string[] = [];
    for (let end = 0; end < bytes.length; end += stride) {
      const { reply } = await askWatched(dialect, script().sends(bytes.toString("ascii", 0, end), type), { limits });
      expect({ end, wrong: isWrong(reply, true) }).toEqual({ end, wrong: false });
      answered.push(reply.type);
    }
    expect(answered.filter((kind) => kind === "failed").length).toBeGreaterThan(answered.length / 2);
  });

  const reasons = ["max_tokens", "tool_use", "end_turn"];
  const ways = [
    ["in pieces", (steps: ModelScript) => steps],
    ["in one piece", (steps: ModelScript) => steps.oneChunk()],
    ["without streaming", (steps: ModelScript) => steps.whole()],
  ] as const;

  test.each(ways)("arguments that come %s and end early under any reason never run", async (_name, as) => {
    for (let length = 1; length <= ARGUMENTS.length; length += 3) {
      const text = ARGUMENTS.slice(0, length);
      const reason = reasons[length % reasons.length] ?? "";
      const steps = as(script().truncatedArguments("files_write", text).stopReason(reason));
      const { reply } = await askWatched(dialect, steps, { limits });
      expect(reply).toMatchObject({ content: [{ type: "tool_use", input: {}, unparsed: text }] });
    }
    const { reply } = await askWatched(dialect, as(script().truncatedArguments("files_write", ARGUMENTS)), { limits });
    const [block] = reply.type === "responded" ? reply.content : [];
    // As a document the Messages dialect carries an object, of which nobody can say whether a server has closed it.
    const isUnknown = dialect === "anthropic" && steps(as).isWhole === true;
    const wanted = isUnknown ? { input: {}, unparsed: ARGUMENTS } : { input: INPUT };
    expect(block).toMatchObject(wanted);
  });

  function steps(as: (typeof ways)[number][1]): { isWhole?: boolean } {
    return as(script().says("")).steps[0] ?? {};
  }
});
