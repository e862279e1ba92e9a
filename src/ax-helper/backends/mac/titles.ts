import { plainName } from "../../actions/plain-name.ts";
import { Problem } from "../../problem.ts";
import type { Deed } from "./deed.ts";

/**
 * Does what names items of menus. `loopd-screen` takes titles as they stand there, and tells those that there are when it finds
 * none: one that people would take for the same is tried then.
 */
export async function byTitles(
  titles: readonly string[],
  act: (titles: string[]) => Promise<Deed | Problem>,
): Promise<Deed | Problem> {
  const wanted = [...titles];
  const replaced = new Set<number>();
  for (;;) {
    const deed = await act(wanted);
    if (!(deed instanceof Problem) || deed.code !== "not-found") return deed;
    const choices = deed.choices ?? [];
    const same = (title: string) =>
      choices.find((choice) => choice !== title && plainName(choice) === plainName(title));
    const at = wanted.findIndex((title, index) => !replaced.has(index) && same(title) !== undefined);
    const title = same(wanted[at] ?? "");
    if (title === undefined) return deed;
    replaced.add(at);
    wanted[at] = title;
  }
}
