import { spawnSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { type Desktop, startDesktop } from "./desktop.ts";
import { PYTHON } from "./program.ts";

/** A desktop for the test that runs, ended with it. */
export async function openDesktop(): Promise<Desktop> {
  const desktop = await startDesktop();
  onTestFinished(desktop.close);
  return desktop;
}

/** Whether a program that these tests need is missing; with a line that says so. With LOOPD_CI=1 that is an error. */
export function isSkipped(...programs: string[]): boolean {
  const all = ["Xvfb", "dbus-daemon", "xdotool", ...programs];
  const missing = all.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  for (const version of ["3.0", "4.0"]) if (!hasGtk(version)) missing.push(`python3-gi and gir1.2-gtk-${version}`);
  if (missing.length === 0) return false;
  const what = `these tests of the screen need ${missing.join(", ")}; see scripts/apps.mjs`;
  if (process.env["LOOPD_CI"] === "1") throw new Error(what);
  console.warn(`skipped: ${what}`);
  return true;
}

function hasGtk(version: string): boolean {
  const script = `import gi; gi.require_version("Gtk", "${version}")`;
  return spawnSync(PYTHON, ["-c", script]).status === 0;
}
