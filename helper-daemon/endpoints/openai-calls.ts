import type { Block } from "../../src/protocol/values.ts";
import type { CallPart } from "./openai-chunk.ts";
import { receivedArguments } from "./parse-arguments.ts";

/** Puts the calls of an answer together from their pieces. */
export interface CallPieces {
  add(part: CallPart): void;
  /** `mayLackItsEnd`: the answer was cut off. */
  finish(mayLackItsEnd: boolean): Block[];
}

/** A call under construction: `argumentsText` is what came in pieces, `given` what came as an object. */
interface OpenCall {
  id: string;
  name: string;
  argumentsText: string;
  lastPiece: string;
  given?: unknown;
}

/** More than anybody calls at once; beyond it a server has gone mad. */
const MAX_CALLS = 1_000;

/**
 * Servers number calls from 0, leave the number out, or number them all alike; give each an id, none, the same, or a new
 * one with every piece. So a piece begins a call where no other can be meant: where it names a function, and the call at
 * its number (without one: its id, else the newest) is named otherwise, has another id, or has all its arguments.
 */
export function createCallPieces(): CallPieces {
  const calls: OpenCall[] = [];
  const byIndex = new Map<number, OpenCall>();

  function openCall(index: CallPart["index"], id: string): OpenCall | undefined {
    if (typeof index === "number") return byIndex.get(index);
    return calls.findLast((call) => id !== "" && call.id === id) ?? calls.at(-1);
  }

  return {
    add(part) {
      const id = String(part.id ?? "");
      const name = part.function?.name ?? "";
      const given = part.function?.arguments;
      let call = openCall(part.index, id);
      if (call === undefined || beginsAnother(call, id, name, given)) {
        if (calls.length === MAX_CALLS) throw new SyntaxError(`more than ${MAX_CALLS} calls`);
        call = { id, name, argumentsText: "", lastPiece: "" };
        calls.push(call);
      }
      if (typeof part.index === "number") byIndex.set(part.index, call);
      if (call.name === "") call.name = name;
      if (call.id === "") call.id = id;
      if (typeof given === "string") {
        call.argumentsText += given;
        if (given.trim() !== "") call.lastPiece = given;
      } else if (given !== null && given !== undefined) call.given = given;
    },
    finish: (mayLackItsEnd) =>
      calls.map(({ id, name, argumentsText, given }, index): Block => {
        const isLast = index === calls.length - 1;
        const received = receivedArguments(argumentsText, given, mayLackItsEnd && isLast);
        return { type: "tool_use", id, name, ...received };
      }),
  };
}

function beginsAnother(call: OpenCall, id: string, name: string, given: unknown): boolean {
  if (name === "" || call.name === "") return false;
  if (name !== call.name || (id !== "" && call.id !== "" && id !== call.id)) return true;
  return beginsObject(given) && (call.given !== undefined || call.lastPiece.trimEnd().endsWith("}"));
}

/** No piece of an object that already ended can begin another one. */
function beginsObject(given: unknown): boolean {
  return typeof given === "string" ? given.trimStart().startsWith("{") : typeof given === "object" && given !== null;
}
