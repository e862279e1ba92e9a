import { hashOf } from "./hash.ts";
import type { Control, Screen } from "./screen.ts";

/** A reference and what it stands for. */
export interface RefEntry {
  ref: string;
  /** As it was when the reference was last given out. */
  control: Control;
  window: WindowRefs;
}

/** A window whose controls have references. */
export interface WindowRefs {
  app: string;
  title: string;
  /** "" once the process that knew it by this is gone. */
  windowId: string;
  /** What has the keyboard in it. */
  focus: Control | undefined;
  /** It holds a field that keeps secret what is put into it. */
  hasSecure: boolean;
  /** Its title at the last look, as the list of open windows tells it. */
  seenTitle: string;
  byId: Map<string, RefEntry>;
  /** By hash of path, role and name: those of the capture before. */
  byPlace: Map<number, Set<RefEntry>>;
}

/** A window that is open now, as far as that is known. */
export interface OpenWindow {
  id: string;
  app: string;
  title: string;
}

/** A capture that is looked at: who looks names the look, and knows which windows are open beside it. */
export interface Occasion {
  lookId: string;
  open: readonly OpenWindow[];
}

/** More entries of one window than these, and those that are not in the newest capture are forgotten. */
const MOST_ENTRIES = 20_000;
/** So many windows are remembered. */
const MOST_WINDOWS = 50;

/**
 * The references of a session. A control keeps its reference as long as its element lives; when the program gives every
 * element a new identity, controls are found again by path, role, name and their order. A number is never used twice.
 */
export class RefBook {
  #last = 0;
  /** The one looked at last is the last. */
  readonly #windows: WindowRefs[] = [];
  readonly #byRef = new Map<string, RefEntry>();
  /** What was renamed in a look that nobody may have seen, and that look. */
  readonly #doubtful = new Map<RefEntry, string>();

  /** The highest number that was given. */
  get last(): number {
    return this.#last;
  }

  /** Numbers up to this one are never given from now on. */
  startAfter(last: number): void {
    this.#last = Math.max(this.#last, last);
  }

  /** All identities mean nothing any more: what is found again is found by its place. */
  renew(): void {
    for (const window of this.#windows) {
      window.windowId = "";
      window.byId.clear();
    }
    for (const entry of this.#byRef.values()) entry.control = { ...entry.control, id: "" };
  }

  /** A look was seen, so what it renamed is known. */
  confirm(lookId: string): void {
    for (const [entry, look] of this.#doubtful) if (look === lookId) this.#doubtful.delete(entry);
  }

  /** Whether something has another name by now than whoever looks may have seen. */
  isDoubtful(entry: RefEntry): boolean {
    return this.#doubtful.has(entry);
  }

  /** What a reference stands for; nothing if it was never given out, or long ago. */
  find(ref: string): RefEntry | undefined {
    return this.#byRef.get(ref);
  }

  /** Gives references to the controls of one capture, in the order in which they are asked for. */
  open(screen: Screen, occasion?: Occasion): RefSitting {
    const window = this.#window(screen, occasion?.open ?? []);
    const before = window.byPlace;
    window.byPlace = new Map();
    window.focus = focusOf(screen);
    window.hasSecure = screen.lines.some(({ parts }) => parts.some((part) => part.kind === "control" && part.isSecure));
    return new RefSitting(window, before, this.#ledgerOf(occasion?.lookId));
  }

  /** As `open`, for more of a capture that was opened already. */
  reopen(screen: Screen): RefSitting {
    const window = this.#window(screen, []);
    return new RefSitting(window, window.byPlace, this.#ledgerOf(undefined));
  }

  #ledgerOf(lookId: string | undefined): Ledger {
    return {
      number: () => ++this.#last,
      keep: (entry) => this.#byRef.set(entry.ref, entry),
      forget: (entry) => this.#byRef.delete(entry.ref),
      shown: (entry, isRenamed) => {
        if (lookId !== undefined && (isRenamed || this.#doubtful.has(entry))) this.#doubtful.set(entry, lookId);
      },
    };
  }

  /**
   * The window by its identity, else by program and title: all identities may be new. Of several with one title nobody knows
   * which is which, and one that is still open under its own identity is no other.
   */
  #window({ app, title, windowId }: Screen, open: readonly OpenWindow[]): WindowRefs {
    const byId =
      windowId === "" ? undefined : this.#windows.find((one) => one.windowId === windowId && one.app === app);
    const ids = new Set(open.map(({ id }) => id));
    const alike = this.#windows.filter((one) => one.app === app && one.title === title && !ids.has(one.windowId));
    const isOnly = alike.length === 1 && open.filter((one) => one.app === app && one.title === title).length <= 1;
    const found = byId ?? (isOnly ? alike[0] : undefined);
    if (found !== undefined) this.#windows.splice(this.#windows.indexOf(found), 1);
    const none = { byId: new Map(), byPlace: new Map(), focus: undefined, hasSecure: false };
    const window: WindowRefs = found ?? { app, title, windowId, seenTitle: title, ...none };
    Object.assign(window, { title, windowId });
    this.#windows.push(window);
    const [oldest] = this.#windows;
    if (oldest !== undefined && this.#windows.length > MOST_WINDOWS) {
      this.#windows.shift();
      for (const [ref, entry] of this.#byRef) {
        if (entry.window !== oldest) continue;
        this.#byRef.delete(ref);
        this.#doubtful.delete(entry);
      }
    }
    return window;
  }
}

/** The control with the keyboard. */
function focusOf({ lines }: Screen): Control | undefined {
  for (const { parts } of lines)
    for (const part of parts) if (part.kind === "control" && part.flags.startsWith("*")) return part;
  return undefined;
}

interface Ledger {
  number(): number;
  keep(entry: RefEntry): void;
  forget(entry: RefEntry): void;
  shown(entry: RefEntry, isRenamed: boolean): void;
}

const placeOf = (control: Control) => hashOf(control.path, control.letter, control.role, control.name);

/** The references of one capture. */
export class RefSitting {
  readonly window: WindowRefs;
  readonly #before: Map<number, Set<RefEntry>>;
  readonly #ledger: Ledger;
  readonly #claimed = new Set<RefEntry>();
  readonly #given = new Map<Control, string>();

  constructor(window: WindowRefs, before: Map<number, Set<RefEntry>>, ledger: Ledger) {
    this.window = window;
    this.#before = before;
    this.#ledger = ledger;
  }

  /** References of controls, by control. */
  give(wanted: Control[]): ReadonlyMap<Control, string> {
    const controls = wanted.filter((control) => !this.#given.has(control));
    const entries = new Map<Control, RefEntry>();
    for (const control of controls) this.#claim(entries, control, this.#byIdentity(control));
    const present = new Set(controls.map(({ id }) => id));
    for (const [place, alike] of Map.groupBy(
      controls.filter((one) => !entries.has(one)),
      placeOf,
    )) {
      const free = [...(this.#before.get(place) ?? [])].filter(
        (entry) => !this.#claimed.has(entry) && (entry.control.id === "" || !present.has(entry.control.id)),
      );
      // One more or one less of the same: which is which cannot be known, and a wrong guess would press a wrong button.
      if (free.length === alike.length) for (const [at, one] of alike.entries()) this.#claim(entries, one, free[at]);
    }
    for (const control of controls) this.#given.set(control, this.#keep(control, entries.get(control)));
    this.#trim();
    return this.#given;
  }

  #byIdentity({ id, letter, role }: Control): RefEntry | undefined {
    const entry = id === "" ? undefined : this.window.byId.get(id);
    if (entry === undefined || this.#claimed.has(entry)) return undefined;
    return entry.control.letter === letter && entry.control.role === role ? entry : undefined;
  }

  #claim(entries: Map<Control, RefEntry>, control: Control, entry: RefEntry | undefined): void {
    if (entry === undefined) return;
    this.#claimed.add(entry);
    entries.set(control, entry);
  }

  #keep(control: Control, known: RefEntry | undefined): string {
    const { window } = this;
    const ref = known?.ref ?? `${control.letter}${this.#ledger.number()}`;
    const entry: RefEntry = known ?? { ref, control, window };
    if (known !== undefined && known.control.id !== control.id) window.byId.delete(known.control.id);
    const isRenamed = entry.control.capturedName !== control.capturedName || entry.control.name !== control.name;
    this.#ledger.shown(entry, isRenamed);
    entry.control = control;
    this.#claimed.add(entry);
    this.#ledger.keep(entry);
    if (control.id !== "") window.byId.set(control.id, entry);
    const place = placeOf(control);
    const alike = window.byPlace.get(place);
    if (alike === undefined) window.byPlace.set(place, new Set([entry]));
    else alike.add(entry);
    return ref;
  }

  #trim(): void {
    const { byId } = this.window;
    if (byId.size <= MOST_ENTRIES) return;
    for (const [id, entry] of byId) {
      if (this.#claimed.has(entry)) continue;
      byId.delete(id);
      this.#ledger.forget(entry);
    }
  }
}

/**
 * Whether an element, read again right before acting, is still the control that a reference stands for: the same role
 * and the same name as when the model saw it. If not, the reference is stale.
 */
export function isSameControl({ control }: RefEntry, now: { role: string; name?: string }): boolean {
  return control.role === now.role && control.capturedName === (now.name ?? "");
}
