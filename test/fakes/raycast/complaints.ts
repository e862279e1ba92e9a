/** What React said through the console about a command: missing keys, wrong hooks, updates after the end. */
const listeners = new Set<(text: string) => void>();
let original: typeof console.error | undefined;

/** Calls back with every console error until the returned function is called. */
export function listenForComplaints(listener: (text: string) => void): () => void {
  listeners.add(listener);
  if (original === undefined) {
    original = console.error;
    console.error = (...values: unknown[]) => {
      const [first, ...rest] = values.map(String);
      // React writes printf-style: put its words together for the reader of a failed test.
      const text = rest.reduce((sentence, word) => sentence.replace(/%s/, () => word), first ?? "");
      for (const each of listeners) each(text);
    };
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || original === undefined) return;
    console.error = original;
    original = undefined;
  };
}
