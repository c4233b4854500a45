package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.operator.core.report.ConditionType;
import io.streamjob.operator.core.report.Conditions;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.storage.SnapshotFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes the statuses of a Savepoint. */
final class SavepointStatusWriter {

  /** The reason of a Savepoint whose record another operator wrote. */
  static final String FOREIGN = "ForeignState";

  private static final int MAX_OPERATORS = 200;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private final Savepoint savepoint;
  private final Instant now;

  SavepointStatusWriter(Savepoint savepoint, Instant now) {
    this.savepoint = savepoint;
    this.now = now;
  }

  private List<Condition> before() {
    return Optional.ofNullable(savepoint.getStatus())
        .map(SavepointStatus::conditions)
        .orElse(List.of());
  }

  private Conditions conditions() {
    return new Conditions(before(), savepoint.getMetadata().getGeneration(), now);
  }

  /** It is on its way. */
  SavepointStatus reconciling(SavepointState next, String reason, String message) {
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.False, reason, message)
            .add(ConditionType.Reconciling, Status.True, reason, message)
            .add(ConditionType.Stalled, Status.False, reason, "the operator is at work");
    return status(conditions, next);
  }

  /** It will never come. */
  SavepointStatus failed(SavepointState state, String reason, String message) {
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.False, reason, message)
            .add(ConditionType.Reconciling, Status.False, reason, "it is not tried again")
            .add(ConditionType.Stalled, Status.True, reason, message);
    return status(conditions, state.over());
  }

  private SavepointStatus status(Conditions conditions, SavepointState state) {
    return new SavepointStatus(
        savepoint.getMetadata().getGeneration(),
        conditions.list(),
        null,
        origin(),
        profile(state),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        machine(state));
  }

  /** It is complete and verified. */
  SavepointStatus complete(SavepointState state, String location, SnapshotFacts facts) {
    String message = "complete and verified: metadata read back, every file present";
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.True, "Verified", message)
            .add(ConditionType.Reconciling, Status.False, "Verified", "nothing is to be done")
            .add(ConditionType.Stalled, Status.False, "Verified", "nothing is in the way");
    return new SavepointStatus(
        savepoint.getMetadata().getGeneration(),
        conditions.list(),
        location,
        origin(),
        profile(state),
        facts.checkpointId(),
        facts.metadataVersion(),
        size(facts.sizeBytes()),
        facts.sizeBytes(),
        facts.files(),
        duration(state).toMillis(),
        Conditions.time(now),
        facts.operators().stream().limit(MAX_OPERATORS).map(this::operator).toList(),
        machine(state.over()));
  }

  /** It is to go and cannot, or not yet. */
  SavepointStatus going(String reason, String message) {
    return with(
        kept(ConditionType.Ready)
            .add(ConditionType.Reconciling, Status.True, reason, message)
            .add(ConditionType.Stalled, Status.False, reason, "the deletion is tried again"));
  }

  /** It is not ours to touch. */
  SavepointStatus handsOff(String why) {
    return with(
        conditions()
            .add(ConditionType.Ready, Status.False, FOREIGN, why)
            .add(ConditionType.Reconciling, Status.False, FOREIGN, "nothing is touched")
            .add(ConditionType.Stalled, Status.True, FOREIGN, why));
  }

  /** Nothing changes but that the newest spec was seen. */
  SavepointStatus observed() {
    return with(kept(ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled));
  }

  private Conditions kept(ConditionType... types) {
    Conditions conditions = conditions();
    for (ConditionType type : types) {
      before().stream()
          .filter(old -> old.type().equals(type.name()))
          .forEach(old -> conditions.add(type, old.status(), old.reason(), old.message()));
    }
    return conditions;
  }

  private SavepointStatus with(Conditions conditions) {
    SavepointStatus old =
        Optional.ofNullable(savepoint.getStatus())
            .orElseGet(() -> status(conditions, SavepointState.NEW));
    return new SavepointStatus(
        savepoint.getMetadata().getGeneration(),
        conditions.list(),
        old.location(),
        old.origin(),
        old.profile(),
        old.checkpointId(),
        old.metadataVersion(),
        old.size(),
        old.sizeBytes(),
        old.files(),
        old.durationMillis(),
        old.completed(),
        old.operators(),
        old.machine());
  }

  /** Of an attempt that a plan makes, the spec says all there is to remember. */
  private String machine(SavepointState state) {
    return isPlanned() || state.equals(SavepointState.NEW)
        ? null
        : SavepointState.FORMAT.encode(state);
  }

  private boolean isPlanned() {
    return savepoint.getSpec().source().job().attempt() != null;
  }

  private SavepointStatus.Operator operator(SnapshotFacts.Operator operator) {
    return new SavepointStatus.Operator(
        operator.id(),
        operator.uid().map(SavepointStatusWriter::bounded).orElse(null),
        operator.name().map(SavepointStatusWriter::bounded).orElse(null),
        operator.parallelism(),
        operator.maxParallelism(),
        operator.sizeBytes());
  }

  private static String bounded(String text) {
    return text.length() <= 256 ? text : text.substring(0, 256);
  }

  /** Since the last attempt was opened. */
  Duration duration(SavepointState state) {
    Instant began =
        isPlanned()
            ? Instant.parse(savepoint.getMetadata().getCreationTimestamp())
            : state.attempt().map(Attempt::since).orElse(now);
    return Duration.between(began, now);
  }

  private static String profile(SavepointState state) {
    return state.all().isEmpty() ? null : state.all().getLast().profile();
  }

  /** What it was taken for. */
  String origin() {
    SavepointSpec.Attempt attempt = savepoint.getSpec().source().job().attempt();
    return attempt == null ? "User" : attempt.origin().name();
  }

  /** A size for people, such as 12 KiB or 1.5 GiB. */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String pattern = value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, pattern, value, UNITS[unit]);
  }
}
