import type { ReactElement } from "react";
import { enter, perform, shows, valuesOf } from "./actions.ts";
import { listenForComplaints } from "./complaints.ts";
import { Feedback } from "./feedback.ts";
import { misplaced } from "./nesting.ts";
import { Screens } from "./navigation.ts";
import { print } from "./print.ts";
import { type Container, type Instance, mount, type Mounted } from "./reconciler.ts";
import { type Shortcut, spellingOf } from "./shortcuts.ts";
import type { Storage } from "./storage.ts";
import { actionsIn, panelOf, titleOf, type View, viewOf } from "./view.ts";

/** A running command, as the person at the keyboard has it. Any mistake Raycast would not forgive makes it throw. */
export class Command {
  /** What was copied or pasted last, and what was opened. */
  clipboard: unknown;
  readonly pasted: unknown[] = [];
  readonly opened: string[] = [];
  isWindowOpen = true;
  readonly #feedback = new Feedback(() => this.#changed());
  readonly #container: Container = { children: [], onCommit: () => this.#changed() };
  readonly #waiting = new Set<() => void>();
  readonly #storage: Storage;
  readonly #onClose: () => void;
  #silence: () => void = () => undefined;
  #screens: Screens | undefined;
  #mounted: Mounted | undefined;
  #selected: string | undefined;
  #failure: Error | undefined;

  constructor(storage: Storage, onClose: () => void) {
    this.#storage = storage;
    this.#onClose = onClose;
  }

  /** Wakes whoever waits, after a change outside of the view, such as in the storage. */
  touch = (): void => this.#changed();

  /** The part of the API that acts on this command's window. */
  implementations(): Record<string, unknown> {
    const copy = async (content: unknown) => void (this.clipboard = content);
    const showToast = async (first: object | string, title?: string, message?: string) => {
      const toast = new Toast((typeof first === "string" ? { style: first, title, message } : first) as never);
      await toast.show();
      return toast;
    };
    const Toast = this.#feedback.toastClass();
    return {
      Toast,
      showToast,
      showHUD: this.#feedback.showHUD,
      confirmAlert: this.#feedback.confirmAlert,
      "Clipboard.copy": copy,
      "Clipboard.paste": async (content: unknown) => void this.pasted.push(content),
      "Clipboard.readText": async () => (typeof this.clipboard === "string" ? this.clipboard : undefined),
      "Clipboard.clear": () => copy(undefined),
      open: async (target: string) => void this.opened.push(target),
      openExtensionPreferences: async () => void this.opened.push("preferences:extension"),
      openCommandPreferences: async () => void this.opened.push("preferences:command"),
      launchCommand: async ({ name }: { name: string }) => void this.opened.push(`command:${name}`),
      closeMainWindow: async () => void (this.isWindowOpen = false),
      popToRoot: async () => this.close(),
      captureException: (error: unknown) => this.#fail(error),
      updateCommandMetadata: async () => undefined,
    };
  }

  /** Mounts the command's first view. */
  start(element: ReactElement): void {
    this.#silence = listenForComplaints((text) => this.#fail(new Error(`React complained: ${text}`)));
    this.#screens = new Screens(element, (next) => this.#mounted?.update(next));
    this.#mounted = mount(this.#container, this.#screens.element(), (error) => this.#fail(error));
  }

  /** The top of the navigation stack. */
  get view(): View {
    return viewOf(this.#screen());
  }

  /** How many views are on the stack. */
  get depth(): number {
    return this.#screens?.depth ?? 0;
  }

  get toasts() {
    return this.#feedback.toasts;
  }

  get huds(): readonly string[] {
    return this.#feedback.huds;
  }

  /** The alert that waits for an answer, if any. */
  get alert() {
    return this.#feedback.alert;
  }

  /** What a form would submit now. */
  get values(): Record<string, unknown> {
    return valuesOf(this.#screen());
  }

  print(): string {
    return print(this.view);
  }

  /** Titles of the actions in reach, in order. */
  actions(): string[] {
    return this.#actions().map(titleOf);
  }

  /** Selects an item of a list by its title, so that `action` means that item's actions. */
  select(title: string): void {
    this.#selected = title;
  }

  /** Waits until a condition holds after some change of the view, a toast or an alert. */
  async until(condition: (view: View, command: this) => boolean, guardMs = 20_000): Promise<View> {
    const deadline = AbortSignal.timeout(guardMs);
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#container.children.length > 0 && this.#topOf() !== undefined && condition(this.view, this))
        return this.view;
      if (deadline.aborted) throw new Error(`Still not so after ${guardMs} ms:\n${this.print()}\n${this.#overlays()}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          deadline.removeEventListener("abort", wake);
          resolve();
        };
        this.#waiting.add(wake);
        deadline.addEventListener("abort", wake);
      });
    }
  }

  /** Chooses an action by its title. */
  async action(title: string): Promise<void> {
    await this.#perform(
      this.#actions().find((action) => titleOf(action) === title),
      `action "${title}"`,
    );
  }

  /** Presses the keys of an action. */
  async shortcut(keys: Shortcut): Promise<void> {
    const wanted = spellingOf(keys);
    await this.#perform(
      this.#actions().find((action) => spellingOf(action.props["shortcut"]) === wanted),
      `shortcut ${wanted}`,
    );
  }

  /** Enters values into the form on top, without submitting it. */
  enter(values: Readonly<Record<string, unknown>>): void {
    enter(this.#screen(), values);
  }

  /** Enters values and submits the form: by its first submit action, or the one of that title. */
  async submit(values: Readonly<Record<string, unknown>>, title?: string): Promise<void> {
    const form = this.#screen();
    enter(form, values);
    // Typing changes state in the command, and its submit handler must see that, however busy the machine is.
    await this.until(() => shows(form, values));
    this.#mounted?.settle();
    const submits = this.#actions().filter(({ type }) => type === "Action.SubmitForm");
    await this.#perform(
      submits.find((action) => title === undefined || titleOf(action) === title),
      `submit action ${title ?? ""}`,
    );
  }

  /** Closes the window as the person does with Escape or by switching away: the view is unmounted. */
  close(): void {
    if (this.#mounted === undefined) return;
    const top = this.#failure === undefined ? this.#topOf() : undefined;
    if (top?.type === "Form" && top.props["enableDrafts"] === true) this.#storage.draft = valuesOf(top);
    this.#mounted.unmount();
    this.#mounted = undefined;
    this.isWindowOpen = false;
    this.#silence();
    this.#onClose();
  }

  async #perform(action: Instance | undefined, what: string): Promise<void> {
    if (action === undefined)
      throw new Error(`There is no ${what}. In reach: ${this.actions().join(", ")}.\n${this.print()}`);
    const screens = this.#screens;
    this.#mounted?.settle();
    await perform(action, this.#screen(), {
      push: (element, onPop) => screens?.push(element, onPop),
      copy: async (content) => void (this.clipboard = content),
      paste: async (content) => void this.pasted.push(content),
      open: async (target) => void this.opened.push(target),
    });
  }

  #overlays(): string {
    const toasts = this.toasts.map(({ style, title, message }) => `toast ${style}: ${title} ${message ?? ""}`);
    return [...toasts, ...(this.alert === undefined ? [] : [`alert: ${this.alert.title}`])].join("\n");
  }

  #actions(): Instance[] {
    const panel = panelOf(this.#screen(), this.#selected);
    return panel === undefined ? [] : actionsIn(panel);
  }

  #topOf(): Instance | undefined {
    return this.#container.children.at(-1)?.children[0];
  }

  #screen(): Instance {
    if (this.#failure !== undefined) throw this.#failure;
    const top = this.#topOf();
    if (top === undefined) throw new Error("The command shows nothing.");
    return top;
  }

  #changed(): void {
    const mistakes = this.#container.children.flatMap(misplaced);
    if (mistakes.length > 0) this.#fail(new Error(`Raycast would not show this: ${mistakes.join("; ")}.`));
    for (const wake of [...this.#waiting]) wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    for (const wake of [...this.#waiting]) wake();
  }
}
