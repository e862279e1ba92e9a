import { nearNames } from "./near-name.ts";

/** What models were trained to call what these tools do. */
const OTHER_NAMES: readonly [name: string, words: RegExp][] = [
  ["shell_run", /^(?:bash|sh|zsh|shell|terminal|console|(?:run|exec|execute)_?(?:command|code|bash|shell|terminal)?)$/],
  ["files_read", /^(?:cat|(?:view|open|show|get|load)_?files?(?:_?contents?)?|view|read)$/],
  ["files_list", /^(?:ls|dir|tree|glob|(?:list|ls|read)_?(?:dir|directory|directories|folders?))$/],
  ["files_search", /^(?:grep|rg|ripgrep|(?:grep|find|code)_?(?:search|text|in_?files?))$/],
  ["files_write", /^(?:(?:create|save|make|new)_?files?)$/],
  ["files_edit", /^(?:str_?replace\w*|(?:replace|patch|update|modify)_?(?:in_?)?files?|apply_?(?:patch|diff)|edit)$/],
  [
    "web_fetch",
    /^(?:curl|wget|browse\w*|fetch\w*|http_?(?:get|request)|(?:get|open|visit|read)_?(?:url|page|webpage|website))$/,
  ],
  ["memory_write", /^(?:remember|save_?memory|add_?memory)$/],
  ["ask_user", /^(?:ask\w*|(?:user_?)?question|request_?user_?input)$/],
  ["delegate", /^(?:task|subagent|sub_?task|spawn_?agent)$/],
];

/** A namespace that some models put before each name. */
const NAMESPACE = /^(?:functions?|tools?|default_api|namespace|mcp|api)[.:/]+/i;

/** Letters and digits of a name, in lower case. */
function squashed(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/**
 * The one tool that a wrong name can only mean: the same letters, however they are joined; behind a namespace too. Not with a
 * dot between them: so the helper's own methods are called, and no call may seem to reach one.
 */
export function meantName(wrong: string, tools: ReadonlyMap<string, unknown>): string | undefined {
  if (wrong.length > 200) return undefined;
  const bare = wrong.trim().replace(NAMESPACE, "");
  if (bare !== wrong && tools.has(bare)) return bare;
  const wanted = bare.includes(".") ? "" : squashed(bare);
  const same = wanted === "" ? [] : [...tools.keys()].filter((name) => squashed(name) === wanted);
  return same.length === 1 ? same[0] : undefined;
}

/** Up to `limit` tools that a wrong name may mean: what other programs call so first, then the nearest names. */
export function nearTools(wrong: string, names: readonly string[], limit: number): string[] {
  const bare = wrong.slice(0, 200).trim().replace(NAMESPACE, "");
  const usual = bare.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  const known = OTHER_NAMES.flatMap(([name, other]) => (other.test(usual) && names.includes(name) ? [name] : []));
  return [...new Set([...known, ...nearNames(bare, names, limit)])].slice(0, limit);
}
