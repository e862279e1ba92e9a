import type { SessionId } from "../../src/protocol/values.ts";
import type { Place } from "../../src/tools/define-tool.ts";
import type { Redaction } from "./redaction.ts";

/** How far around a part of a long output is looked, so that a value that the cut goes through is known as a whole. */
const MARGIN = 1_024;
/** Where tools cut long output: within so much of its beginning and its end. */
const WINDOW = 64 * 1024;

/**
 * A place whose long outputs are looked through where they are cut: a tool shows only parts of them, and a part of a value
 * tells nothing about what it is a part of.
 */
export function learningPlace(place: Place, redaction: Redaction, session: SessionId): Place {
  const learn = async (name: string, offset: number, length: number): Promise<number> => {
    if (redaction.of(session) === undefined) return 0;
    const part = await place.readBlob(name, offset, length);
    if (part !== undefined) redaction.of(session)?.codec.learn(Buffer.from(part.bytes).toString("utf8"));
    return part?.total ?? 0;
  };
  const learnEnds = async (name: string): Promise<string> => {
    const total = await learn(name, 0, WINDOW);
    if (total > WINDOW) await learn(name, Math.max(WINDOW, total - WINDOW), WINDOW);
    return name;
  };
  const ours: Pick<Place, "saveBlob" | "saveBlobFile" | "readBlob"> = {
    saveBlob: async (bytes) => learnEnds(await place.saveBlob(bytes)),
    saveBlobFile: async (path) => learnEnds(await place.saveBlobFile(path)),
    readBlob: async (name, offset, length) => {
      const from = Math.max(0, offset - MARGIN);
      await learn(name, from, offset - from + length + MARGIN);
      return place.readBlob(name, offset, length);
    },
  };
  // Inherits, because some fields of a place are asked anew each time.
  return Object.assign(Object.create(place) as Place, ours);
}
