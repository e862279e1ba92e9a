import { Alert, confirmAlert, Icon } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";
import { useState } from "react";
import { beginInstall, stopInstall, uninstall } from "./installer.ts";
import { type Installation, type InstallError, installState, type InstallState } from "./present/install-state.ts";
import { helperProgram } from "./raycast-helper.ts";
import { useInstallation } from "./watch-install.ts";
import { withToast } from "./with-toast.ts";

/** The installation as the view shows it, with what a person may do about it. */
export interface Installer {
  /** Undefined before the first look. */
  known: { installation: Installation; state: InstallState } | undefined;
  /** Installs, continues, repairs or updates: it is all the same. */
  begin(): Promise<void>;
  /** Ends an installation that takes too long. */
  stop(): Promise<void>;
  /** Takes it off the machine, after a question. */
  remove(): Promise<void>;
}

/** Watches the installation of this person's helper. One installer process does the work, whether somebody watches or not. */
export function useInstaller(): Installer {
  const { installation, look } = useInstallation();
  const [refusal, setRefusal] = useState<InstallError>();
  const known = installation && { installation, state: installState(installation, refusal) };
  return {
    known,
    begin: async () => {
      setRefusal(undefined);
      const { ok, error } = await beginInstall(helperProgram());
      // One that another face began is watched all the same.
      if (!ok && error?.reason !== "busy") {
        setRefusal(error ?? { code: "install-failed", message: "It did not say why." });
        await showFailureToast(error?.message ?? "", { title: "Nothing Was Installed" });
      }
      await look();
    },
    stop: async () => {
      if (installation !== undefined) await stopInstall(installation);
      await look();
    },
    remove: async () => {
      const isSure = await confirmAlert({
        title: "Uninstall the Helper?",
        message:
          "The login item, the programs and what they run from go. Your sessions, settings, keys and notes stay, and routines do not run until it is installed again.",
        icon: Icon.Trash,
        primaryAction: { title: "Uninstall", style: Alert.ActionStyle.Destructive },
      });
      if (!isSure) return;
      const words = { doing: "Uninstalling…", done: "Uninstalled", failed: "It Could Not Be Uninstalled" };
      await withToast(words, async () => {
        await uninstall(helperProgram());
        return "What is yours stays in its folder.";
      });
      await look();
    },
  };
}
