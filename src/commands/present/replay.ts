import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** One decision that would be another today. */
interface Differing {
  seq: number;
  kind: string;
  callId?: string;
  tool?: string;
  recorded: string;
  now: string;
  why: string;
  rules?: { was: string; is: string };
}

const LONGEST = 200;

/** A decision that would be another one, in lines. */
export function differenceLines({ seq, kind, callId, tool, recorded, now, why, rules }: Differing): string[] {
  const call = [callId, tool].filter((word) => word !== undefined).join(" ");
  const named = rules === undefined || rules.was === rules.is ? "" : `  ${rules.was} → ${rules.is}`;
  return [
    `${String(seq).padStart(6)}  ${kind}${call === "" ? "" : `  ${oneLine(call, LONGEST)}`}${oneLine(named, LONGEST) === "" ? "" : `  ${oneLine(named, LONGEST)}`}`,
    `        recorded  ${oneLine(recorded, LONGEST)}`,
    `        now       ${oneLine(now, LONGEST)}`,
    `        because   ${oneLine(why, LONGEST)}`,
  ];
}

/** How a replay went, in one sentence or two. */
export function replaySummary({
  points,
  assumed,
}: {
  points: readonly { result: "same" | "differs" }[];
  assumed: readonly string[];
}): string {
  const differing = points.filter(({ result }) => result === "differs").length;
  const decisions = plural(points.length, "decision");
  const head =
    differing === 0
      ? `${decisions}, and every one would be the same.`
      : `${decisions}, and ${differing} would be ${differing === 1 ? "another" : "others"}.`;
  return assumed.length === 0 ? head : `${head} Assumed: ${assumed.join("; ")}.`;
}
