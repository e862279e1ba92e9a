import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of array buffers that somebody still holds. When the rest is collected is the engine's choice, so it is done here. */
export function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}
