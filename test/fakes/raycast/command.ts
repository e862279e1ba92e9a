import { type CommandOptions, openAlert, type OpenAlert, type Scene } from "./command-options.ts";
import { choicesOf, shows, valuesOf } from "./form.ts";
import type { HostMethods, LaunchRequest, Overlays, RealmMethods } from "./messages.ts";
import { type Remote, talk } from "./peer.ts";
import { print } from "./print.ts";
import type { Seat } from "./seat.ts";
import { Sight } from "./sight.ts";
import { type Shortcut, spellingOf } from "./shortcuts.ts";
import { refill } from "./storage.ts";
import { actionsIn, isView, menuItems, panelOf, submenusIn, titleOf, titleOfItem, type View } from "./view.ts";
import { Tree } from "./tree.ts";
import { Waiters } from "./waiters.ts";

/** A command as the person at the keyboard has it. Any mistake that Raycast would not forgive makes it throw. */
export class Command {
  readonly name: string;
  /** What was copied last. */
  clipboard: unknown;
  readonly pasted: unknown[] = [];
  /** Targets in order: URLs, paths, `preferences:extension`, `command:NAME`. */
  readonly opened: string[] = [];
  readonly quicklinks: unknown[] = [];
  readonly trashed: unknown[] = [];
  /** Commands that this one launched. */
  readonly launched: Command[] = [];
  isWindowOpen = true;
  readonly #options: CommandOptions;
  readonly #waiters = new Waiters();
  readonly #chosen = new Set<number>();
  #seat: Seat | undefined;
  #realm: Remote<RealmMethods> | undefined;
  #screens: readonly View[] = [];
  #overlays: Overlays = { toasts: [], huds: [] };
  #isMenuOpen = false;
  #isEnded = false;
  readonly #sight = new Sight();
  #reported: string | null | undefined;
  #failure: Error | undefined;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.name = options.name;
  }

  /** Starts it in a seat of its own. */
  start(launchType: string): void {
    const seat = this.#options.seat();
    this.#seat = seat;
    this.#realm = talk<RealmMethods>(seat.link, this.#methods(seat));
    seat.onEnd((how) => this.#fail(new Error(`The process of "${this.name}" ended by itself (${how}).`)));
    this.#realm.start(this.#options.start(launchType, this.clipboard)).catch((error: unknown) => this.#fail(error));
  }

  /** Shows a view of Raycast's own instead of the command, until `start`. */
  show(view: View): void {
    this.#screens = [view];
  }

  /** The top of the navigation stack; of a menu bar command the menu, also while it is unloaded. */
  get view(): View {
    if (this.#failure !== undefined) throw this.#failure;
    const top = this.#screens.at(-1);
    if (top === undefined) throw new Error("The command shows nothing.");
    return top;
  }

  /** How many views are on the stack. */
  get depth(): number {
    return this.#screens.length;
  }

  get toasts() {
    return this.#overlays.toasts;
  }

  get huds(): readonly string[] {
    return this.#overlays.huds;
  }

  /** Process id of a built command that runs. */
  get pid(): number | undefined {
    return this.#seat?.pid;
  }

  /** Whether the command runs; a menu bar command is unloaded at `isLoading: false`, a no-view command at its end. */
  get isLoaded(): boolean {
    return this.#seat !== undefined;
  }

  /** Whether a no-view command has come to its end. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The alert that waits for an answer, if any. */
  get alert(): OpenAlert | undefined {
    return openAlert(this.#overlays.alert, (button) => {
      this.#overlays = { ...this.#overlays, alert: undefined };
      void this.#call((realm) => realm.press(button)).catch((error: unknown) => this.#fail(error));
    });
  }

  /** What a picture of the window shows. */
  get scene(): Scene {
    const { view, depth, toasts, alert } = this;
    const selected = this.#sight.selected(view);
    return { view, depth, selected, typed: this.#sight.typed, toast: toasts.findLast((each) => each.isVisible), alert };
  }

  /** What a form would submit now. */
  get values(): Record<string, unknown> {
    return valuesOf(this.view);
  }

  print(): string {
    return print(this.view);
  }

  /** Titles of the actions in reach, in order. */
  actions(): string[] {
    return this.#actions().map(titleOf);
  }

  /** Titles of the items in sight, in order, after Raycast's own filter; of a menu its items. */
  items(): string[] {
    if (this.view.type === "MenuBarExtra") return menuItems(this.view).map(titleOfItem);
    return this.#sight.items(this.view).map(titleOfItem);
  }

  /** Selects an item of a list by its id or title, so that `action` means that item's actions. */
  select(name: string): void {
    this.#sight.select(this.view, name);
    this.#afterChange();
  }

  /** Types into the search bar. */
  async search(text: string): Promise<void> {
    this.#sight.typed = text;
    if (this.view.props["onSearchTextChange"] !== undefined)
      await this.#call((realm) => realm.call(this.view.id, "onSearchTextChange", [text]));
    this.#afterChange();
  }

  /** Chooses in the dropdown beside the search bar. */
  async choose(value: string): Promise<void> {
    const dropdown = this.view.props["searchBarAccessory"];
    if (!isView(dropdown)) throw new Error("The list has no dropdown.");
    if (dropdown.props["storeValue"] === true) this.#options.storage.choices.set(keyOf(dropdown), value);
    await this.#call((realm) => realm.call(dropdown.id, "onChange", [value]));
  }

  /** Scrolls to the end of the list, which has Raycast ask for the next page. Resolves with whether there was one. */
  async loadMore(): Promise<boolean> {
    const { pagination } = this.view.props as { pagination?: { hasMore: boolean } };
    if (pagination?.hasMore !== true) return false;
    await this.#call((realm) => realm.call(this.view.id, "pagination.onLoadMore", []));
    return true;
  }

  /** Waits until a condition holds after some change of the view, a toast or an alert. */
  async until(condition: (view: View, command: this) => boolean, guardMs = 20_000): Promise<View> {
    const holds = () => (this.#screens.length > 0 && condition(this.view, this) ? this.view : undefined);
    return this.#wait(
      holds,
      guardMs,
      () => `${this.#screens.length > 0 ? this.print() : "(nothing)"}\n${this.#said()}`,
    );
  }

  /** Waits until a no-view command has ended, or a menu bar command is unloaded. */
  async ended(guardMs = 20_000): Promise<void> {
    await this.#wait(
      () => (this.isLoaded ? undefined : true),
      guardMs,
      () => `"${this.name}" still runs.`,
    );
  }

  /** The command of that name that this one launched, as soon as it did. */
  async next(name: string, guardMs = 20_000): Promise<Command> {
    const found = () => this.launched.findLast((command) => command.name === name);
    return this.#wait(found, guardMs, () => `"${name}" was not launched.`);
  }

  /** Chooses an action by its title. `value` is for actions that ask for one, such as a date. */
  async action(title: string, value?: unknown): Promise<void> {
    const found = this.#actions().find((action) => titleOf(action) === title);
    await this.#perform(found, `action "${title}"`, value);
  }

  /** Opens a submenu, which may load its actions then. */
  async openSubmenu(title: string): Promise<void> {
    const panel = panelOf(this.view, this.#sight.selected(this.view));
    const submenu = submenusIn(panel ?? this.view).find((each) => each.props["title"] === title);
    if (submenu === undefined) throw new Error(`There is no submenu "${title}".`);
    await this.#call((realm) => realm.call(submenu.id, "onOpen", []));
  }

  /** Presses the keys of an action. */
  async shortcut(keys: Shortcut): Promise<void> {
    const wanted = spellingOf(keys);
    const found = this.#actions().find((action) => spellingOf(action.props["shortcut"]) === wanted);
    await this.#perform(found, `shortcut ${wanted}`, undefined);
  }

  /** Presses a button of the toast in sight. */
  async toastAction(title: string): Promise<void> {
    await this.#call((realm) => realm.pressToast(title));
  }

  /** Enters values into the form on top, without submitting it. */
  async enter(values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#call((realm) => realm.enter(values));
  }

  /** Enters values and submits the form: by its first submit action, or the one of that title. */
  async submit(values: Readonly<Record<string, unknown>>, title?: string): Promise<void> {
    await this.enter(values);
    // Typing changes state in the command, and its submit handler must see that, however busy the machine is.
    await this.until((view) => shows(view, values));
    const submits = this.#actions().filter(({ type }) => type === "Action.SubmitForm");
    const found = submits.find((action) => title === undefined || titleOf(action) === title);
    await this.#perform(found, `submit action ${title ?? ""}`, undefined);
  }

  /** Goes back one view, as Escape does. */
  async back(): Promise<void> {
    await this.#call((realm) => realm.pop());
    await this.#call((realm) => realm.settle());
  }

  /** Clicks on the icon in the menu bar: the command runs anew and stays loaded while its menu is open. */
  async openMenu(): Promise<void> {
    this.#isMenuOpen = true;
    if (this.#seat === undefined) {
      this.#screens = [];
      this.start("userInitiated");
    }
    await this.until((view) => view.type === "MenuBarExtra" && view.props["isLoading"] !== true);
  }

  /** Clicks on an item of the open menu, which closes it. */
  async click(title: string): Promise<void> {
    if (!this.#isMenuOpen) await this.openMenu();
    const item = menuItems(this.view).find((each) => titleOfItem(each) === title);
    await this.#perform(item, `item "${title}"`, "left-click");
    this.closeMenu();
  }

  closeMenu(): void {
    this.#isMenuOpen = false;
    this.#unload();
  }

  /** Milliseconds for which the command's thread was busy at a stretch, at most, since this was asked last. */
  async busy(): Promise<number> {
    return (await this.#call((realm) => realm.busy())) ?? 0;
  }

  /** Closes the window as the person does with Escape or by switching away: the command's process group is killed. */
  close(): void {
    const top = this.#failure === undefined && this.isLoaded ? this.#screens.at(-1) : undefined;
    if (this.depth === 1 && top?.type === "Form" && top.props["enableDrafts"] === true)
      this.#options.storage.drafts.set(this.name, valuesOf(top));
    this.isWindowOpen = false;
    this.#unload();
    this.#options.onClose(this);
  }

  #methods(seat: Seat): HostMethods {
    const { storage, surroundings } = this.#options;
    const tree = new Tree();
    const ifAlive = (act: () => void) => {
      if (this.#seat === seat) act();
      this.#wake();
    };
    return {
      shown: (patch) => ifAlive(() => this.#shown(tree.screens(patch))),
      overlays: (overlays) => ifAlive(() => void (this.#overlays = overlays)),
      failed: (message, stack) => ifAlive(() => this.#fail(Object.assign(new Error(message), { stack }))),
      ended: () => ifAlive(() => this.#end()),
      stored: (kind, values) => ifAlive(() => refill(storage[kind] as Map<string, unknown>, values)),
      copied: (content) => void (this.clipboard = content),
      pasted: (content) => void this.pasted.push(content),
      opened: (target) => this.#opened(target),
      launched: async (request) => this.#launch(request),
      told: (what, value) => this.#told(what, value),
      surroundings: () => surroundings,
    };
  }

  #shown(screens: readonly View[]): void {
    this.#screens = screens;
    this.#afterChange();
    const isDone = this.#options.mode === "menu-bar" && this.view.props["isLoading"] !== true;
    if (isDone && !this.#isMenuOpen) this.#unload();
  }

  /** Tells the command what Raycast tells it by itself: the selection, and the first choice of a dropdown. */
  #afterChange(): void {
    const { view } = this;
    const { searchBarAccessory: dropdown, onSelectionChange } = view.props;
    if (isView(dropdown) && !this.#chosen.has(dropdown.id) && dropdown.props["value"] === undefined) {
      this.#chosen.add(dropdown.id);
      const first = choicesOf(dropdown)[0];
      const choice = this.#options.storage.choices.get(keyOf(dropdown)) ?? dropdown.props["defaultValue"] ?? first;
      void this.#call((realm) => realm.call(dropdown.id, "onChange", [choice])).catch(() => undefined);
    }
    if (onSelectionChange === undefined) return;
    const item = this.#sight.selected(this.view);
    const id = item === undefined ? null : String(item.props["id"] ?? item.id);
    if (id === this.#reported) return;
    this.#reported = id;
    void this.#call((realm) => realm.call(view.id, "onSelectionChange", [id])).catch(() => undefined);
  }

  #opened(target: string): void {
    const request = this.#options.readDeeplink(target);
    this.opened.push(target);
    if (request !== undefined) this.#launch(request);
    this.#wake();
  }

  #launch(request: LaunchRequest): void {
    this.opened.push(`command:${request.name}`);
    const command = this.#options.launch(request);
    this.launched.push(command);
    // The window has room for one view.
    if (command.#options.mode === "view" && this.#options.mode !== "menu-bar") setImmediate(() => this.close());
    this.#wake();
  }

  #told(what: string, value: unknown): void {
    if (what === "window") this.isWindowOpen = false;
    if (what === "root") setImmediate(() => this.close());
    if (what === "quicklink") this.quicklinks.push(value);
    if (what === "trash") this.trashed.push(value);
    if (what === "search") this.#sight.typed = String(value);
    if (what === "subtitle") this.#options.storage.subtitles.set(this.name, String(value ?? ""));
    this.#wake();
  }

  #end(): void {
    this.#isEnded = true;
    this.#unload();
  }

  #unload(): void {
    const seat = this.#seat;
    this.#seat = undefined;
    this.#realm = undefined;
    seat?.kill();
    this.#wake();
  }

  /** Asks the command, and gives up when it is closed meanwhile: what it was doing ended with it. */
  async #call<T>(ask: (realm: Remote<RealmMethods>) => Promise<T>): Promise<T | undefined> {
    const realm = this.#realm;
    if (this.#failure !== undefined) throw this.#failure;
    if (realm === undefined) throw new Error(`"${this.name}" does not run.`);
    return this.#waiters.unless(() => this.#realm !== realm || this.#failure !== undefined, ask(realm));
  }

  async #perform(action: View | undefined, what: string, value: unknown): Promise<void> {
    if (action === undefined)
      throw new Error(`There is no ${what}. In reach: ${this.actions().join(", ")}.\n${this.print()}`);
    await this.#call((realm) => realm.perform(action.id, value));
  }

  #actions(): View[] {
    const panel = panelOf(this.view, this.#sight.selected(this.view));
    return panel === undefined ? [] : actionsIn(panel);
  }

  #said(): string {
    const toasts = this.toasts.map(({ style, title, message }) => `toast ${style}: ${title} ${message ?? ""}`);
    return [...toasts, ...(this.alert === undefined ? [] : [`alert: ${this.alert.title}`])].join("\n");
  }

  #wait<T>(look: () => T | undefined, guardMs: number, describe: () => string): Promise<T> {
    const lookOrFail = () => {
      if (this.#failure !== undefined) throw this.#failure;
      return look();
    };
    return this.#waiters.until(lookOrFail, guardMs, describe);
  }

  #wake(): void {
    this.#waiters.wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
  }
}

function keyOf(dropdown: View): string {
  return String(dropdown.props["id"] ?? dropdown.props["tooltip"]);
}
