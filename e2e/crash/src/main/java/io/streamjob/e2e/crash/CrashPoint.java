package io.streamjob.e2e.crash;

/**
 * Where the operator dies.
 *
 * @param call the number of a write, from 1
 */
record CrashPoint(int call, Moment moment) {

  /** On which side of the write. */
  enum Moment {
    /** The write never goes out. */
    BEFORE,
    /** It goes out and is carried out, and the operator never sees the reply. */
    AFTER
  }

  @Override
  public String toString() {
    return (moment == Moment.BEFORE ? "before " : "after ") + call;
  }
}
