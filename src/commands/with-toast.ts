import { showToast, Toast } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";

/** Words for the three states of something that takes a moment. */
export interface ToastWords {
  doing: string;
  done: string;
  failed: string;
}

/**
 * Does some work under a toast that says how it goes; a text that the work comes to is the toast's message. Resolves with
 * whether it succeeded; the toast shows the error.
 */
export async function withToast(words: ToastWords, work: () => Promise<unknown>): Promise<boolean> {
  const toast = await showToast({ style: Toast.Style.Animated, title: words.doing });
  try {
    const result = await work();
    toast.style = Toast.Style.Success;
    toast.title = words.done;
    if (typeof result === "string") toast.message = result;
    return true;
  } catch (error) {
    await showFailureToast(error, { title: words.failed });
    return false;
  }
}
