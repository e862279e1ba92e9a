import type { Connection } from "../protocol/connect.ts";
import { useLive } from "./use-live.ts";

/** A connection of a view's own. */
export interface HelperLink {
  request: Connection["request"];
  isReconnecting: boolean;
}

/** For a form, which nobody renders anew: it asks over a connection of its own, and sees itself when the helper is away. */
export function useHelperLink(): HelperLink {
  const { state, request } = useLive({ key: "", staleOn: [], load: async () => true });
  return { request, isReconnecting: state.type === "problem" || (state.type === "ready" && state.isReconnecting) };
}
