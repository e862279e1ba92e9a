import { closeSync, writeSync } from "node:fs";
import type { LoopdError } from "../src/protocol/errors.ts";

/** What a helper tells whoever started it, once: that it serves, or why it does not. */
export type Readiness = { ready: true; pid: number | null } | { error: { code: string; message: string } };

/** Writes one JSON line to the file descriptor that the starter named, if it did, and closes it. */
export function announce(descriptor: string | undefined, readiness: Readiness): void {
  const number = Number(descriptor);
  if (descriptor === undefined || !Number.isInteger(number) || number < 3) return;
  try {
    writeSync(number, `${JSON.stringify(readiness)}\n`);
    closeSync(number);
  } catch {
    // The starter has gone; nobody is left to tell.
  }
}

/** A LoopdError as readiness. */
export function notReady({ code, message }: LoopdError): Readiness {
  return { error: { code, message } };
}
