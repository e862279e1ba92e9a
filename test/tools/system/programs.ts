import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "../world.ts";

/** Programs of the test's own, on a PATH where there are no others, that write down how they were called. */
export interface Programs {
  /** Adds a program. `script`: more that it does, as lines of shell with the system's own programs. */
  add(name: string, script?: string): Promise<void>;
  /** Arguments and standard input of each call of a program. */
  calls(name: string): Promise<{ args: string[]; input: string }[]>;
}

/** Gives a world such a PATH. */
export async function programs(world: World, environment: Record<string, string> = {}): Promise<Programs> {
  const folder = join(world.place.home, "programs");
  await mkdir(folder);
  world.place.environment = { PATH: folder, HOME: world.place.home, ...environment };
  return {
    async add(name, script = "") {
      const path = join(folder, name);
      const record = join(folder, `${name}.calls`);
      // One file each for a call's arguments and input, which may hold anything.
      const lines = [
        "#!/bin/sh",
        `PATH=/usr/bin:/bin; call=$(mktemp -d "${record}.XXXXXX")`,
        'for one in "$@"; do printf "%s\\0" "$one" >> "$call/args"; done',
        'cat > "$call/input"',
        `echo "$call" >> "${record}"`,
        script,
      ];
      await writeFile(path, `${lines.join("\n")}\n`);
      await chmod(path, 0o755);
    },
    async calls(name) {
      const list = await readFile(join(folder, `${name}.calls`), "utf8").catch(() => "");
      return Promise.all(
        list
          .split("\n")
          .slice(0, -1)
          .map(async (call) => ({
            args: (await readFile(join(call, "args"), "utf8").catch(() => "")).split("\0").slice(0, -1),
            input: await readFile(join(call, "input"), "utf8"),
          })),
      );
    },
  };
}
