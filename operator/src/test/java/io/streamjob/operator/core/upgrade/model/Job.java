package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.observed.JobState;
import java.util.Optional;

/**
 * One job in a JobManager's process.
 *
 * @param from the snapshot that it starts from
 * @param seen checkpoints that it completed in this process, which is all that REST counts
 * @param isBack whether high availability brought it back
 */
record Job(String id, JobState state, Optional<String> from, int seen, boolean isBack) {

  Job to(JobState next) {
    return new Job(id, next, from, seen, isBack);
  }

  Job withCheckpoint() {
    return new Job(id, state, from, seen + 1, isBack);
  }

  boolean isWriting() {
    return state == JobState.RUNNING || state == JobState.CANCELLING;
  }

  boolean isOver() {
    return state.isGloballyTerminal();
  }
}
