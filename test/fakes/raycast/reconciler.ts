import { createContext, type ReactNode } from "react";
import createReconciler from "react-reconciler";
import { isSameLook } from "./tree.ts";
import { ConcurrentRoot, DefaultEventPriority, NoEventPriority } from "react-reconciler/constants.js";

/** One mounted element of the fake's tree. */
export interface Instance {
  /** Names this element to the host. */
  id: number;
  type: string;
  props: Record<string, unknown>;
  children: Instance[];
  parent?: Instance | undefined;
  /** Whether it, or something in it, changed since the host was told last. */
  isDirty: boolean;
  /** What the person entered into this field, where the command does not control its value. */
  typed?: unknown;
}

/** The root of a mounted command. `onCommit` is called after every change of the tree. */
export interface Container {
  children: Instance[];
  onCommit(): void;
}

/** A mounted tree. */
export interface Mounted {
  update(element: ReactNode): void;
  /** Does all rendering and runs all effects that are due, as they would be long before a person presses a key. */
  settle(): void;
  /** Unmounts and runs the clean-ups of all effects before it returns. */
  unmount(): void;
}

let nextId = 1;
let priority = NoEventPriority;
const nothing = () => undefined;

/** Notes that an element changed, and so did all that contain it. */
export function touch(node: Instance): void {
  for (let each: Instance | undefined = node; each !== undefined && !each.isDirty; each = each.parent)
    each.isDirty = true;
}

function insert(parent: Instance | Container, child: Instance, before?: Instance): void {
  const { children } = parent;
  take(children, child);
  children.splice(before === undefined ? children.length : children.indexOf(before), 0, child);
  child.parent = "type" in parent ? parent : undefined;
  if ("type" in parent) touch(parent);
}

function remove(parent: Instance | Container, child: Instance): void {
  take(parent.children, child);
  if ("type" in parent) touch(parent);
}

function take(children: Instance[], child: Instance): void {
  const index = children.indexOf(child);
  if (index !== -1) children.splice(index, 1);
}

const reconciler = createReconciler({
  rendererPackageName: "raycast-fake",
  rendererVersion: "1",
  extraDevToolsConfig: null,
  isPrimaryRenderer: true,
  supportsMutation: true,
  supportsPersistence: false,
  supportsHydration: false,
  supportsMicrotasks: true,
  scheduleMicrotask: queueMicrotask,
  noTimeout: -1,
  scheduleTimeout: setTimeout,
  cancelTimeout: clearTimeout,
  createInstance: (type: string, { children: _children, ...props }: Record<string, unknown>): Instance => ({
    id: nextId++,
    type,
    props,
    children: [],
    isDirty: true,
  }),
  createTextInstance: (text: string): Instance => {
    throw new Error(`Raycast renders no bare text, and this is one: "${text}"`);
  },
  appendInitialChild: (parent: Instance, child: Instance) => {
    parent.children.push(child);
    child.parent = parent;
  },
  appendChild: insert,
  appendChildToContainer: insert,
  insertBefore: insert,
  insertInContainerBefore: insert,
  removeChild: remove,
  removeChildFromContainer: remove,
  clearContainer: (container: Container) => void (container.children = []),
  commitUpdate: (
    instance: Instance,
    _type: string,
    _old: unknown,
    { children: _children, ...props }: Record<string, unknown>,
  ) => {
    const isSame = isSameLook(instance.props, props);
    instance.props = props;
    if (!isSame) touch(instance);
  },
  commitTextUpdate: nothing,
  finalizeInitialChildren: () => false,
  shouldSetTextContent: () => false,
  getRootHostContext: () => ({}),
  getChildHostContext: (context: object) => context,
  getPublicInstance: (instance: Instance) => instance,
  prepareForCommit: () => null,
  resetAfterCommit: (container: Container) => container.onCommit(),
  preparePortalMount: nothing,
  hideInstance: nothing,
  hideTextInstance: nothing,
  unhideInstance: nothing,
  unhideTextInstance: nothing,
  detachDeletedInstance: nothing,
  getInstanceFromNode: () => null,
  getInstanceFromScope: () => null,
  beforeActiveInstanceBlur: nothing,
  afterActiveInstanceBlur: nothing,
  prepareScopeUpdate: nothing,
  bindToConsole: (method: string, values: unknown[]) => () =>
    (console as unknown as Record<string, (...values: unknown[]) => void>)[method]?.(...values),
  NotPendingTransition: null,
  HostTransitionContext: createContext(null) as never,
  setCurrentUpdatePriority: (next: number) => void (priority = next),
  getCurrentUpdatePriority: () => priority,
  resolveUpdatePriority: () => (priority === NoEventPriority ? DefaultEventPriority : priority),
  resetFormInstance: nothing,
  requestPostPaintCallback: nothing,
  shouldAttemptEagerTransition: () => false,
  trackSchedulerEvent: nothing,
  resolveEventType: () => null,
  resolveEventTimeStamp: () => -1.1,
  maySuspendCommit: () => false,
  maySuspendCommitOnUpdate: () => false,
  maySuspendCommitInSyncRender: () => false,
  preloadInstance: () => true,
  startSuspendingCommit: () => null,
  suspendInstance: nothing,
  suspendOnActiveViewTransition: nothing,
  waitForCommitToBeReady: () => null,
  getSuspendedCommitReason: () => null,
});

/** Mounts an element. An error that no boundary caught goes to `onError`, and the tree is gone. */
export function mount(container: Container, element: ReactNode, onError: (error: unknown) => void): Mounted {
  const root = reconciler.createContainer(
    container,
    ConcurrentRoot,
    null,
    false,
    null,
    "",
    onError,
    onError,
    nothing,
    nothing,
    null,
  );
  const settle = () => {
    reconciler.flushSyncWork();
    while (reconciler.flushPassiveEffects()) reconciler.flushSyncWork();
  };
  reconciler.updateContainer(element, root, null, null);
  return {
    update: (next) => void reconciler.updateContainer(next, root, null, null),
    settle,
    unmount: () => {
      reconciler.updateContainerSync(null, root, null, null);
      settle();
    },
  };
}
