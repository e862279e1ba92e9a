import { closeSync, writeSync } from "node:fs";
import { isErrorCode, LoopdError } from "../src/protocol/errors.ts";
import type { Home } from "./home.ts";

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

/** Leaves a home to the helper that holds it: tells the starter, and whoever reads standard error who that is. */
export async function leaveTo(descriptor: string | undefined, { folder }: Pick<Home, "folder">): Promise<void> {
  announce(descriptor, { ready: true, pid: null });
  const { reachHelper } = await import("./install/reach-helper.ts");
  const reached = await reachHelper(folder, "helper");
  const who = reached.type === "connected" ? ` as process ${reached.connection.hello.pid}` : "";
  if (reached.type === "connected") reached.connection.close();
  process.stderr.write(
    `A helper runs for ${folder} already${who}, so this one ends. To stop that one: loopd helper stop\n`,
  );
}

/** A LoopdError as readiness. */
export function notReady({ code, message }: LoopdError): Readiness {
  return { error: { code, message } };
}

const FAILURE = /^loopd helper: (.+) \(([a-z-]+)\)$/;

/**
 * What a helper that cannot start says on standard error. As a job of the system it has nobody to announce it to, and the
 * job's error log is all that is left of it.
 */
export function failureLine({ code, message }: LoopdError): string {
  return `loopd helper: ${message.replace(/\s*\n\s*/g, " ").trim()} (${code})\n`;
}

/** The last of such lines in a text; undefined if there is none. */
export function failureIn(text: string): LoopdError | undefined {
  const found = text.split("\n").flatMap((line) => {
    const [, message, code = ""] = FAILURE.exec(line) ?? [];
    return message !== undefined && isErrorCode(code) ? [new LoopdError(code, message)] : [];
  });
  return found.at(-1);
}
