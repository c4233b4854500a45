package io.streamjob.operator.core.upgrade.model;

/** A stop-with-savepoint that a JobManager knows of. */
record Stop(String job, Phase phase) {

  enum Phase {
    ASKED,
    /** The savepoint is complete, and REST does not say so yet. */
    SAVED,
    DONE,
    /** The savepoint failed, and the job goes on. */
    FAILED,
    /** The savepoint is complete, and the job falls back to an older checkpoint. */
    NOT_STOPPED
  }

  boolean isUnderWay() {
    return phase == Phase.ASKED || phase == Phase.SAVED;
  }

  Stop to(Phase next) {
    return new Stop(job, next);
  }
}
