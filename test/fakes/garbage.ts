import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/**
 * Bytes of array buffers that somebody still holds. When the rest is collected is the engine's choice, so it is done here:
 * twice, since a thread of its own frees what was found, and only the next collection waits for that.
 */
export function heldBytes(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}
