import { literalGlob } from "../../src/agent/policy/literal-glob.ts";
import type { Attachment } from "../../src/protocol/attachment.ts";
import type { EntryDraft } from "../../src/protocol/entries.ts";
import type { Rule, RuleCondition } from "../../src/protocol/values.ts";
import type { Codec, From } from "./codec.ts";

/** A draft as it is kept: with placeholders. Words of the world come in here; those of models were replaced before. */
export function redactDraft(draft: EntryDraft, codec: Codec): EntryDraft {
  const whole = (from: From) => ({ ...draft, data: codec.json<object>(draft.data, from, "ours") }) as EntryDraft;
  switch (draft.kind) {
    case "turn.started": {
      // What names the bytes looks like a key.
      const { attachments, ...rest } = draft.data;
      const data = codec.json(rest, "world", "ours");
      if (attachments === undefined) return { ...draft, data };
      const said = ({ blob, ...one }: Attachment) => ({ ...codec.json(one, "world", "ours"), blob });
      return { ...draft, data: { ...data, attachments: attachments.map(said) } };
    }
    case "session.created":
    case "turn.stopping":
    case "compaction.asked":
    case "card.resolved":
      return whole("world");
    case "state.changed": {
      // Names of routines are what they are found by.
      const { data } = draft;
      const { key } = data;
      const changed = codec.json(data, "world", "ours");
      return { ...draft, data: data.store === "routine" ? { ...changed, key } : changed };
    }
    case "session.forked": {
      const { title } = draft.data;
      return title === undefined ? draft : { ...draft, data: { ...draft.data, title: codec.text(title, "world") } };
    }
    case "note.added":
      return whole(draft.data.from === "person" ? "world" : "ours");
    case "epoch.opened": {
      // Memory comes in here, and tools of other programs: what has become known meanwhile may stand bare in either.
      const { system, memoryBytes, tools, ...rest } = draft.data;
      const redacted = codec.text(system, "model");
      const notes = memoryBytes === undefined ? {} : { memoryBytes: redactedBytes(system, memoryBytes, codec) };
      const fresh = { system: redacted, ...notes, tools: codec.json(tools, "model", "ours") };
      return { ...draft, data: { ...codec.json(rest, "ours", "ours"), ...fresh } };
    }
    case "tool.decided": {
      const { facts, ...rest } = draft.data;
      const data = { ...codec.json(rest, "ours", "ours"), facts: codec.json(facts, "world", "ours") };
      return { ...draft, data };
    }
    case "card.opened": {
      const { question, ...rest } = draft.data;
      const data = { ...codec.json(rest, "ours", "ours"), question: codec.json(question, "world", "ours") };
      return { ...draft, data };
    }
    case "rule.added":
    case "rule.removed": {
      const rule = {
        ...codec.json(draft.data.rule, "model", "ours"),
        when: redactedCondition(draft.data.rule.when, codec),
      };
      return { ...draft, data: { ...draft.data, rule } };
    }
    default:
      return whole("ours");
  }
}

/** How long the end of a text of so many bytes is with placeholders. */
function redactedBytes(text: string, bytes: number, codec: Codec): number {
  const end = Buffer.from(text).subarray(-bytes).toString("utf8");
  return Buffer.byteLength(codec.text(end, "model"));
}

/** A grant's globs match exactly one text, with escapes that would hide what is private. */
function redactedCondition(when: RuleCondition, codec: Codec): RuleCondition {
  const { path, domain, window, control, ...rest } = when;
  const change = (glob: string) => {
    const text = glob.replace(/\\([\\*?[\]{}()!+@|"])/g, "$1");
    const next = codec.text(text, "model");
    return next === text ? glob : literalGlob(next);
  };
  return { ...codec.json(rest, "model", "ours"), ...mapGlobs({ path, domain, window, control }, change) };
}

/** Globs with every one changed; keys that are absent stay so. */
function mapGlobs(
  { control, ...when }: Pick<RuleCondition, "path" | "domain" | "window" | "control">,
  change: (glob: string) => string,
): RuleCondition {
  const mapped = (globs: string | string[]) => (typeof globs === "string" ? change(globs) : globs.map(change));
  const all = <Key extends string>(keyed: { [K in Key]?: string | string[] }) => {
    const given = Object.entries<string | string[] | undefined>(keyed);
    return Object.fromEntries(given.flatMap(([key, globs]) => (globs === undefined ? [] : [[key, mapped(globs)]])));
  };
  return { ...all(when), ...(control === undefined ? {} : { control: all(control) }) };
}

/** A rule with real values again; in globs, each stands for itself. */
export function restoreRule(rule: Rule, restore: (text: string) => string, restoreAll: <T>(value: T) => T): Rule {
  const { path, domain, window, control, ...rest } = rule.when;
  const globs = mapGlobs({ path, domain, window, control }, (glob) => restore(glob));
  return { ...restoreAll(rule), when: { ...restoreAll(rest), ...globs } };
}
