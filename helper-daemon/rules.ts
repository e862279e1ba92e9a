import { innerCall } from "../src/agent/inner-call.ts";
import { decide } from "../src/agent/policy/decide.ts";
import { standingRules } from "../src/agent/policy/standing-rules.ts";
import type { Config } from "../src/protocol/config.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Rule } from "../src/protocol/values.ts";
import type { ConfigFile, RawConfig } from "./config-file.ts";
import type { Hub } from "./hub.ts";
import { withRealPaths } from "./real-rule-paths.ts";
import type { Store } from "./store/open-store.ts";
import type { ToolWorld } from "./tool-world.ts";
import { turnEnvironment } from "./turn-environment.ts";

/** Session that carries what belongs to no conversation. */
export const HOME_SESSION = "home";

/** The person's policy: what `config.json` says, what was granted at cards, and what comes out of both. */
export interface Rules {
  /** Every rule in the order in which layers answer; grants last. */
  list(): Rule[];
  /** Why `config.json` as it is now does not count, and rules are those of its last valid version. */
  problem(): string | undefined;
  /** In front of the others, since the first rule that matches answers. @throws LoopdError `rule-exists`, `unknown-tool`, `config-invalid`. */
  add(params: ParsedParamsOf<"rule.add">): Rule;
  /** Takes a rule out of `config.json`, or revokes a grant. @throws LoopdError `unknown-rule`. */
  remove(id: string): Rule;
  /** What would be answered to a call, and which rules speak about it. Looks at the world as the call would; runs nothing. */
  test(params: ParsedParamsOf<"rule.test">): Promise<ResultOf<"rule.test">>;
}

/** What the rules act on. */
export interface RulesOptions {
  file: ConfigFile;
  store: Store;
  hub: Hub;
  tools: ToolWorld;
}

/** The policy of a home. */
export function createRules({ file, store, hub, tools }: RulesOptions): Rules {
  const list = () => [...withRealPaths(standingRules(file.current().rules, tools.person)), ...store.grants.all()];
  const problem = () => file.lastProblem()?.message;
  return {
    list,
    problem,
    add: ({ rule }) => {
      if (list().some(({ id }) => id === rule.id)) {
        throw new LoopdError(
          "rule-exists",
          `There is a rule ${rule.id} already. Remove it first, or choose another id.`,
        );
      }
      refuseUnknownTools(rule.when.tool ?? [], tools.catalogue);
      file.edit((raw) => rulesOf(raw).unshift(rule));
      return { ...rule, layer: "config" };
    },
    remove: (id) => {
      const rule = list().find((one) => one.id === id);
      if (rule === undefined) {
        throw new LoopdError("unknown-rule", `There is no rule ${id}. See them all with: loopd rules list`);
      }
      if (rule.layer === "grant") {
        const session = rule.grant?.session ?? HOME_SESSION;
        hub.record([{ kind: "rule.removed", session, data: { rule } }]);
      } else if (rule.layer === "config") {
        file.edit((raw) => {
          raw["rules"] = rulesOf(raw).filter((one) => one.id !== id);
        });
      } else {
        const words = `${id} is built in and cannot be removed. A rule of your own answers before a default: loopd rules add`;
        throw new LoopdError("not-allowed", words);
      }
      return rule;
    },
    test: async ({ tool: asked, arguments: input, session, workspace, origin, taints, env: turn, endpointTrust }) => {
      const env = turnEnvironment(file.current().environment, { turn })?.env;
      const { catalogue, placeOf, placeAt } = tools;
      const { name: tool, arguments: values } = innerCall({ type: "tool_use", id: "test", name: asked, input });
      const face = catalogue.book.find(tool);
      if (face === undefined) throw new LoopdError("unknown-tool", catalogue.book.suggest(tool));
      const parsed = catalogue.book.parse(tool, values);
      if (parsed.type === "invalid") throw new LoopdError("invalid-params", parsed.message);
      const place = session === undefined ? placeAt(workspace) : placeOf(session);
      const call = { callId: "test", name: tool, arguments: parsed.arguments, effect: face.effect };
      const facts = await catalogue.inspect(call, place);
      const known = session === undefined ? [] : store.taints.ofSession(session);
      const around = {
        ...{ session: session ?? "", origin, overrides: { env }, endpointTrust, now: Date.now() },
        taints: [...new Set([...known, ...taints])],
      };
      const verdict = decide(call, facts, around, list());
      const { answer, ruleId, reason, causes, heard } = verdict;
      const unasked = file.current().hooks.filter(({ at }) => at.includes("decide"));
      return {
        decision: answer,
        ruleId,
        reason,
        causes,
        heard,
        facts,
        unasked: unasked.map(({ name }) => name),
        problem: problem(),
      };
    },
  };
}

/** A misspelled name would match nothing. Servers that are not connected now may still have theirs. */
function refuseUnknownTools(names: string | string[], { book }: ToolWorld["catalogue"]): void {
  const isOpen = (name: string) => name.endsWith("*") || name.includes("__") || book.find(name) !== undefined;
  const unknown = [names].flat().find((name) => !isOpen(name));
  if (unknown !== undefined) throw new LoopdError("unknown-tool", book.suggest(unknown));
}

/** The list as the person wrote it. */
function rulesOf(raw: RawConfig): Config["rules"] {
  raw["rules"] ??= [];
  return raw["rules"] as unknown as Config["rules"];
}
