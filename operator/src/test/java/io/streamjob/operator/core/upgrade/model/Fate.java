package io.streamjob.operator.core.upgrade.model;

import java.util.EnumSet;
import java.util.Map;

/** What may go wrong, or be asked for. A scope says how often each may happen. */
enum Fate {
  /** The user changes the spec. */
  EDIT,
  /** A JobManager's process ends; another one starts. */
  DEATH,
  /** A savepoint fails, or the job does not stop when it is complete. */
  ENDING,
  /** A call is not done, and the operator hears so. */
  FAILED_CALL,
  /** A call is done, and the operator does not hear of it. */
  LOST_REPLY,
  /** The operator gives a call up that is done later. */
  LATE_CALL,
  /** A reply comes late, and tells what was true when the call was done. */
  LATE_REPLY,
  /** The operator's process ends, between any two things that it does. */
  CRASH,
  /** The watcher goes on showing what a cluster looked like. */
  STALE_LOOK,
  /** A JobManager cannot be reached, and works on. */
  SILENCE,
  /** Something takes longer than the operator is willing to wait. */
  SLOWNESS,
  /** The storage cannot be reached by the operator. */
  STORAGE_DOWN,
  /** Somebody removes a checkpoint. */
  LOST_FILES,
  /** A leader is paused in the middle of a pass while another one takes over. */
  PAUSE,
  /** status.machine is wiped. */
  WIPE,
  /** Somebody else takes the job's folder in the storage over. */
  TAKEN,
  /** Somebody else stops the job with a savepoint. */
  STOP_ELSEWHERE;

  private static final int BITS = 3;
  private static final long MASK = (1 << BITS) - 1;

  /** How often each may still happen, as one number. */
  static long budget(Map<Fate, Integer> counts) {
    long budget = 0;
    for (var entry : counts.entrySet()) {
      budget |= (long) entry.getValue() << (BITS * entry.getKey().place());
    }
    return budget;
  }

  private int place() {
    return EnumSet.range(EDIT, this).size() - 1;
  }

  boolean isLeft(long budget) {
    return ((budget >> (BITS * place())) & MASK) > 0;
  }

  /** The budget after this happened. */
  long spend(long budget) {
    return budget - (1L << (BITS * place()));
  }
}
