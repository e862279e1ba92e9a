#include "wake.h"

#define REMEMBERED 32
#define PAUSE_MS 10000

/* Processes whose pages stayed empty, the oldest overwritten first. */
static struct {
  int pid;
  uint64_t start, tried_at;
} tried[REMEMBERED];
static int next_tried;

bool wake_is_due(const struct process *process, int pages, int children) {
  if (process->toolkit != TOOLKIT_ELECTRON && process->toolkit != TOOLKIT_CHROMIUM) return false;
  if (children > 0) return false;
  if (process->toolkit == TOOLKIT_CHROMIUM && pages == 0) return false;
  for (int i = 0; i < REMEMBERED; i++) {
    bool is_same = tried[i].pid == process->pid && tried[i].start == process->start;
    if (is_same && ax_now() - tried[i].tried_at < PAUSE_MS) return false;
  }
  return true;
}

void wake_begin(struct wake *wake, AXUIElementRef app, const struct process *process) {
  *wake = (struct wake){.app = app};
  if (process->toolkit == TOOLKIT_ELECTRON) {
    /* Some versions answer "unsupported" and obey all the same: the tree is the judge. */
    ax_set(app, NAME_AXManualAccessibility, kCFBooleanTrue);
    return;
  }
  CFTypeRef before = NULL;
  double is_on = 0;
  ax_copy(app, NAME_AXEnhancedUserInterface, &before);
  read_double(before, &is_on);
  drop(before);
  if (is_on != 0) return;
  ax_set(app, NAME_AXEnhancedUserInterface, kCFBooleanTrue);
  wake->is_restored_later = true;
}

void wake_end(struct wake *wake, const struct process *process, int children) {
  if (wake->is_restored_later) ax_set(wake->app, NAME_AXEnhancedUserInterface, kCFBooleanFalse);
  if (children > 0) return;
  tried[next_tried].pid = process->pid;
  tried[next_tried].start = process->start;
  tried[next_tried].tried_at = ax_now();
  next_tried = (next_tried + 1) % REMEMBERED;
}
