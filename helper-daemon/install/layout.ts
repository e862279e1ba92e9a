import { join } from "node:path";

/** What an installation puts into a home. The paths are the same for every version, so that no job's file changes. */
export interface Layout {
  node: string;
  /** On macOS: the program that looks at the screen. */
  screen: string;
  /** Folder of bundles, one folder each. */
  bundles: string;
  /** Link to the bundle that runs. */
  current: string;
  /** Held by whoever changes the installation. */
  lock: string;
  /** How the last installation went, or goes. */
  record: string;
}

/** Where everything of an installation stands in a home. */
export function layoutOf(home: string): Layout {
  return {
    node: join(home, "bin", "node"),
    screen: join(home, "bin", "loopd-screen"),
    bundles: join(home, "helper"),
    current: join(home, "helper", "current"),
    lock: join(home, "run", "install.lock"),
    record: join(home, "run", "install.json"),
  };
}
