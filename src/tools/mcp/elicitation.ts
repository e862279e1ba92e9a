import type { ElicitRequest, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { CallContext } from "../../agent/ports.ts";
import type { Json } from "../../protocol/values.ts";
import { isObject } from "../coerce.ts";
import { inputCheck, loadChecks } from "./check-input.ts";
import { oneLineOf } from "./server-log.ts";

/** Questions that one call may put to the person, and how large one may be. */
const MAX_QUESTIONS = 20;
const MAX_TEXT = 2_000;
const MAX_FORM_CHARACTERS = 20_000;
/** How often an answer that does not fit is asked for. */
const MAX_TRIES = 3;

/** The questions of one running call; they come one after the other, however many the server asks at once. */
export interface Asker {
  ask(params: ElicitRequest["params"], signal: AbortSignal): Promise<ElicitResult>;
}

const DECLINED: ElicitResult = { action: "decline" };

/** Turns what a server asks during a call into cards. Anything but a form is declined, and nobody is bothered. */
export function createAsker(server: string, context: Pick<CallContext, "ask" | "signal">): Asker {
  let asked = 0;
  let before: Promise<unknown> = Promise.resolve();
  return {
    ask(params, signal) {
      asked += 1;
      if (asked > MAX_QUESTIONS) return Promise.resolve(DECLINED);
      const answer = before.then(() => (signal.aborted ? DECLINED : answered(server, context, params)));
      before = answer.catch(() => undefined);
      return answer.catch(() => ({ action: "cancel" as const }));
    },
  };
}

async function answered(
  server: string,
  { ask }: Pick<CallContext, "ask">,
  params: ElicitRequest["params"],
): Promise<ElicitResult> {
  if (!("requestedSchema" in params)) return DECLINED;
  const form = params.requestedSchema as { [key: string]: Json };
  if (JSON.stringify(form).length > MAX_FORM_CHARACTERS) return DECLINED;
  await loadChecks();
  const check = inputCheck(form);
  const text = oneLineOf(params.message, MAX_TEXT);
  let problem = "";
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const { resolution, answer } = await ask({ text: `${problem}${text}`, from: `mcp ${server}`, form });
    if (resolution === "cancelled" || resolution === "expired") return { action: "cancel" };
    if (resolution !== "answered") return DECLINED;
    const wrong = isObject(answer) ? check.problems(answer)[0] : { path: [], message: "expected a form" };
    if (wrong === undefined) return { action: "accept", content: answer as NonNullable<ElicitResult["content"]> };
    problem = `The last answer does not fit: ${[wrong.path.join("."), wrong.message].filter(Boolean).join(": ")}. `;
  }
  return DECLINED;
}
