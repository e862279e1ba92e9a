import type { Overlays } from "./messages.ts";

/** Styles by the values that the declarations give them. */
type ToastStyle = "SUCCESS" | "FAILURE" | "ANIMATED";
interface ToastAction {
  title: string;
  shortcut?: unknown;
  onAction(toast: unknown): unknown;
}
interface ToastOptions {
  title: string;
  message?: string;
  style?: ToastStyle;
  primaryAction?: ToastAction;
  secondaryAction?: ToastAction;
}
interface AlertAction {
  title: string;
  style?: string;
  onAction?(): unknown;
}
interface AlertOptions {
  title: string;
  message?: string;
  primaryAction?: AlertAction;
  dismissAction?: AlertAction;
}

/** A toast as the person sees it now; a later change of its title or style shows here. */
export interface ShownToast {
  title: string;
  message?: string;
  style?: ToastStyle;
  isVisible: boolean;
  /** Titles of its buttons. */
  buttons: readonly string[];
}

interface OpenAlert {
  options: AlertOptions;
  press(title: string): void;
}

/** Toasts, HUDs and alerts of one command, on the side of the command. */
export class Feedback {
  readonly #toasts: { options: ToastOptions; isVisible: boolean; toast: unknown }[] = [];
  readonly #huds: string[] = [];
  readonly #changed: () => void;
  #alert: OpenAlert | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** What the person sees now. */
  overlays(): Overlays {
    const toasts = this.#toasts.map(({ options, isVisible }) => {
      const { title, message, style } = options;
      const buttons = [options.primaryAction, options.secondaryAction].flatMap((action) => action?.title ?? []);
      return { title, ...(message === undefined ? {} : { message }), ...(style && { style }), isVisible, buttons };
    });
    const base = { toasts, huds: [...this.#huds] };
    if (this.#alert === undefined) return base;
    const { title, message, primaryAction, dismissAction } = this.#alert.options;
    const buttons = [primaryAction?.title ?? "OK", dismissAction?.title ?? "Cancel"] as const;
    return { ...base, alert: { title, message, buttons, style: primaryAction?.style } };
  }

  /** Presses a button of the alert. */
  press(title: string): void {
    if (this.#alert === undefined) throw new Error("No alert is open.");
    this.#alert.press(title);
  }

  /** Presses a button of a toast in sight. */
  async pressToast(title: string): Promise<void> {
    for (const { options, isVisible, toast } of this.#toasts) {
      const action = [options.primaryAction, options.secondaryAction].find((each) => each?.title === title);
      if (isVisible && action !== undefined) return void (await action.onAction(toast));
    }
    throw new Error(`No toast in sight has "${title}".`);
  }

  /** The class `Toast`, whose setters change what is on the screen. */
  toastClass() {
    const toasts = this.#toasts;
    const changed = this.#changed;
    return class Toast {
      readonly #shown: { options: ToastOptions; isVisible: boolean; toast: unknown };

      constructor(options: ToastOptions) {
        this.#shown = { options: { style: "SUCCESS", ...options }, isVisible: false, toast: this };
        for (const name of ["title", "message", "style", "primaryAction", "secondaryAction"] as const) {
          const shown: Record<string, unknown> = this.#shown.options as never;
          const set = (value: unknown) => {
            shown[name] = value;
            changed();
          };
          Object.defineProperty(this, name, { get: () => shown[name], set, enumerable: true });
        }
      }

      async show(): Promise<void> {
        for (const toast of toasts) toast.isVisible = false;
        this.#shown.isVisible = true;
        if (!toasts.includes(this.#shown)) toasts.push(this.#shown);
        changed();
      }

      async hide(): Promise<void> {
        this.#shown.isVisible = false;
        changed();
      }
    };
  }

  showHUD = async (title: string): Promise<void> => {
    this.#huds.push(title);
    this.#changed();
  };

  confirmAlert = (options: AlertOptions): Promise<boolean> => {
    const dismiss = options.dismissAction ?? { title: "Cancel" };
    const primary = options.primaryAction ?? { title: "OK" };
    return new Promise((resolve) => {
      const press = (title: string) => {
        const action = [primary, dismiss].find((candidate) => candidate.title === title);
        if (action === undefined) throw new Error(`The alert has no "${title}".`);
        this.#alert = undefined;
        action.onAction?.();
        resolve(action === primary);
        this.#changed();
      };
      this.#alert = { options, press };
      this.#changed();
    });
  };
}
