import type { Check } from "../../protocol/requests.ts";
import { styled } from "./print.ts";

const SIGNS = { ok: "ok", warning: "!!", failed: "no" } as const;
const COLOURS = { ok: "green", warning: "yellow", failed: "red" } as const;

/** A finding as one line, with a second one that says how to mend it. */
export function findingWords({ name, state, detail, mend }: Check): string {
  const sign = styled(COLOURS[state], SIGNS[state], process.stdout);
  const line = `${sign}  ${name}: ${detail.replace(/\s*\n\s*/g, " ")}`;
  return mend === undefined || state === "ok" ? line : `${line}\n    mend it: ${mend}`;
}
