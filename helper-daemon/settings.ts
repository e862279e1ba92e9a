import { standingRules } from "../src/agent/policy/standing-rules.ts";
import type { Settings, ToolBook } from "../src/agent/ports.ts";
import type { Config } from "../src/protocol/config.ts";
import type { Rule, SessionId } from "../src/protocol/values.ts";
import type { Memory } from "./memory.ts";
import { withRealPaths } from "./real-rule-paths.ts";

/** Where settings come from; each is asked again at every decision, so a change counts at the next one. */
interface SettingsOptions {
  config: () => Config;
  tools: ToolBook;
  /** Real path of the person's home folder. */
  person: string;
  /** What people have allowed that may speak about calls of a session; the same array until that changes. */
  grantsOf: (session: SessionId) => readonly Rule[];
  /** The index of long-lived notes, for the system text of new epochs. */
  memory: Pick<Memory, "promptIndex" | "promptTaints">;
  /** Asked anew whenever the loop wants to know: what is learnt of a window counts at once. */
  windowOf: NonNullable<Settings["windowOf"]>;
}

/** A snapshot for one session of what holds now; the same object until something of it changes. */
export function createSettings(options: SettingsOptions): (session: SessionId) => Settings {
  const { config, tools, person, grantsOf, memory, windowOf } = options;
  let standing: { config: Config; rules: Rule[] } | undefined;
  const last = new Map<SessionId, { config: Config; grants: readonly Rule[]; settings: Settings }>();
  return (session) => {
    const now = config();
    const index = memory.promptIndex();
    if (standing?.config !== now) standing = { config: now, rules: withRealPaths(standingRules(now.rules, person)) };
    const grants = grantsOf(session);
    const known = last.get(session);
    const quoted = memory.promptTaints();
    const isSameMemory = known?.settings.memoryIndex === index && known.settings.memoryTaints === quoted;
    if (known?.config === now && known.grants === grants && isSameMemory) return known.settings;
    if (last.size > 1_000) last.clear();
    const rules = [...standing.rules, ...grants];
    const quotes = { memoryIndex: index, memoryTaints: quoted };
    const settings = { rules, hooks: now.hooks, limits: now.limits, tools, windowOf, ...quotes };
    last.set(session, { config: now, grants, settings });
    return settings;
  };
}
