import pino, { type Logger } from "pino";
import { createStream } from "rotating-file-stream";

/** The helper's own log, for people who mend it. What turns do is in the trace, not here. */
export type Log = Logger;

/** Names whose values never reach the log, wherever they stand in a logged object. */
const SECRET_NAMES = ["key", "token", "authorization", "x-api-key", "apiKey", "authToken", "password"];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** Opens `logs/helper.log`: NDJSON, a new file every 5 MB, four old ones kept. A full disk loses log lines, nothing else. */
export function openLog(folder: string, level: string): Log {
  const stream = createStream("helper.log", { path: folder, size: "5M", maxFiles: 4, mode: 0o600 });
  stream.on("error", () => {});
  return pino({ level, base: { pid: process.pid }, redact: { paths: SECRET_PATHS, censor: "[redacted]" } }, stream);
}
