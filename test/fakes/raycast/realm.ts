import { createElement, type FunctionComponent } from "react";
import { perform } from "./actions.ts";
import { watchBusy } from "./busy.ts";
import { listenForComplaints } from "./complaints.ts";
import { Feedback } from "./feedback.ts";
import { fieldFor } from "./form.ts";
import type { HostMethods, RealmMethods, Start } from "./messages.ts";
import { Screens } from "./navigation.ts";
import { misplaced } from "./nesting.ts";
import { type Link, type Remote, talk } from "./peer.ts";
import { apiOf } from "./realm-api.ts";
import { type Container, type Instance, mount, type Mounted, touch } from "./reconciler.ts";
import { readSurface } from "./surface.ts";
import { takePatch } from "./tree.ts";

/** Makes a command's exports, given the API. `complain` is for what React keeps silent about. */
export type Load = (api: object, complain: (text: string) => void) => Readonly<Record<string, unknown>>;

/**
 * Where a command runs: its API, its mounted tree and its overlays. Everything the person sees of it is told to the host
 * over the link, everything the person does comes from there.
 */
export function openRealm(link: Link, load: Load): { unload(): void } {
  const realm = new Realm(link, load);
  realm.listen();
  return realm;
}

class Realm {
  readonly #link: Link;
  readonly #load: Load;
  readonly #feedback: Feedback;
  readonly #container: Container = { children: [], onCommit: () => this.#committed() };
  readonly #busy = watchBusy();
  #host!: Remote<HostMethods>;
  #screens: Screens | undefined;
  #mounted: Mounted | undefined;
  #assetsPath = "";
  #silence: () => void = () => undefined;
  #flushing: NodeJS.Immediate | undefined;
  #hasFailed = false;
  /** Screens that the host knows of. */
  #shown = 0;

  constructor(link: Link, load: Load) {
    this.#link = link;
    this.#load = load;
    this.#feedback = new Feedback(() => this.#later());
  }

  listen(): void {
    const methods: RealmMethods = {
      start: (start) => this.#start(start),
      tool: (start, name, input) => this.#tool(start, name, input),
      perform: (node, value) => this.#perform(node, value),
      enter: (values) => this.#enter(values),
      call: (node, prop, values) => this.#call(node, prop, values),
      press: (button) => this.#feedback.press(button),
      pressToast: (title) => this.#feedback.pressToast(title),
      settle: () => this.#settle(),
      pop: () => this.#screens?.pop(),
      unload: () => this.unload(),
      busy: () => this.#busy.longest(),
    };
    this.#host = talk<HostMethods>(this.#link, methods);
  }

  fail = (error: unknown): void => {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    void this.#host.failed(message, stack);
  };

  async #start(start: Start): Promise<void> {
    this.#assetsPath = start.environment.assetsPath;
    this.#silence = listenForComplaints((text) => this.fail(new Error(`React complained: ${text}`)));
    try {
      const command = (await this.#exports(start))["default"];
      if (typeof command !== "function") throw new Error(`"${start.environment.commandName}" has no default export.`);
      if (start.mode === "no-view") return void this.#run(command as (props: unknown) => unknown, start);
      const element = createElement(command as FunctionComponent<object>, start.props);
      this.#screens = new Screens(element, (next) => this.#mounted?.update(next));
      this.#mounted = mount(this.#container, this.#screens.element(), this.fail);
    } catch (error) {
      this.fail(error);
    }
  }

  async #exports(start: Start): Promise<Readonly<Record<string, unknown>>> {
    const surface = await readSurface();
    const api = apiOf({ surface, start, host: this.#host, feedback: this.#feedback, fail: this.fail });
    return this.#load(api, (text) => this.fail(new Error(text)));
  }

  async #tool(start: Start, name: string, input: unknown): Promise<unknown> {
    const tool = (await this.#exports(start))[name];
    return typeof tool === "function" ? (tool as (input: unknown) => unknown)(input) : undefined;
  }

  async #run(command: (props: unknown) => unknown, start: Start): Promise<void> {
    try {
      await command(start.props);
      this.#flush();
      await this.#host.ended();
    } catch (error) {
      this.fail(error);
    }
  }

  async #perform(id: number, value: unknown): Promise<void> {
    this.#settle();
    await perform(this.#node(id), this.#top(), value, {
      push: (element, onPop) => this.#screens?.push(element, onPop),
      copy: (content) => this.#host.copied(content),
      paste: (content) => this.#host.pasted(content),
      open: (target) => this.#host.opened(target),
      tell: (what, told) => this.#host.told(what, told),
    });
    await this.#rendered();
  }

  /** Resolves when React has rendered what was set until now, and the host knows. */
  async #rendered(): Promise<void> {
    for (let turns = 0; turns < 2; turns++) await new Promise<void>((done) => setImmediate(done));
    this.#settle();
  }

  async #enter(values: Readonly<Record<string, unknown>>): Promise<void> {
    const fields = Object.entries(values).map(([id, value]) => ({ value, field: fieldFor(this.#top(), id, value) }));
    for (const { field, value } of fields) {
      field.typed = value;
      touch(field);
      (field.props["onChange"] as ((value: unknown) => void) | undefined)?.(value);
    }
    await this.#rendered();
  }

  async #call(id: number, prop: string, values: unknown[]): Promise<void> {
    // A path such as `pagination.onLoadMore`.
    const handler = prop
      .split(".")
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], this.#node(id).props);
    if (typeof handler === "function") await (handler as (...given: unknown[]) => unknown)(...values);
    await this.#rendered();
  }

  unload(): void {
    this.#silence();
    this.#mounted?.unmount();
    this.#mounted = undefined;
    clearImmediate(this.#flushing);
    this.#busy.stop();
    this.#hasFailed = true;
  }

  #settle(): void {
    this.#mounted?.settle();
    this.#flush();
  }

  #top(): Instance {
    const top = this.#container.children.at(-1)?.children[0];
    if (top === undefined) throw new Error("The command shows nothing.");
    return top;
  }

  #node(id: number): Instance {
    const found = this.#container.children.map((screen) => nodeOf(screen, id)).find((node) => node !== undefined);
    if (found === undefined) throw new Error("That is not on the screen any more.");
    return found;
  }

  #committed(): void {
    const mistakes = this.#container.children.flatMap((screen) => misplaced(screen, this.#assetsPath));
    if (mistakes.length > 0) this.fail(new Error(`Raycast would not show this: ${mistakes.join("; ")}.`));
    this.#later();
  }

  #later(): void {
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Tells the host what is on the screen now. */
  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    if (this.#hasFailed) return;
    const patch = takePatch(this.#container);
    if (patch.nodes.length > 0 || patch.screens.length !== this.#shown) void this.#host.shown(patch);
    this.#shown = patch.screens.length;
    void this.#host.overlays(this.#feedback.overlays());
  }
}

function nodeOf(node: Instance, id: number): Instance | undefined {
  if (node.id === id) return node;
  for (const child of node.children) {
    const found = nodeOf(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
