import {
  createElement,
  type FunctionComponent,
  isValidElement,
  type ReactNode,
  useImperativeHandle,
  useState,
} from "react";
import { describeMistakes } from "./shapes.ts";
import type { Part, Parts, Surface } from "./surface.ts";

type Props = Record<string, unknown>;
/** Where only the time of a command counts, as Raycast itself looks at nothing: `NODE_ENV=production`. */
const isStrict = process.env["NODE_ENV"] !== "production";
/** Props whose element is kept, not shown: it is mounted when the person gets there. */
const LATER = new Set(["target"]);
/** Type of the tree's node that holds the element of one prop, such as the actions of a Detail. */
export const SLOT = "slot:";

/** Builds every component of the declarations. Wrong props throw while rendering, so the command fails as a whole. */
export function buildComponent(
  surface: Surface,
  part: Extract<Part, { type: "component" }>,
  build: (members: Parts) => Props,
): unknown {
  const Component: FunctionComponent<Props> = (props) => {
    const { children, ref, ...own } = props;
    const given = children === undefined ? own : { ...own, children };
    const mistakes =
      part.shape === undefined || !isStrict ? [] : describeMistakes(surface.shapes, part.shape, given, part.path);
    if (mistakes.length > 0) throw new Error(`Raycast would not take this: ${mistakes.join("; ")}.`);
    const [resets, setResets] = useState(0);
    useImperativeHandle(
      ref as never,
      () => ({ focus: () => undefined, reset: () => setResets((count) => count + 1) }),
      [],
    );
    const plain: Props = {};
    const slots: ReactNode[] = [];
    for (const [name, value] of Object.entries(own)) {
      if (isShown(name, value)) slots.push(createElement(SLOT + name, { key: name }, value as ReactNode));
      else plain[name] = value;
    }
    return createElement(part.path, { ...plain, key: resets }, ...slots, children as ReactNode);
  };
  Component.displayName = part.path;
  return Object.assign(Component, build(part.members));
}

function isShown(name: string, value: unknown): boolean {
  if (LATER.has(name)) return false;
  return Array.isArray(value) ? value.some((item) => isValidElement(item)) : isValidElement(value);
}
