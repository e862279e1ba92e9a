import * as z from "zod";

/** How long a session is kept: `always`, for so many days after its last change, or as the config says. */
export const keepSchema = z.union([
  z.literal("always"),
  z.literal("default"),
  z.strictObject({ days: z.number().int().min(1).max(36_500) }),
]);
export type Keep = z.infer<typeof keepSchema>;
