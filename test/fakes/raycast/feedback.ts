/** Styles by the values that the declarations give them. */
type ToastStyle = "SUCCESS" | "FAILURE" | "ANIMATED";
interface ToastAction {
  title: string;
  onAction(toast: unknown): void;
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
  onAction?(): void;
}
interface AlertOptions {
  title: string;
  message?: string;
  primaryAction?: AlertAction;
  dismissAction?: AlertAction;
}

/** A toast as the person sees it now; a later change of its title or style shows here. */
export type ShownToast = ToastOptions & { isVisible: boolean };

/** An alert that waits for the person. */
export interface OpenAlert extends AlertOptions {
  /** Presses a button by its title. */
  press(title: string): void;
}

/** Toasts, HUDs and alerts of one command. */
export class Feedback {
  readonly toasts: ShownToast[] = [];
  readonly huds: string[] = [];
  alert: OpenAlert | undefined;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The class `Toast`, whose setters change what is on the screen. */
  toastClass() {
    const { toasts } = this;
    const changed = this.#changed;
    return class Toast {
      readonly #shown: ShownToast;

      constructor(options: ToastOptions) {
        this.#shown = { style: "SUCCESS", ...options, isVisible: false };
        for (const name of ["title", "message", "style", "primaryAction", "secondaryAction"] as const) {
          const shown: Record<string, unknown> = this.#shown as never;
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
    this.huds.push(title);
    this.#changed();
  };

  confirmAlert = (options: AlertOptions): Promise<boolean> => {
    const dismiss = options.dismissAction ?? { title: "Cancel" };
    const primary = options.primaryAction ?? { title: "OK" };
    return new Promise((resolve) => {
      const press = (title: string) => {
        const action = [primary, dismiss].find((candidate) => candidate.title === title);
        if (action === undefined)
          throw new Error(`The alert has "${primary.title}" and "${dismiss.title}", not "${title}".`);
        this.alert = undefined;
        action.onAction?.();
        resolve(action === primary);
        this.#changed();
      };
      this.alert = { ...options, press };
      this.#changed();
    });
  };
}
