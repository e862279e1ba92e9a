import * as z from "zod";
import { routineSchema } from "../../protocol/routine.ts";

const { name, prompt, session, overlap, catchUp } = routineSchema.shape;
const when = z.string().trim().min(1).max(500);
const zone = z.string().trim().min(1).max(100);

/** What a model says of a routine that it adds. */
export const createInput = z.object({
  name,
  prompt,
  when,
  zone: zone.optional(),
  tools: z.array(z.string().min(1).max(200)).max(100).optional(),
  maxSteps: z.number().int().positive().optional(),
  session: session.unwrap().optional(),
  overlap: overlap.unwrap().optional(),
  catchUp: catchUp.unwrap().optional(),
});

/** What it may change of one. */
export const updateInput = createInput.partial().required({ name: true });
/** A routine by its name. */
export const nameInput = z.object({ name: z.string().trim().min(1).max(200) });
