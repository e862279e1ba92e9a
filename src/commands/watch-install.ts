import { useCallback, useEffect, useState } from "react";
import type { Millis } from "../protocol/values.ts";
import { readInstallation } from "./installer.ts";
import type { Installation } from "./present/install-state.ts";
import { helperProgram } from "./raycast-helper.ts";

/** Between two looks: while an installation is under way, and else, since another face may begin one. */
const PAUSES: Readonly<Record<"busy" | "idle", Millis>> = { busy: 250, idle: 2_000 };

/** How the helper is installed, for as long as the view is open; undefined before the first look. `look` looks at once. */
export function useInstallation(): { installation: Installation | undefined; look: () => Promise<void> } {
  const [installation, setInstallation] = useState<Installation>();
  const look = useCallback(async () => {
    const found = await readInstallation(helperProgram());
    setInstallation((known) => (JSON.stringify(known) === JSON.stringify(found) ? known : found));
  }, []);
  const pause = installation?.record?.state === "running" ? PAUSES.busy : PAUSES.idle;
  useEffect(() => {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const next = async () => {
      await look();
      if (!isOver) timer = setTimeout(() => void next(), pause);
    };
    void next();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [look, pause]);
  return { installation, look };
}
