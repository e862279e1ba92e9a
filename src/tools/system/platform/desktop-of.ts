import type { Place } from "../../define-tool.ts";
import { darwinDesktop } from "./darwin.ts";
import type { Desktop } from "./desktop.ts";
import { linuxDesktop } from "./linux.ts";

/** The desktop of the place; undefined where loopd knows none. */
export function desktopOf({
  platform,
  environment,
  home,
}: Pick<Place, "platform" | "environment" | "home">): Desktop | undefined {
  if (platform === "darwin") return darwinDesktop(home);
  return platform === "linux" ? linuxDesktop(environment, home) : undefined;
}
