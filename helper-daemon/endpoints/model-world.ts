import type { Ports } from "../../src/agent/ports.ts";
import { createRehearsalEndpoint } from "../rehearsal/rehearsal-endpoint.ts";
import { learningFromReplies } from "./learn-from-replies.ts";
import type { ReadBlob } from "./load-images.ts";
import { createModelPort } from "./model-port.ts";
import type { Profiles } from "./profiles.ts";
import { createWindowLooks, type WindowLooks } from "./window-looks.ts";

/** The loop's way to every model, and what has to be known of one before it is asked. */
export interface ModelWorld {
  model: Ports["model"];
  /** Finds out how large a model's window is, as far as that can be asked in a second. */
  look: WindowLooks["look"];
  close(): Promise<void>;
}

/** Joins the endpoints of a home, and the rehearsal model, to the loop. */
export function createModelWorld({ profiles, readBlob }: { profiles: Profiles; readBlob: ReadBlob }): ModelWorld {
  const rehearsal = createRehearsalEndpoint();
  const looks = createWindowLooks(profiles);
  const model = createModelPort({
    resolve: async (name) => (await rehearsal.resolve(name)) ?? profiles.resolve(name),
    limits: () => profiles.config().limits,
    readBlob,
    priceOf: profiles.priceOf,
  });
  return {
    model: learningFromReplies(model, { ...profiles, looks }),
    look: looks.look,
    close: () => rehearsal.close(),
  };
}
