import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Connection, Listener } from "../../protocol/connect.ts";
import { LoopdError } from "../../protocol/errors.ts";
import { homeFolder, openHelper, type StartMode } from "../open-helper.ts";
import type { HelperProgram } from "../start-helper.ts";

/** Where `helper.mjs` can stand: beside this bundle, above its chunks, or built in the checkout that this source is in. */
const PLACES = ["helper.mjs", "../helper.mjs", "../../../assets/helper/helper.mjs"];

/** The helper of this person's home, and how to run it. */
export function helperProgram(): HelperProgram {
  const home = homeFolder(process.env, process.platform);
  const paths = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const helperScript = paths.find((path) => existsSync(path));
  if (helperScript !== undefined) return { home, helperScript, node: process.execPath };
  throw new LoopdError("helper-unreachable", `The helper is not built (no ${paths[0]}). Build it with: npm run build`);
}

/** Opens a connection for the command line. */
export function openForCli(listener: Listener, start: StartMode): Promise<Connection> {
  return openHelper({ ...helperProgram(), client: "cli", start }, listener);
}

/** Does some work over a connection that is closed afterwards; a helper is started first if none runs. */
export async function withHelper<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await openForCli(() => {}, "if-missing");
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}
