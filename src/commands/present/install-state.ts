import type { InstallRecord, InstallResult } from "../../protocol/install.ts";
import { compareVersions } from "./versions.ts";

/** What there is of an installation at a moment. */
export interface Installation {
  /** Version of the helper that comes with this extension; undefined where it has none. */
  own: string | undefined;
  /** Version that the system keeps; undefined where it keeps none. */
  installed: string | undefined;
  /** How the last installation went, or goes. */
  record: InstallRecord | undefined;
  /** Whether the process of a record that says `running` is there. */
  isAlive: boolean;
}

/** What kept an installation from going on. */
export type InstallError = NonNullable<InstallResult["error"]>;

/** How it stands with the helper of a home. */
export type InstallState =
  | { type: "none" }
  | { type: "running" }
  /** Its process is gone: the next one completes it. */
  | { type: "cut-short" }
  | { type: "failed"; error: InstallError }
  | { type: "installed"; version: string }
  /** The extension brings a newer one. */
  | { type: "outdated"; version: string; own: string }
  /** The extension brings an older one, which may not read what the newer one wrote. */
  | { type: "newer"; version: string; own: string };

/**
 * How it stands. `refusal` is what kept the installation that was asked for here from beginning; it counts until another
 * one has begun.
 */
export function installState(installation: Installation, refusal: InstallError | undefined): InstallState {
  const { own, installed, record, isAlive } = installation;
  if (record?.state === "running") return { type: isAlive ? "running" : "cut-short" };
  if (refusal?.reason === "newer" && installed !== undefined && own !== undefined) {
    return { type: "newer", version: installed, own };
  }
  if (refusal !== undefined) return { type: "failed", error: refusal };
  const order = installed === undefined || own === undefined ? "same" : compareVersions(installed, own);
  if (installed !== undefined && own !== undefined && order === "newer") {
    return { type: "newer", version: installed, own };
  }
  if (record?.state === "failed") {
    const { code = "install-failed", message = "It did not say why.", ...more } = record.result?.error ?? {};
    return { type: "failed", error: { code, message, ...more } };
  }
  if (installed === undefined) return { type: "none" };
  if (own !== undefined && order === "older") return { type: "outdated", version: installed, own };
  return { type: "installed", version: installed };
}
