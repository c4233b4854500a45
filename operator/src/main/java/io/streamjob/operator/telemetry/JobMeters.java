package io.streamjob.operator.telemetry;

import io.streamjob.api.v1alpha1.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What is told of each job, for as long as it exists. */
public final class JobMeters {

  /** The states that jobs are counted by. */
  static final String[] STATES = {
    "Running", "Suspended", "Finished", "Reconciling", "Stalled", Label.OTHER
  };

  private final Telemetry telemetry;
  private final Map<Name, Seen> jobs = new ConcurrentHashMap<>();

  private record Name(String namespace, String job) {}

  private record Seen(String uid, String state, Supplier<Optional<Instant>> lastCheckpoint) {}

  public JobMeters(Telemetry telemetry) {
    this.telemetry = telemetry;
    for (String state : STATES) {
      telemetry.gauge(Metric.JOBS, () -> count(state), state);
    }
  }

  private long count(String state) {
    return jobs.values().stream().filter(job -> job.state().equals(state)).count();
  }

  /**
   * Takes in how a job is.
   *
   * @param lastCheckpoint when its newest checkpoint was begun; asked whenever somebody reads the
   *     meters
   */
  public void saw(
      String uid,
      String namespace,
      String job,
      List<Condition> conditions,
      Supplier<Optional<Instant>> lastCheckpoint) {
    var name = new Name(namespace, job);
    if (jobs.put(name, new Seen(uid, state(conditions), lastCheckpoint)) == null) {
      telemetry.gauge(Metric.LAST_CHECKPOINT, () -> lastCheckpoint(name), namespace, job);
    }
  }

  private static String state(List<Condition> conditions) {
    return conditions.stream()
        .filter(condition -> condition.status() == Condition.Status.True)
        .flatMap(condition ->
            switch (condition.type()) {
              case "Stalled", "Reconciling" -> Optional.of(condition.type()).stream();
              case "Ready" -> Optional.of(condition.reason()).stream();
              default -> Optional.<String>empty().stream();
            })
        .filter(List.of(STATES)::contains)
        .findFirst()
        .orElse(Label.OTHER);
  }

  private double lastCheckpoint(Name name) {
    return Optional.ofNullable(jobs.get(name))
        .flatMap(seen -> seen.lastCheckpoint().get())
        .map(instant -> instant.toEpochMilli() / 1000.0)
        .orElse(Double.NaN);
  }

  /** Forgets a job that is gone; another of its name stays. */
  public void forget(String uid) {
    jobs.forEach((name, seen) -> {
      if (seen.uid().equals(uid) && jobs.remove(name, seen)) {
        telemetry.remove(Metric.LAST_CHECKPOINT, name.namespace(), name.job());
      }
    });
  }
}
