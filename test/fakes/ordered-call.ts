import { type RequestBody, script } from "./model-server.ts";
import type { Witness } from "./helper.ts";

/** Words that have the model of `orderedCall` make one call of a tool of the screen. */
export const order = (name: string, input: object) => `do ${name} ${JSON.stringify(input)} end`;

/** A model that makes the call of the newest `order`, then says that it is done. */
export function orderedCall(body: RequestBody) {
  const last = JSON.stringify(body.messages.at(-1)).replaceAll('\\"', '"');
  const found = /do (screen_\w+) (\{.*?\}) end/.exec(last);
  if (found === null) return script().says("done");
  return script().calls("call_tool", { name: found[1], arguments: JSON.parse(found[2] ?? "{}") as object });
}

/** How the first call of a turn ended. */
export function endOfCall({ entries }: Witness, turn: string) {
  const end = entries.find((entry) => entry.kind === "tool.finished" && entry.turn === turn);
  if (end?.kind !== "tool.finished") throw new Error("no call ended");
  return end.data;
}
