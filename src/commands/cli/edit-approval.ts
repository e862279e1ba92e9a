import type { Json } from "../../protocol/values.ts";
import { editCard } from "../edit-card.ts";
import { callSummary } from "../present/call.ts";
import { editedWords } from "../present/edited.ts";
import { answeredBy } from "./card-desk.ts";
import { commandFor } from "./card-output.ts";
import { ExitWith, usage } from "./failure.ts";
import { openForCli } from "./helper-access.ts";
import { print, printJson } from "./print.ts";

interface EditOptions {
  args: string;
  reason?: string;
  json?: boolean;
}

/**
 * Changes what a call is to run with, and tells what rules and hooks make of that: it runs, it asks again, or it is denied.
 * Arguments that the tool does not take leave the card as it is.
 * @throws LoopdError `usage`, those of `card.resolve`; `ExitWith` 1 where the changed call does not run.
 */
export async function editApproval(id: string, { args, reason, json }: EditOptions): Promise<void> {
  const values = jsonOf(args);
  const edit = { cardId: id, arguments: values, reason, by: answeredBy() };
  const { card, end: ending } = await editCard((listener) => openForCli(listener, "if-missing"), edit);
  const end = await ending;
  if (json === true) printJson({ ...card, decision: end });
  else {
    print(`edited: ${callSummary(card.tool, values)}`);
    print(editedWords(end));
    if (end.type === "asks-again") print(`  ${commandFor({ ...card, approvalId: end.cardId, grant: undefined })}`);
  }
  if (end.type === "ended") throw new ExitWith(1);
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw usage(`--args takes JSON, such as {"command":"ls"}; this is none: ${text.slice(0, 80)}`);
  }
}
