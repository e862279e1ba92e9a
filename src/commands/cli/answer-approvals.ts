import { Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { asLoopdError, exitCodeOf } from "../../protocol/errors.ts";
import type { CardRow, ParamsOf } from "../../protocol/requests.ts";
import { periodSchema } from "../../protocol/period.ts";
import { listCards } from "../list-cards.ts";
import { cardSummary } from "../present/call.ts";
import { answeredBy } from "./card-desk.ts";
import { offerText } from "./card-output.ts";
import { ExitWith, sayFailure, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { print, printJson } from "./print.ts";

/** Which approvals a person answers, and how far an approval reaches. */
export interface AnswerOptions {
  all?: boolean;
  /** Any card of the step. */
  step?: string;
  scope?: "once" | "session" | "always";
  /** How long the approval holds. */
  for?: string;
  /** What an approval for longer covers. */
  reach?: "same" | "app";
  reason?: string;
  json?: boolean;
}

/** Answers that are under way together, in their order: each alone would wait for what the one before it set off. */
const AT_ONCE = 100;

type Resolve = Omit<ParamsOf<"card.resolve">, "cardId" | "by">;

/**
 * Gives the same answer to approvals that are named by id, to those of a step, or to all, and says of each what became of
 * it. One that cannot be answered does not keep the others from being answered.
 * @throws LoopdError `usage`; `ExitWith` the exit code of the first failure.
 */
export async function answerApprovals(ids: readonly string[], options: AnswerOptions, resolve: Resolve): Promise<void> {
  const { all, step, scope } = options;
  const ways = [ids.length > 0, all === true, step !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    throw usage(
      "Name the approvals by id, or all of them with --all, or those of a step with --step; see loopd approvals list.",
    );
  }
  if (ids.length === 0 && scope === "always")
    throw usage(
      `--${step === undefined ? "all" : "step"} never goes with --scope always: a lasting rule needs a look at each.`,
    );
  throw new ExitWith(
    await withHelper((connection) =>
      step === undefined
        ? answerEach(connection, ids, options, resolve)
        : answerStep(connection, step, options, resolve),
    ),
  );
}

/** The period after `--for`. @throws LoopdError `usage`. */
export function periodOption(text: string): string {
  if (periodSchema.safeParse(text).success) return text;
  throw usage(`--for takes a time such as 90s, 30m, 24h or 7d, not "${text}".`);
}

/** What an approval for longer covers: the very same, or for a call about a window all that its application shows. */
export function reachOption(): Option {
  const words = "what a wider scope covers: the same, or reading and using whatever its application shows";
  return new Option("--reach <reach>", words).choices(["same", "app"]).default("same");
}

async function answerEach(
  { request }: Connection,
  ids: readonly string[],
  options: AnswerOptions,
  resolve: Resolve,
): Promise<number> {
  const cardIds = ids.length > 0 ? ids : (await pendingApprovals(request)).map(({ approvalId }) => approvalId);
  if (cardIds.length === 0) say("Nothing waits for you.", options);
  const resolved: CardRow[] = [];
  let worst = 0;
  const answer = (cardId: string) => request("card.resolve", { ...resolve, cardId, by: answeredBy() });
  for (let start = 0; start < cardIds.length; start += AT_ONCE) {
    for (const ended of await Promise.allSettled(cardIds.slice(start, start + AT_ONCE).map(answer))) {
      if (ended.status === "rejected") {
        worst = fail(asLoopdError(ended.reason), options, worst);
        continue;
      }
      const { card } = ended.value;
      resolved.push(card);
      say(`${card.state}: ${cardSummary(card)}`, options);
      const offer = resolve.scope === "once" && card.state === "approved" ? offerText(card) : undefined;
      if (offer !== undefined) say(offer, options);
    }
  }
  if (options.json === true) printJson(resolved);
  return worst;
}

async function answerStep(
  { request }: Connection,
  cardId: string,
  options: AnswerOptions,
  { resolution, scope, holdsFor, reach, reason }: Resolve,
): Promise<number> {
  const pending = await pendingApprovals(request);
  const { cards } = await request("card.resolve-step", {
    ...{ cardId, holdsFor, reach, reason, by: answeredBy() },
    resolution: resolution === "denied" ? "denied" : "approved",
    scope: scope === "session" ? "session" : "once",
  });
  let worst = 0;
  for (const { cardId: id, tool, result, state, resolvedBy, resolvedAt, code = "", message = "" } of cards) {
    const card = pending.find(({ approvalId }) => approvalId === id);
    if (result === "refused") worst = fail({ code, message }, options, worst);
    else if (result === "earlier") say(`already ${state} by ${resolvedBy} at ${resolvedAt}: ${id} (${tool})`, options);
    else say(`${state}: ${card === undefined ? `${id} (${tool})` : cardSummary(card)}`, options);
  }
  if (options.json === true) printJson(cards);
  if (worst !== 0 || cards.some(({ result }) => result === "resolved")) return worst;
  const message = "No approval of this step waits any more. Nothing was changed.";
  return fail({ code: "card-resolved", message }, options, 0);
}

/** Says what went wrong, and gives the exit code: that of the first failure. */
function fail(error: { code: string; message: string }, { json }: AnswerOptions, first: number): number {
  sayFailure(error, json === true ? "json" : "words");
  return first === 0 ? exitCodeOf(error.code) : first;
}

function say(text: string, { json }: AnswerOptions): void {
  if (json !== true) print(text);
}

async function pendingApprovals(request: Connection["request"]): Promise<CardRow[]> {
  return (await listCards(request, {})).filter(({ type }) => type === "approval");
}
