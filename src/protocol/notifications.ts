import * as z from "zod";
import { deltaSchema } from "./delta.ts";
import { entrySchema } from "./entries.ts";

/** What the helper says without being asked, to those that follow. */
export const notifications = {
  "entries.added": z.object({ subscription: z.string(), entries: z.array(entrySchema) }),
  delta: z.object({ subscription: z.string(), delta: deltaSchema }),
  /** A turn cannot go on for now (full disk, …); it is still open and is tried again. */
  "turn.stalled": z.object({
    subscription: z.string(),
    session: z.string(),
    turn: z.string(),
    code: z.string(),
    message: z.string(),
  }),
} as const;
export type NotificationName = keyof typeof notifications;
export type NotificationOf<N extends NotificationName> = z.output<(typeof notifications)[N]>;
