import { standingRules } from "../src/agent/policy/standing-rules.ts";
import type { Config } from "../src/protocol/config.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Catalogue } from "../src/tools/catalogue.ts";
import { withRealPaths } from "./real-rule-paths.ts";
import { HOME_SESSION } from "./rules.ts";
import type { EntryLog } from "./store/entry-log.ts";

/** What decisions are made by. */
interface DecidedByOptions {
  config: Config;
  /** Real path of the person's home folder. */
  person: string;
  catalogue: Catalogue;
  log: Pick<EntryLog, "all">;
}

/** What is decided by now, or would be under the config or the rules that are asked about. */
export function decidedBy(
  { config, person, catalogue, log }: DecidedByOptions,
  asked: ParsedParamsOf<"helper.settings">,
): ResultOf<"helper.settings"> {
  const { hooks, limits, rules } = asked.config ?? config;
  const isAboutGrants = ({ kind }: { kind: string }) => kind === "rule.added" || kind === "rule.removed";
  const { book } = catalogue;
  return {
    rules: withRealPaths(standingRules(asked.rules ?? rules, person)),
    granted: log.all(HOME_SESSION, 0).filter(isAboutGrants),
    hooks,
    limits,
    tools: catalogue.rows().map(({ name, effect, isIdempotent }) => {
      const isDelegating = book.find(name)?.isDelegating;
      return { name, effect, isIdempotent, ...(isDelegating === undefined ? {} : { isDelegating }) };
    }),
  };
}
