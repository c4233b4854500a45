package io.streamjob.operator.flink;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads Flink's answers, as seen on 2.3.0; fields that are not known are ignored. */
final class Answers {

  private Answers() {}

  static ClusterOverview overview(JsonNode answer) {
    return new ClusterOverview(required(answer, "slots-total").asInt());
  }

  static Set<String> jars(JsonNode answer) {
    Set<String> ids = new LinkedHashSet<>();
    required(answer, "files").forEach(file -> ids.add(required(file, "id").asText()));
    return ids;
  }

  static Map<String, JobView> jobs(JsonNode answer) {
    Map<String, JobView> jobs = new LinkedHashMap<>();
    for (JsonNode job : required(answer, "jobs")) {
      JobView view = job(job);
      jobs.put(view.id(), view);
    }
    return jobs;
  }

  private static JobView job(JsonNode job) {
    JsonNode tasks = required(job, "tasks");
    return new JobView(
        required(job, "jid").asText(),
        JobState.valueOf(required(job, "state").asText()),
        required(tasks, "running").asInt() + required(tasks, "finished").asInt(),
        required(tasks, "total").asInt(),
        0,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Adds {@code GET /jobs/:id/checkpoints}. {@code latest.completed} is never a savepoint, but
   * {@code counts.completed} has them too: those in the history (the last 10) are taken off, so the
   * sum is exact for 0 and may be too high later.
   */
  static JobView withCheckpoints(JobView job, JsonNode answer) {
    JsonNode latest = answer.path("latest").path("completed");
    long savepoints = 0;
    for (JsonNode entry : answer.path("history")) {
      if (entry.path("is_savepoint").asBoolean()
          && "COMPLETED".equals(entry.path("status").asText())) {
        savepoints++;
      }
    }
    long completed = answer.path("counts").path("completed").asLong() - savepoints;
    boolean hasCheckpoint = latest.isObject();
    return new JobView(
        job.id(),
        job.state(),
        job.runningTasks(),
        job.totalTasks(),
        hasCheckpoint ? Math.max(1, completed) : 0,
        folder(latest.path("external_path")),
        Optional.of(latest.path("trigger_timestamp"))
            .filter(JsonNode::canConvertToLong)
            .map(at -> Instant.ofEpochMilli(at.asLong())),
        stoppedWith(answer.path("latest")),
        job.failure());
  }

  /** {@code SYNC_SAVEPOINT} is a savepoint that stops its job; where it did, nothing came after. */
  private static Optional<String> stoppedWith(JsonNode latest) {
    JsonNode savepoint = latest.path("savepoint");
    boolean isStop = "SYNC_SAVEPOINT".equals(savepoint.path("checkpoint_type").asText());
    boolean isLast = savepoint.path("id").asLong() > latest.path("completed").path("id").asLong(-1);
    return isStop && isLast ? folder(savepoint.path("external_path")) : Optional.empty();
  }

  /** Checkpoints of other storages have a text in angle brackets for a path. */
  private static Optional<String> folder(JsonNode path) {
    return Optional.of(path.asText("")).filter(text -> !text.isEmpty() && !text.startsWith("<"));
  }

  /** Adds the newest entry of {@code GET /jobs/:id/exceptions}. */
  static JobView withFailure(JobView job, JsonNode answer) {
    JsonNode newest = answer.path("exceptionHistory").path("entries").path(0).path("stacktrace");
    if (!newest.isTextual()) {
      return job;
    }
    return job.withFailure(Optional.of(Cause.innermost(newest.asText()).line()));
  }

  static TriggerView trigger(JsonNode answer) {
    if (!"COMPLETED".equals(required(required(answer, "status"), "id").asText())) {
      return new TriggerView.InProgress();
    }
    JsonNode operation = required(answer, "operation");
    return operation.has("location")
        ? new TriggerView.Completed(operation.get("location").asText())
        : failed(required(required(operation, "failure-cause"), "stack-trace").asText());
  }

  private static TriggerView failed(String stackTrace) {
    Cause innermost = Cause.innermost(stackTrace);
    return new TriggerView.Failed(innermost.type(), innermost.message());
  }

  /** The reason in an error answer: its last entry is the most telling one. */
  static String reason(JsonNode answer) {
    String last = "";
    for (JsonNode error : answer.path("errors")) {
      last = error.asText();
    }
    return Cause.innermost(last).line();
  }

  static JsonNode required(JsonNode parent, String field) {
    JsonNode value = parent.get(field);
    if (value == null) {
      throw new FlinkException.Unreachable("the answer has no " + field);
    }
    return value;
  }
}
