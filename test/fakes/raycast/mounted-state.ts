import React, { type Dispatch, useCallback, useLayoutEffect, useReducer, useRef, useState } from "react";

/**
 * React as a command gets it: setting the state of a component that is gone calls `complain`. React itself says nothing
 * about it any more, and it is how work shows that nobody stopped.
 */
export function watchedReact(complain: (text: string) => void): typeof React {
  const watch = <T extends Dispatch<never>>(dispatch: T): T => {
    const isGone = useRef(false);
    useLayoutEffect(() => {
      isGone.current = false;
      return () => void (isGone.current = true);
    }, []);
    return useCallback(
      ((action: never) => {
        if (isGone.current) complain("The state of a component was set after it was unmounted.");
        else dispatch(action);
      }) as T,
      [dispatch],
    );
  };
  const watched = {
    useState: (initial?: unknown) => {
      const [state, set] = useState(initial);
      return [state, watch(set as Dispatch<never>)];
    },
    useReducer: (...values: [never, never]) => {
      const [state, dispatch] = useReducer(...values);
      return [state, watch(dispatch as Dispatch<never>)];
    },
  };
  return { ...React, ...watched } as unknown as typeof React;
}
