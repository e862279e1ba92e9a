import { standingRules } from "../src/agent/policy/standing-rules.ts";
import type { Settings, ToolBook } from "../src/agent/ports.ts";
import type { Config } from "../src/protocol/config.ts";

/** Where settings come from. */
interface SettingsOptions {
  config: () => Config;
  tools: ToolBook;
  /** Real path of the person's home folder. */
  person: string;
  memoryIndex: () => string;
}

/** A snapshot of what `config.json`, the catalogue and the notes say; the same object until one of them changes. */
export function createSettings({ config, tools, person, memoryIndex }: SettingsOptions): () => Settings {
  let last: { config: Config; settings: Settings } | undefined;
  return () => {
    const now = config();
    const index = memoryIndex();
    if (last?.config !== now || last.settings.memoryIndex !== index) {
      const rules = standingRules(now.rules, person);
      last = { config: now, settings: { rules, limits: now.limits, tools, memoryIndex: index } };
    }
    return last.settings;
  };
}
