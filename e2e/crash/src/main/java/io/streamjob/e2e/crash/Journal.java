package io.streamjob.e2e.crash;

import io.streamjob.operator.core.observed.JobState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the jobs of one lineage did, in their order, and what was wrong with it.
 *
 * <p>Two runs at the same time would both write. A run that starts from anything but the newest
 * snapshot of the one before loses state, or writes output again.
 */
final class Journal {

  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private Optional<String> newest = Optional.empty();
  private Optional<String> stopping = Optional.empty();

  /** A run of a job. */
  private static final class Run {
    private final String jobId;
    private final int revision;
    private final String from;
    private boolean isRunning = true;

    Run(String jobId, int revision, String from) {
      this.jobId = jobId;
      this.revision = revision;
      this.from = from;
    }
  }

  /**
   * A job was started or went on.
   *
   * @param from the snapshot, or nothing
   */
  synchronized void running(int revision, String jobId, String from) {
    note("revision %d: job %s runs from %s".formatted(revision, jobId, from));
    runs.values().stream()
        .filter(other -> other.isRunning)
        .filter(other -> other.revision != revision || !other.jobId.equals(jobId))
        .forEach(other -> wrong("job %s runs beside job %s".formatted(jobId, other.jobId)));
    String wanted = newest.orElse("");
    if (!runs.containsKey(jobId) && !from.equals(wanted)) {
      wrong("job %s starts from '%s' and not from '%s'".formatted(jobId, from, wanted));
    }
    runs.computeIfAbsent(jobId, id -> new Run(id, revision, from)).isRunning = true;
  }

  /** Somebody begins anew under the same name. */
  synchronized void begin() {
    newest = Optional.empty();
    stopping = Optional.empty();
  }

  /** A job is in another state than RUNNING now. */
  synchronized void left(String jobId, JobState state) {
    note("job %s is %s".formatted(jobId, state));
    Optional.ofNullable(runs.get(jobId)).ifPresent(run -> run.isRunning = false);
    if (state == JobState.FINISHED) {
      newest = stopping.or(() -> newest);
    }
  }

  /** The process that ran a revision's jobs is gone. */
  synchronized void gone(int revision) {
    note("revision %d: its JobManager is gone".formatted(revision));
    runs.values().stream()
        .filter(run -> run.revision == revision)
        .forEach(run -> run.isRunning = false);
  }

  /** A savepoint is complete, which makes it the job's newest state if it stops the job. */
  synchronized void savepoint(String location) {
    note("savepoint " + location);
    stopping = Optional.of(location);
  }

  /** A checkpoint is complete. */
  synchronized void checkpoint(String location) {
    note("checkpoint " + location);
    newest = Optional.of(location);
  }

  synchronized void wrong(String what) {
    note("WRONG: " + what);
    violations.add(what);
  }

  synchronized void note(String line) {
    lines.add("%tT.%<tL %s".formatted(System.currentTimeMillis(), line));
  }

  /** What must never happen and did. */
  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** All that happened. */
  synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Each run as {@code revision from}, ids left out; the last one that runs is marked. */
  synchronized List<String> summary() {
    return runs.values().stream()
        .map(run ->
            "revision %d from %s%s"
                .formatted(
                    run.revision,
                    run.from.isEmpty()
                        ? "nothing"
                        : Call.withoutIds(run.from.replaceFirst("^s3://[^/]+/jobs/[^/]+/", "")),
                    run.isRunning ? ", running" : ""))
        .toList();
  }
}
