import * as z from "zod";

/** Who may call a method: a face (a person's program) or a running tool. Cards, rules and endpoints refuse tools. */
export type Caller = "face" | "tool";
export const FACE = ["face"] as const;
export const TOOL = ["tool"] as const;
export const BOTH = ["face", "tool"] as const;

/** One method of the socket: what it takes, what it answers, who may call it. */
export const method = <P extends z.ZodType, R extends z.ZodType, const C extends readonly Caller[]>(
  params: P,
  result: R,
  callers: C,
) => ({ params, result, callers });

export const none = z.object({});
/** Text that is not empty: an id, a name. */
export const text = z.string().min(1);
export const limit = z.number().int().min(1).max(1000).default(100);
/** Ids of the turns that a method was about. */
export const turnIds = z.object({ turns: z.array(z.string()) });
