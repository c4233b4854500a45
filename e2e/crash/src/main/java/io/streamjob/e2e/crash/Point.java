package io.streamjob.e2e.crash;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Where something happens to the operator, and what.
 *
 * @param call a write, which every run names alike
 */
record Point(Call call, Blow blow) {

  /** What happens at a write. */
  enum Blow {
    /** The operator dies, and the write never goes out. */
    DIES_BEFORE,
    /** It goes out and is carried out; the operator dies and never sees the reply. */
    DIES_AFTER,
    /** For some seconds the operator hears nothing of what changes. */
    WATCHES_FREEZE,
    /** All watches break and cannot be resumed: what happened meanwhile shows in one new list. */
    WATCHES_BREAK,
    /** Somebody puts a label on the StreamJob. */
    JOB_LABELLED,
    /** Somebody deletes all Services of the job. */
    SERVICES_DELETED,
    /** Every JobManager's pod is killed. */
    JOB_MANAGERS_KILLED;

    static final List<Blow> DEATHS = List.of(DIES_BEFORE, DIES_AFTER);

    boolean isDeath() {
      return DEATHS.contains(this);
    }

    /** Whether the end is the same down to the last object, or only as good. */
    boolean leavesNoTrace() {
      return switch (this) {
        case DIES_BEFORE, DIES_AFTER, WATCHES_FREEZE, WATCHES_BREAK, JOB_LABELLED -> true;
        case SERVICES_DELETED, JOB_MANAGERS_KILLED -> false;
      };
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Blow of(String label) {
      return Arrays.stream(values())
          .filter(blow -> blow.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no blow " + label));
    }
  }

  @Override
  public String toString() {
    return blow.label() + " " + call;
  }
}
