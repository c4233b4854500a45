package io.streamjob.operator.flink;

import io.streamjob.operator.core.observed.JobState;
import java.util.Optional;

/** A job of {@link ScriptedFlink}. */
final class ScriptedJob {

  final String id;
  final int tasks;
  JobState state = JobState.RUNNING;
  int running;
  int checkpoints;
  int savepoints;
  Optional<String> failure = Optional.empty();

  ScriptedJob(String id, int tasks) {
    this.id = id;
    this.tasks = tasks;
    this.running = tasks;
  }

  void become(JobState next) {
    state = next;
    running = next == JobState.RUNNING ? tasks : 0;
  }
}
