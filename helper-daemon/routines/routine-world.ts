import type { ParsedParamsOf } from "../../src/protocol/requests.ts";
import type { Millis, SessionId, TurnId } from "../../src/protocol/values.ts";
import type { Hub } from "../hub.ts";
import type { Log } from "../logs.ts";
import type { Store } from "../store/open-store.ts";
import type { Effective, Turns } from "../turns.ts";

/** What routines are made from. */
export interface RoutineWorld {
  /** With real values. */
  store: Store;
  hub: Hub;
  log: Log;
  turns: Pick<Turns, "wake" | "cancel">;
  /** What a turn works with. @throws LoopdError where it could not be. */
  effective(request: ParsedParamsOf<"turn.submit">): Promise<Effective>;
  /** Names this boot of the machine. */
  boot: string;
  /** The person's home folder, where a routine works that names no folder. */
  person: string;
  /** Names of the person's logins that last; undefined where nobody can tell just now. */
  logins(boot: string): Promise<string[] | undefined>;
  now(): Millis;
  /** Tells the person outside of every face. Never throws, and is not waited for. */
  notify(title: string, text: string): void;
}

/** A turn of a routine. */
export interface RoutineTurn {
  session: SessionId;
  turn: TurnId;
}
