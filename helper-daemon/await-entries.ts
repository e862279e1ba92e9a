import type { SessionId } from "../src/protocol/values.ts";
import type { Hub } from "./hub.ts";

/** Resolves once somebody records something about a session, or the signal fires; one that has fired before counts not. */
export function awaitEntries(hub: Hub, session: SessionId, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stopListening();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stopListening = hub.listen((event) => {
      if (event.type === "entries" && event.entries.some((entry) => entry.session === session)) end();
    });
    signal.addEventListener("abort", end, { once: true });
  });
}
