import { join } from "node:path";
import pino, { type Logger } from "pino";
import buildRoll from "pino-roll";

/** The helper's own log, for people who mend it. What turns do is in the trace, not here. */
export type Log = Logger;

/** Names whose values never reach the log, wherever they stand in a logged object. */
const SECRET_NAMES = ["key", "token", "authorization", "x-api-key", "apiKey", "authToken", "password"];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** Opens `logs/helper.N.log`: NDJSON, a new file every 5 MB, four kept. Write errors (a full disk) lose log lines only. */
export async function openLog(folder: string, level: string): Promise<Log> {
  const file = join(folder, "helper");
  const stream = await buildRoll({ file, extension: ".log", size: "5m", limit: { count: 4 }, mkdir: true, sync: false });
  stream.on("error", () => {});
  return pino({ level, base: { pid: process.pid }, redact: { paths: SECRET_PATHS, censor: "[redacted]" } }, stream);
}
