package io.streamjob.operator.telemetry;

import io.streamjob.operator.core.plan.PlanKind;
import io.streamjob.operator.core.plan.Step;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that the operator measures of itself and of its jobs. The list is the documentation:
 * {@code docs/metrics.md} is generated from it.
 */
public enum Metric {
  /** See {@link #description()}, as for all others. */
  RECONCILE(
      "streamjob.reconcile",
      Kind.TIMER,
      "Passes of the reconcilers, their writes to the API server included. A failed pass is repeated with a growing pause.",
      Label.of("controller", "streamjobreconciler", "savepointreconciler"),
      Label.of("outcome", Metric.DONE, Metric.FAILED)),
  PLANS(
      "streamjob.plans",
      Kind.COUNTER,
      "Plans that ended. A failed one is followed by the plan that goes back, such as Rollback or Abandon; a superseded one by what the spec asks for since.",
      Label.of("plan", planLabels()),
      Label.of("outcome", Metric.DONE, Metric.FAILED, Metric.SUPERSEDED)),
  STEPS(
      "streamjob.steps",
      Kind.TIMER,
      "Attempts at a step of a plan, from the status write that opened the attempt to the one that ended it. Times are those of the status, so an operator that was down in between counts in.",
      Label.of("step", stepLabels()),
      Label.of("outcome", Metric.DONE, Metric.FAILED, Metric.SUPERSEDED)),
  GAP(
      "streamjob.gap",
      Kind.HISTOGRAM,
      "How long an upgrade kept a job from running: from the time when its last attempt to stop the old run was opened until the operator first saw every task of"
          + " a run in its place running. What the operator can see, which is a little more than the outage: the old run works on until its stop has reached Flink,"
          + " and a run is seen up to a poll (150 ms) late. An upgrade during which the operator was restarted is left out. plan: in which plan a run was seen again.",
      Label.of(
          "plan",
          PlanKind.UPGRADE.label(),
          PlanKind.REPLACE.label(),
          PlanKind.ROLLBACK.label(),
          PlanKind.RECOVER.label())),
  SNAPSHOTS(
      "streamjob.snapshots",
      Kind.TIMER,
      "Savepoints that are over, from the opening of the last attempt until they were read back and found whole, or given up.",
      Label.of("origin", "User", "Upgrade", "Suspend", "Delete"),
      Label.of("format", "Canonical", "Native"),
      Label.of("outcome", Metric.DONE, Metric.FAILED)),
  FLINK_CALLS(
      "streamjob.flink.calls",
      Kind.TIMER,
      "Calls to Flink's REST endpoints. rejected: Flink answered with an error; unreachable: there was no usable answer, as from a JobManager that is not up yet.",
      Label.of(
          "operation",
          "overview",
          "jars",
          "jobs",
          "knows",
          "details",
          "savepoint",
          "stop",
          "trigger",
          "checkpoint",
          "cancel",
          "submit"),
      Label.of("outcome", Metric.DONE, "rejected", "unreachable")),
  STORAGE_CALLS(
      "streamjob.storage.calls",
      Kind.TIMER,
      "Operations on the object storage, the wait for their turn included; each is one or more S3 requests. outcome: done, or the kind of the failure.",
      Label.of(
          "operation", "check", "claim", "find", "newest", "result", "verify", "delete", "forget"),
      Label.of(
          "outcome",
          Metric.DONE,
          "BucketMissing",
          "CredentialsRefused",
          "AccessDenied",
          "Unreachable",
          "NotFound",
          "Corrupt",
          "TooLarge",
          "OutsideBoundary",
          "Changed",
          "Unsupported",
          "Other")),
  KUBERNETES_WRITES(
      "streamjob.kubernetes.writes",
      Kind.TIMER,
      "Writes to the API server, each sent once. conflict: somebody else wrote first, and the pass is repeated; refused: by admission, a quota, or a missing right.",
      Label.of("operation", "create", "edit", "delete", "status", "finalizers", "event"),
      Label.of("outcome", Metric.DONE, "conflict", "refused", Metric.FAILED)),
  JOBS(
      "streamjob.jobs",
      Kind.GAUGE,
      "StreamJobs that this process takes care of, by what their conditions say. None on a process that does not lead.",
      Label.of("state", JobMeters.STATES)),
  LAST_CHECKPOINT(
      "streamjob.job.last.checkpoint.timestamp.seconds",
      Kind.GAUGE,
      "When Flink began the newest completed checkpoint of the job's run, in seconds since 1970, as of the operator's last look (every 3 s); NaN while there is none."
          + " Its age is the state that would be computed again after a failure. Gone with the job.",
      Label.ofJob("namespace"),
      Label.ofJob("job")),
  LEADER(
      "streamjob.leader",
      Kind.GAUGE,
      "1 while this process holds the Lease and may act, else 0. The sum over all replicas is 1, but for the seconds of a change."),
  QUEUE(
      "streamjob.queue",
      Kind.GAUGE,
      "What waits. reconcile: objects whose pass waits for a thread; calls: calls to Flink and to the storage that were not answered yet; polls: looks at Flink clusters"
          + " that wait for their turn; storage: operations on the storage that wait for theirs.",
      Label.of("queue", "reconcile", "calls", "polls", "storage"));

  /** The outcome of what went well. */
  public static final String DONE = "done";

  /** The outcome of what did not. */
  public static final String FAILED = "failed";

  /** The outcome of what gave way to something else. */
  public static final String SUPERSEDED = "superseded";

  /** How a metric is taken. */
  enum Kind {
    COUNTER("counter", "_total"),
    TIMER("summary", "_seconds_count", "_seconds_sum", "_seconds_max"),
    HISTOGRAM("histogram", "_seconds_bucket", "_seconds_count", "_seconds_sum", "_seconds_max"),
    GAUGE("gauge", "");

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> suffixes;

    Kind(String label, String... suffixes) {
      this.label = label;
      this.suffixes = List.of(suffixes);
    }

    /** The kind as Prometheus calls it. */
    String label() {
      return label;
    }
  }

  private final String id;
  private final Kind kind;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<Label> labels;

  Metric(String id, Kind kind, String description, Label... labels) {
    this.id = id;
    this.kind = kind;
    this.description = description;
    this.labels = List.of(labels);
  }

  private static String[] planLabels() {
    return Stream.of(PlanKind.values()).map(PlanKind::label).toArray(String[]::new);
  }

  private static String[] stepLabels() {
    return Arrays.stream(Step.class.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .toArray(String[]::new);
  }

  /** Its name in the registry, with dots. */
  String id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  /** What is counted or timed, and where that begins and ends. */
  String description() {
    return description;
  }

  List<Label> labels() {
    return labels;
  }

  /** The names of its series at {@code /metrics}. */
  List<String> series() {
    String name = id.replace('.', '_');
    return kind.suffixes.stream().map(suffix -> name + suffix).toList();
  }
}
