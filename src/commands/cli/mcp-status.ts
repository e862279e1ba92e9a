import type { McpServerRow } from "../../protocol/requests.ts";
import { count, plural } from "../present/quantity.ts";
import { oneLine } from "../present/terminal-text.ts";

const MAX_ERROR_CHARACTERS = 600;

/** How a server is, in lines for a person. */
export function statusLines(row: McpServerRow): string[] {
  const { name, state, transport, trust, server, tools, tokens, pid, rssBytes, runningCalls, restarts } = row;
  const facts = [
    `${transport}${trust ? ", trusted" : ""}`,
    `${plural(tools.length, "tool")}, ${count(tokens)} tokens`,
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(rssBytes === undefined ? [] : [`${Math.round(rssBytes / 1e6)} MB`]),
    ...(runningCalls === 0 ? [] : [`${plural(runningCalls, "call")} running`]),
    ...(restarts === 0 ? [] : [`started anew ${plural(restarts, "time")}`]),
    ...(row.retryAt === undefined ? [] : [`again at ${row.retryAt}`]),
  ];
  const about = server === undefined ? "" : ` (${oneLine(server, 100)})`;
  const error = row.lastError === undefined ? [] : [`  ${oneLine(row.lastError, MAX_ERROR_CHARACTERS)}`];
  const list = tools.length === 0 ? [] : [`  ${tools.join(" ")}`];
  return [`${name}: ${state}${about}`, `  ${facts.join(" · ")}`, ...list, ...error];
}
