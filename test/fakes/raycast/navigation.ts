import { createContext, createElement, Fragment, type ReactElement, type ReactNode, useContext } from "react";

/** What `useNavigation` gives to a view. */
export interface Navigation {
  push(component: ReactNode, onPop?: () => void): void;
  pop(): void;
}
interface Screen {
  id: number;
  element: ReactNode;
  onPop?: (() => void) | undefined;
}

const Context = createContext<Navigation | undefined>(undefined);

/** The hook of the API. */
export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === undefined) throw new Error("useNavigation was called outside of a view.");
  return navigation;
}

/** The stack of views of one command. Views below the top stay mounted, as in Raycast. */
export class Screens implements Navigation {
  #stack: Screen[];
  #next = 1;
  readonly #render: (element: ReactElement) => void;

  constructor(first: ReactNode, render: (element: ReactElement) => void) {
    this.#stack = [{ id: 0, element: first }];
    this.#render = render;
  }

  get depth(): number {
    return this.#stack.length;
  }

  push = (element: ReactNode, onPop?: () => void): void => {
    this.#stack = [...this.#stack, { id: this.#next++, element, onPop }];
    this.#render(this.element());
  };

  /** Goes back one view; on the first one it does nothing, as in Raycast. */
  pop = (): void => {
    const top = this.#stack.at(-1);
    if (top === undefined || this.#stack.length === 1) return;
    this.#stack = this.#stack.slice(0, -1);
    this.#render(this.element());
    top.onPop?.();
  };

  element(): ReactElement {
    const screens = this.#stack.map(({ id, element }) => createElement("screen", { key: id }, element));
    return createElement(Context.Provider, { value: this }, createElement(Fragment, null, screens));
  }
}
