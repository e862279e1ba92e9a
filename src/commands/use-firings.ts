import { useEffect, useState } from "react";
import { asLoopdError } from "../protocol/errors.ts";
import type { ParamsOf } from "../protocol/requests.ts";
import type { Millis } from "../protocol/values.ts";
import type { Firings } from "./present/firings.ts";
import type { HelperLink } from "./use-helper-link.ts";

/** Pause in typing after which it is looked at. */
const QUIET: Millis = 250;

/** The next five firings of a schedule, looked up whenever it has not been typed on for a moment. */
export function useFirings({ request, isReconnecting }: HelperLink, when: string, zone: string): Firings {
  const [known, setKnown] = useState<{ key: string; firings: Firings }>();
  const said = when.trim();
  const key = `${zone} ${said}`;
  useEffect(() => {
    if (said === "" || isReconnecting) return;
    const given: ParamsOf<"routine.preview"> = { schedule: { when: said }, zone };
    let isWanted = true;
    const show = (firings: Firings) => {
      if (isWanted) setKnown({ key, firings });
    };
    const look = () =>
      request("routine.preview", given).then(
        (preview) => show({ type: "known", ...preview }),
        (error: unknown) => show({ type: "mistake", words: asLoopdError(error).message }),
      );
    const timer = setTimeout(() => void look(), QUIET);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, request, isReconnecting]);
  if (said === "") return { type: "nothing" };
  return known?.key === key && !isReconnecting ? known.firings : { type: "looking" };
}
