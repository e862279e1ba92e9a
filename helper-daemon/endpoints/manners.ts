import type { EndpointProfile } from "../../src/protocol/config.ts";
import { isShallow } from "../../src/protocol/shallow-json.ts";
import type { Json } from "../../src/protocol/values.ts";
import type { BadStatus } from "./bad-status.ts";

/** What a server wants otherwise than most do. */
type Manner = "max-completion-tokens" | "no-stream-options" | "no-cache-control";
export type Manners = ReadonlySet<Manner>;

/** What a refusal says where a server wants it otherwise. */
const WORDS: readonly [Manner, RegExp][] = [
  ["max-completion-tokens", /max_completion_tokens/],
  ["no-stream-options", /stream_options|include_usage/],
  ["no-cache-control", /cache_control/],
];

const NONE: Manners = new Set();
const MAX_KNOWN = 256;
const known = new Map<string, Manners>();

/** What is known of a model at its address; forgotten when the helper stops. */
export function mannersOf({ url }: EndpointProfile, model: string): Manners {
  return known.get(JSON.stringify([url, model])) ?? NONE;
}

/** Learns from a refusal. Whether there was anything new in it, so that asking again makes sense. */
export function learnManners(profile: EndpointProfile, model: string, refusal: BadStatus): boolean {
  if (refusal.status !== 400 && refusal.status !== 422) return false;
  const { body } = refusal;
  // A value nested thousands deep would overflow the stack.
  const text = isShallow(body as Json) ? JSON.stringify(body) : "";
  const manners = mannersOf(profile, model);
  const learnt = WORDS.filter(([manner, words]) => !manners.has(manner) && words.test(text));
  if (learnt.length === 0) return false;
  const [oldest] = known.keys();
  if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(JSON.stringify([profile.url, model]), new Set([...manners, ...learnt.map(([manner]) => manner)]));
  return true;
}
