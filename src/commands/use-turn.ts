import { useEffect, useState } from "react";
import { asLoopdError, type LoopdError } from "../protocol/errors.ts";
import type { Millis } from "../protocol/values.ts";
import { type FollowedTurn, followTurn, type TurnEvent, type TurnTarget } from "./follow-turn.ts";
import { addDelta, addEntry, beginProgress, type TurnProgress } from "./present/turn-progress.ts";
import { openForRaycast } from "./raycast-helper.ts";

/** A turn as a view follows it. */
export interface TurnView {
  /** The turn itself, once it is submitted or found. */
  followed: FollowedTurn;
  progress: TurnProgress;
  /** What was asked. */
  input: string | undefined;
  /** Why it cannot go on for now. */
  stalled: string | undefined;
}

/** `error` without `view`: it could not be submitted or found. With it: the helper went away while it was followed. */
export interface TurnFollowing {
  view: TurnView | undefined;
  error: LoopdError | undefined;
}

/** Longest time between an event and its picture. Models stream faster than anybody reads. */
const FRAME: Millis = 50;
const AWAY = "the helper went away; loopd is reconnecting. The turn goes on when it is back.";
const NOTHING: TurnFollowing = { view: undefined, error: undefined };

/** Submits or attaches to a turn and follows it. Unmounting stops following; the turn goes on. */
export function useTurn(target: TurnTarget): TurnFollowing {
  const [following, setFollowing] = useState<TurnFollowing>(NOTHING);
  useEffect(() => {
    let isMounted = true;
    let followed: FollowedTurn | undefined;
    let frame: NodeJS.Timeout | undefined;
    let latest = NOTHING;
    const show = (next: TurnFollowing) => {
      latest = next;
      frame ??= setTimeout(() => {
        frame = undefined;
        setFollowing(latest);
      }, FRAME);
    };
    const follow = async () => {
      followed = await followTurn(target, openForRaycast);
      if (!isMounted) return followed.close();
      const progress = beginProgress(followed.session, followed.turn);
      let view: TurnView = { followed, progress, input: inputOf(target), stalled: undefined };
      show({ view, error: undefined });
      for await (const event of followed) {
        view = { ...view, ...change(view, event) };
        show({ view, error: undefined });
      }
    };
    setFollowing(NOTHING);
    follow().catch((error: unknown) => {
      if (isMounted) show({ view: latest.view, error: asLoopdError(error) });
    });
    return () => {
      isMounted = false;
      clearTimeout(frame);
      followed?.close();
    };
  }, [target]);
  return following;
}

function change({ progress }: TurnView, event: TurnEvent): Partial<TurnView> {
  switch (event.type) {
    case "entry": {
      const { entry } = event;
      const asked = entry.kind === "turn.started" && entry.turn === progress.turn ? { input: entry.data.input } : {};
      return { ...asked, progress: addEntry(progress, entry), stalled: undefined };
    }
    case "delta":
      return { progress: addDelta(progress, event.delta) };
    case "stalled":
      return { stalled: event.message };
    case "away":
      return { stalled: AWAY };
    case "reconnected":
      return { stalled: undefined };
  }
}

function inputOf(target: TurnTarget): string | undefined {
  return target.type === "submit" ? target.request.input : undefined;
}
