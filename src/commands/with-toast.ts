import { showToast, Toast } from "@raycast/api";
import { showFailureToast } from "@raycast/utils";

/** Words for the three states of something that takes a moment. */
export interface ToastWords {
  doing: string;
  done: string;
  failed: string;
}

/** Does some work under a toast that says how it goes. Resolves with whether it succeeded; the toast shows the error. */
export async function withToast(words: ToastWords, work: () => Promise<unknown>): Promise<boolean> {
  const toast = await showToast({ style: Toast.Style.Animated, title: words.doing });
  try {
    await work();
    toast.style = Toast.Style.Success;
    toast.title = words.done;
    return true;
  } catch (error) {
    await showFailureToast(error, { title: words.failed });
    return false;
  }
}
