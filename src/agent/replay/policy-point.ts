import type { EntryOf } from "../../protocol/entries.ts";
import { periodMs } from "../../protocol/period.ts";
import type { Millis, Rule } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { opinionRules } from "../hooks/decide-hooks.ts";
import { hooksAbout } from "../hooks/due-hooks.ts";
import { circumstancesOf } from "../policy/circumstances.ts";
import type { Verdict } from "../policy/decide.ts";
import type { Settings } from "../ports.ts";
import type { CallView, TurnState, TurnView } from "../transcript.ts";
import { verdictOn } from "../verdict-on.ts";
import type { Difference } from "./points.ts";
import { verdictWords } from "./words.ts";

/** What today's policy says to a call of a trace, from the facts and opinions that were recorded. */
interface Replayed {
  verdict: Verdict;
  /** Absent: it says what it said then. */
  difference?: Difference;
  /** A grant that answered then and that this trace does not hold: it is taken to answer now too. */
  assumed?: string;
}

/** Decides a call again. */
export function decideAgain(
  { view, turn, call }: { view: TurnView; turn: TurnState; call: CallView },
  { data }: EntryOf<"tool.decided">,
  settings: Settings,
  now: Millis,
): Replayed {
  const { facts } = data;
  const around = circumstancesOf(view, turn, now);
  const due = hooksAbout(settings.hooks, "decide", call, facts, around);
  const opinions = due.flatMap(({ name }) => call.hooks.opinions.findLast((one) => one.hook === name) ?? []);
  const verdict = verdictOn({ view, turn, call, facts }, [...opinionRules(opinions), ...settings.rules], now);
  const unasked = due.find(({ name }) => !opinions.some(({ hook }) => hook === name));
  const recorded = verdictWords(data.decision, data.ruleId, data.causes);
  if (unasked !== undefined) {
    const why = `the hook ${unasked.name} has a say about this call, and was not asked then`;
    return { verdict, difference: { recorded, now: `ask the hook ${unasked.name} at decide`, why } };
  }
  const isSame = verdict.answer === data.decision && verdict.ruleId === data.ruleId;
  if (isSame && keysOf(verdict) === keysOf(data)) return { verdict };
  if (isUnknownGrant(data, verdict, settings.rules)) return { verdict, assumed: data.ruleId };
  const said = verdictWords(verdict.answer, verdict.ruleId, verdict.causes);
  const why = isSame
    ? "the causes are others"
    : verdict.ruleId === data.ruleId
      ? `the rule ${data.ruleId} says something else`
      : `the rule ${verdict.ruleId} answers where ${data.ruleId} did`;
  const rules = { was: data.ruleId, is: verdict.ruleId };
  return { verdict, difference: { recorded, now: said, why, rules } };
}

/** A grant for always belongs to no session, so a trace by itself does not hold it. What forbids, it never answers for. */
function isUnknownGrant({ decision, ruleId }: EntryOf<"tool.decided">["data"], now: Verdict, rules: readonly Rule[]) {
  const isKnown = rules.some(({ id }) => id === ruleId);
  return decision === "execute" && ruleId.startsWith("grant-") && !isKnown && now.answer === "requiresApproval";
}

function keysOf({ causes }: Pick<Verdict, "causes">): string {
  return causes
    .map(({ type, source }) => canonicalize([type, source]))
    .sort()
    .join(" ");
}

/** A card expires when the answering rule says so, as seen from its opening; a look at the world took some of that time. */
const TOLERANCE: Millis = 60_000;

/** Whether a card would wait as long today as it was given then; the difference otherwise. */
export function expiryAgain(
  { at, data }: EntryOf<"card.opened">,
  { expiresIn, ruleId }: Verdict,
): Difference | undefined {
  const given = data.expiresAt === undefined ? undefined : data.expiresAt - Date.parse(at);
  const wanted = expiresIn === undefined ? undefined : periodMs(expiresIn);
  const isSame =
    given === undefined || wanted === undefined
      ? given === wanted
      : Math.abs(given - wanted) <= TOLERANCE + wanted / 10;
  if (isSame) return undefined;
  const words = (period: Millis | undefined) =>
    period === undefined ? "wait until somebody answers" : `wait ${Math.round(period / 1_000)} s`;
  return {
    recorded: words(given),
    now: words(wanted),
    why: `the rule ${ruleId} says how long`,
    rules: { was: ruleId, is: ruleId },
  };
}
