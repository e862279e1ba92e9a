import { LocalStorage } from "@raycast/api";
import { type LastTurn, parseLastTurn } from "./present/last-turn.ts";

const KEY = "last-turn";

/** The turn that Ask followed last in this home. */
export async function readLastTurn(home: string): Promise<LastTurn | undefined> {
  return parseLastTurn(await LocalStorage.getItem<string>(KEY), home);
}

/** Keeps a turn as the one to return to. */
export async function keepLastTurn(last: LastTurn): Promise<void> {
  await LocalStorage.setItem(KEY, JSON.stringify(last));
}
