import type { Entry, EntryData } from "../../protocol/entries.ts";
import { sessionOverridesSchema } from "../../protocol/overrides.ts";
import { callSummary } from "./call.ts";
import { chosenWords, overrideLines } from "./overrides.ts";
import { byteSize, count, duration, exactly, plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";
import { textOf } from "./turn-progress.ts";

const LONGEST = 140;

/** What an entry says, in one line without its kind. */
export function entryGist(entry: Entry): string {
  return oneLine(words(entry), LONGEST);
}

/** What a hook did, or how it failed. */
function hookWords({ hook, at, change, verdict, text, failure }: EntryData<"hook.applied">): string {
  const said = failure === undefined ? text : `it failed: ${failure}`;
  const what = typeof verdict === "string" ? verdict : change;
  return `${hook} at ${at}: ${what}${said === undefined ? "" : `: ${said}`}`;
}

function words(entry: Entry): string {
  switch (entry.kind) {
    case "session.created": {
      const { title, workspace, from } = entry.data;
      const whose = from === undefined ? "" : `, a delegate of session ${from.session} for call ${from.callId}`;
      return `${title} in ${workspace}${whose}`;
    }
    case "session.forked":
      return `from ${entry.data.from} at ${entry.data.at}${entry.data.title === undefined ? "" : `: ${entry.data.title}`}`;
    case "session.cleared":
      return `by ${entry.data.by}: the model begins anew`;
    case "epoch.opened":
      return epochWords(entry.data);
    case "epoch.skipped":
      return `${entry.data.reason}: ${entry.data.why}${spentWords(entry.data.spent)}`;
    case "compaction.asked":
      return `by ${entry.data.by}${entry.data.note === undefined ? "" : `: ${entry.data.note}`}`;
    case "request.failed":
      return `${entry.data.code}: ${entry.data.message}`;
    case "warning.raised":
      return `${entry.data.code}: ${entry.data.text}`;
    case "turn.started":
      return startWords(entry.data);
    case "note.added":
      return `${entry.data.from}: ${entry.data.text}`;
    case "request.sent": {
      const { purpose, model, bytes, reusedBytes, brokenBy } = entry.data;
      const broken = brokenBy === undefined ? "" : `, prefix broken by ${brokenBy}`;
      return `${purpose} to ${model}: ${count(bytes)} bytes, ${count(reusedBytes)} reused${broken}`;
    }
    case "model.responded": {
      const { content, stopReason, usage } = entry.data;
      const tokens = usage === undefined ? "" : `, ${count(usage.inputTokens)} → ${count(usage.outputTokens)} tokens`;
      const calls = content.flatMap((block) => (block.type === "tool_use" ? [block.name] : []));
      return `${stopReason}${tokens}${calls.length > 0 ? `, calls ${calls.join(", ")}` : ""}: ${textOf(content)}`;
    }
    case "tool.requested":
      return callSummary(entry.data.name, entry.data.arguments);
    case "hook.applied":
      return hookWords(entry.data);
    case "tool.decided": {
      const { decision, ruleId, causes, reason } = entry.data;
      const why = causes.map(({ type, source }) => `${type} ${source}`).join(", ");
      return `${decision} by ${ruleId}${why === "" ? "" : `, because of ${why}`}${reason === undefined ? "" : `: ${reason}`}`;
    }
    case "tool.late":
      return `${entry.data.callId} came back ${duration(entry.data.durationMs)} after it began, too late: ${entry.data.outcome}`;
    case "card.opened": {
      const { type, cardId, question } = entry.data;
      return `${type} ${cardId}${question === undefined ? "" : ` from ${question.from}: ${question.text}`}`;
    }
    case "card.resolved": {
      const { cardId, resolution, by, reason, answer } = entry.data;
      const said = reason ?? (answer === undefined ? "" : JSON.stringify(answer));
      return `${cardId} ${resolution} by ${by}${said === "" ? "" : `: ${said}`}`;
    }
    case "tool.started":
      return `${entry.data.callId}, attempt ${entry.data.attempt}, at most ${duration(entry.data.timeLimitMs)}`;
    case "tool.spawned":
      return `${entry.data.callId} is process ${entry.data.pid}`;
    case "tool.finished": {
      const { name, outcome, durationMs, text, content = [] } = entry.data;
      const parts = content.map((part) =>
        part.type === "structured" ? "data" : `${part.type} of ${byteSize(part.bytes)}`,
      );
      const beside = parts.length === 0 ? "" : ` with ${parts.join(", ")}`;
      return `${name} ${outcome} after ${duration(durationMs)}${beside}: ${text}`;
    }
    case "rule.added":
    case "rule.removed":
      return `${entry.data.rule.id}: ${entry.data.rule.decision} ${JSON.stringify(entry.data.rule.when)}`;
    case "state.changed":
      return stateWords(entry.data);
    case "session.deleted": {
      const { sessions, by, forks = [] } = entry.data;
      const shared = forks.length === 0 ? "" : `, but for what ${forks.join(", ")} shares`;
      return `${sessions.join(", ")} by ${by}${shared}`;
    }
    case "turn.stopping":
      return `${entry.data.by}${entry.data.why === "" ? "" : `: ${entry.data.why}`}`;
    case "turn.finished": {
      const { finish, error, text, repairs = {} } = entry.data;
      const mended = Object.entries(repairs).map(([name, times]) => `${times} ${name}`);
      const why = error === undefined ? "" : ` (${error.code}: ${error.message})`;
      return `${finish}${why}${mended.length === 0 ? "" : `, mended ${mended.join(", ")}`}: ${text}`;
    }
  }
}

/** `user asks m at e in openai (turn: tools; session: note): …` */
function startWords(data: EntryData<"turn.started">): string {
  const { origin, input, provenance, attachments = [] } = data;
  const chosen = chosenWords(provenance);
  const files = attachments.length === 0 ? "" : ` with ${plural(attachments.length, "attachment")}`;
  return `${origin} asks ${whom(data)}${files}${chosen === "" ? "" : ` (${chosen})`}: ${input}`;
}

/** `m at e in openai`. */
function whom({ model, endpoint, dialect }: { model: string; endpoint: string; dialect?: string }): string {
  return `${model} at ${endpoint}${dialect === undefined ? "" : ` in ${dialect}`}`;
}

/** `window, 3,310 → 1,940 tokens: m at e, 8 tools, keeps all from message 12 on, with a summary, …` */
function epochWords(data: EntryData<"epoch.opened">): string {
  const { reason, tools, keeps, keepsFrom, stubs = [], summary, unsummarised, spent } = data;
  const { memoryBytes = 0, tokensBefore, tokensAfter } = data;
  const isSmaller = tokensBefore !== undefined && tokensAfter !== undefined;
  return [
    `${reason}${isSmaller ? `, ${exactly(tokensBefore)} → ${exactly(tokensAfter)} tokens` : ""}: ${whom(data)}`,
    plural(tools.length, "tool"),
    ...(memoryBytes === 0 ? [] : [`${byteSize(memoryBytes)} of notes`]),
    keepsWords(keeps, keepsFrom),
    ...(summary === undefined ? [] : ["with a summary"]),
    ...(unsummarised === undefined ? [] : [`no new summary: ${unsummarised}`]),
    ...(stubs.length === 0 ? [] : [`${plural(stubs.length, "result")} shortened`]),
  ]
    .join(", ")
    .concat(spentWords(spent));
}

function keepsWords(keeps: EntryData<"epoch.opened">["keeps"], from: number | undefined): string {
  if (keeps === undefined) return "keeps nothing of what was said";
  const what = `keeps all ${from === undefined ? "of what was said" : `from message ${from} on`}`;
  return keeps === "all" ? what : `${what}, without thinking`;
}

function spentWords(spent: EntryData<"epoch.skipped">["spent"]): string {
  return spent === undefined || spent.tokens === 0 ? "" : `, for ${exactly(spent.tokens)} tokens`;
}

/** `file /w/a.txt changed`, `session colour = "red"`. */
function stateWords({ store, key, before, after }: EntryData<"state.changed">): string {
  if (store === "overrides") {
    const lines = overrideLines(sessionOverridesSchema.safeParse(after ?? {}).data ?? {});
    return `for every turn: ${lines.join("; ") || "nothing"}`;
  }
  if (after === undefined || after === null) return `${store} ${key} removed`;
  if (store === "session") return `${store} ${key} = ${JSON.stringify(after)}`;
  return `${store} ${key} ${before === undefined || before === null ? "created" : "changed"}`;
}
