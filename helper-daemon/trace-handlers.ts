import type { MethodName } from "../src/protocol/requests.ts";
import type { traceMethods } from "../src/protocol/trace-methods.ts";
import { decidedBy } from "./decided-by.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Exporting } from "./export/export-entries.ts";
import type { Hub } from "./hub.ts";
import type { Handlers } from "./methods.ts";
import { replaySession } from "./session-replay.ts";
import type { Retention } from "./retention.ts";
import type { SessionSettings } from "./session-overrides.ts";
import type { Store } from "./store/open-store.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Turns } from "./turns.ts";

/** What the methods about traces as a whole act on. */
interface TraceHandlersOptions {
  store: Store;
  hub: Hub;
  turns: Turns;
  profiles: Profiles;
  tools: ToolWorld;
  overrides: SessionSettings;
  exporting: Exporting;
  retention: Retention;
}

/** The part of the socket's table that is about traces as a whole. */
export function traceHandlers({
  store,
  hub,
  turns,
  profiles,
  tools,
  overrides,
  exporting,
  retention,
}: TraceHandlersOptions): Pick<Handlers, Extract<MethodName, keyof typeof traceMethods>> {
  const { lists, log } = store;
  return {
    "helper.settings": (params) => {
      const { person, catalogue } = tools;
      return decidedBy({ config: profiles.config(), person, catalogue, log }, params);
    },
    "session.replay": (params) => replaySession({ store, hub, turns, effective: overrides.effective }, params),
    "session.export": async ({ session, after, limit, form }) => {
      lists.session(session);
      const place = [session, after, limit] as const;
      const page = { redacted: exporting.page, stored: exporting.stored, revealed: log.page }[form];
      const entries = await page(...place);
      const isEnd = log.page(session, entries.at(-1)?.seq ?? after, 1).length === 0;
      return { entries, isEnd };
    },
    "session.delete": (params) => retention.delete(params),
    "session.keep": (params) => retention.keep(params),
  };
}
