import { Problem } from "../../problem.ts";
import type { Target } from "./bus.ts";
import type { Outline } from "./cached.ts";
import { readChildren } from "./children.ts";
import { chainOf, readElement } from "./element.ts";
import type { Look } from "./look.ts";

const MOST_LEVELS = 12;
const MOST_ELEMENTS = 400;

/**
 * The elements of the window that an element is in, level by level from the window itself, below those that `isEntered` takes.
 * Ends once about 400 elements were read, so what is asked for may be in it all the same.
 */
export async function* levelsOf(
  look: Look,
  target: Target,
  isEntered: (outline: Outline) => boolean,
): AsyncGenerator<readonly Outline[]> {
  const root = await readElement(look, (await chainOf(look, target)).at(-1) ?? target);
  let level = root instanceof Problem ? [] : [root];
  let read = level.length;
  for (let depth = 0; depth < MOST_LEVELS && level.length > 0; depth++) {
    yield level;
    if (read >= MOST_ELEMENTS) return;
    const next = await Promise.all(level.filter(isEntered).map((outline) => childrenOf(look, outline)));
    level = next.flat();
    read += level.length;
  }
}

/** The children of an element as they are now, as many as one element may have. */
export async function childrenOf(look: Look, outline: Outline): Promise<Outline[]> {
  const fresh = await readElement(look, outline.target);
  if (fresh instanceof Problem) return [];
  const { children } = await readChildren(look, fresh, undefined);
  const read = await Promise.all(children.map((child) => readElement(look, child)));
  return read.flatMap((each) => (each instanceof Problem ? [] : [each]));
}
