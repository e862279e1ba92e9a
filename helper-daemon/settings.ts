import { standingRules } from "../src/agent/policy/standing-rules.ts";
import type { Settings, ToolBook } from "../src/agent/ports.ts";
import type { Config } from "../src/protocol/config.ts";

/** A snapshot of what `config.json` and the catalogue say; the same object until one of them changes. */
export function createSettings(config: () => Config, tools: ToolBook, person: string): () => Settings {
  let last: { config: Config; settings: Settings } | undefined;
  return () => {
    const now = config();
    if (last?.config !== now) {
      last = { config: now, settings: { rules: standingRules(now.rules, person), limits: now.limits, tools } };
    }
    return last.settings;
  };
}
