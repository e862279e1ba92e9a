import type { Connection } from "../../protocol/connect.ts";
import { LoopdError } from "../../protocol/errors.ts";

/**
 * The session that an id or the beginning of one means.
 * @throws LoopdError `ambiguous-id` listing the sessions, `unknown-session`.
 */
export async function resolveSession(connection: Connection, prefix: string): Promise<string> {
  if (prefix === "")
    throw new LoopdError("unknown-session", "No session is named. See them all with: loopd sessions list");
  const { sessions } = await connection.request("session.list", { limit: 1000 });
  if (sessions.some(({ session }) => session === prefix)) return prefix;
  const matches = sessions.filter(({ session }) => session.startsWith(prefix));
  const [first, second] = matches;
  if (first !== undefined && second === undefined) return first.session;
  if (first === undefined) {
    // It may be older than the newest thousand; the helper knows all, by their whole id.
    return (await connection.request("session.show", { session: prefix })).session.session;
  }
  const list = matches.slice(0, 5).map(({ session, title }) => `${session} (${title})`);
  const more = matches.length > 5 ? ` and ${matches.length - 5} more` : "";
  throw new LoopdError(
    "ambiguous-id",
    `Several sessions begin with ${prefix}: ${list.join(", ")}${more}. Type more of the id.`,
  );
}
