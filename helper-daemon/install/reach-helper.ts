import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, type Connection, socketPathOf } from "../../src/protocol/connect.ts";
import { asLoopdError, LoopdError } from "../../src/protocol/errors.ts";

/** What asking the helper of a home comes to. */
export type Reached =
  | { type: "connected"; connection: Connection }
  /** Nothing listens, or it is on its way up or down. */
  | { type: "absent" }
  /** A helper runs there and cannot be talked to: it is of another version, or it does not answer. */
  | { type: "silent"; error: LoopdError };

/** Connects to the helper of a home, if one runs; starts none. `client` is what it calls us in its log. */
export async function reachHelper(home: string, client: string): Promise<Reached> {
  try {
    const token = (await readFile(join(home, "run", "token"), "utf8")).trim();
    return {
      type: "connected",
      connection: await connect({ socketPath: socketPathOf(home), token, client }, () => {}),
    };
  } catch (thrown) {
    const error = asLoopdError(thrown);
    if (error.code === "internal" && (thrown as NodeJS.ErrnoException).code !== "ENOENT")
      return { type: "silent", error };
    if (error.code === "helper-outdated") return { type: "silent", error };
    // Of those that are unreachable, one took the connection and never said hello.
    if (error.code === "helper-unreachable" && error.cause === undefined) return { type: "silent", error };
    return { type: "absent" };
  }
}
