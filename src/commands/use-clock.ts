import { useEffect, useState } from "react";
import type { Millis } from "../protocol/values.ts";

/** The time, in milliseconds since the Unix epoch, renewed every second while something runs. */
export function useClock(state: "running" | "stopped"): Millis {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (state === "stopped") return;
    const interval = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(interval);
  }, [state]);
  return now;
}
