import type { RuleCondition } from "../../protocol/values.ts";

type Control = NonNullable<RuleCondition["control"]>;

/** What each action of a grant allows, whatever value goes with it. */
const VERBS: Readonly<Record<string, string>> = {
  press: "press",
  focus: "put the keyboard on",
  set: "put any value into",
  type: "type any text into",
  toggle: "switch on or off",
  select: "select anything in",
  scroll: "scroll",
};

/**
 * What a grant about the windows of one application allows, in words: reading them, one action on one control, or all of
 * it. Undefined for any other condition.
 */
export function windowGrantWords({ tool, app, control, ...others }: RuleCondition): string | undefined {
  if (typeof app !== "string" || tool === undefined || Object.values(others).some((one) => one !== undefined)) {
    return undefined;
  }
  const tools = [tool].flat();
  if (tool === "screenshot") return `take pictures of whatever ${app} shows`;
  if (!tools.every((name) => name.startsWith("screen_"))) return undefined;
  if (!tools.includes("screen_act")) return tools.includes("screen_read") ? `read whatever ${app} shows` : undefined;
  if (control !== undefined) return `${controlWords(control)} in any window of ${app}`;
  return tools.includes("screen_read") ? `read and use whatever ${app} shows, but for secret fields` : undefined;
}

/** `press push button “Send”` */
export function controlWords({ action = "any action", role = "any control", name }: Control): string {
  const verbs = [action].flat().map((one) => (Object.hasOwn(VERBS, plain(one)) ? VERBS[plain(one)] : plain(one)));
  const what = [role].flat().map(plain).join(" or ");
  const names = name === undefined ? [] : [name].flat().map((one) => `“${plain(one)}”`);
  return [verbs.join(" or "), what, names.join(" or ")].filter((part) => part !== "").join(" ");
}

/** A glob as its words were before every special letter in it was escaped. */
function plain(glob: string): string {
  return glob.replace(/\\(.)/gs, "$1");
}
