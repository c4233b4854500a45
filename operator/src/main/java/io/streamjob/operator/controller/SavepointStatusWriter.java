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

  private static final int MAX_OPERATORS = 200;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private final Savepoint savepoint;
  private final SavepointState state;
  private final Instant now;

  SavepointStatusWriter(Savepoint savepoint, SavepointState state, Instant now) {
    this.savepoint = savepoint;
    this.state = state;
    this.now = now;
  }

  private Conditions conditions() {
    List<Condition> before =
        Optional.ofNullable(savepoint.getStatus())
            .map(SavepointStatus::conditions)
            .orElse(List.of());
    return new Conditions(before, savepoint.getMetadata().getGeneration(), now);
  }

  /** It is on its way. */
  SavepointStatus reconciling(SavepointState next, String reason, String message) {
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.False, reason, message)
            .add(ConditionType.Reconciling, Status.True, reason, message)
            .add(ConditionType.Stalled, Status.False, reason, "the operator is at work");
    boolean isPlanned = savepoint.getSpec().source().job().attempt() != null;
    return status(conditions, profile(next), isPlanned ? null : SavepointSources.encode(next));
  }

  /** It will never come. */
  SavepointStatus failed(String reason, String message) {
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.False, reason, message)
            .add(ConditionType.Reconciling, Status.False, reason, "it is not tried again")
            .add(ConditionType.Stalled, Status.True, reason, message);
    return status(conditions, profile(state), null);
  }

  private SavepointStatus status(Conditions conditions, String profile, String machine) {
    return new SavepointStatus(
        savepoint.getMetadata().getGeneration(),
        conditions.list(),
        null,
        origin(),
        profile,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        machine);
  }

  /** It is complete and verified. */
  SavepointStatus complete(String location, SnapshotFacts facts) {
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
        Duration.between(began(), now).toMillis(),
        Conditions.time(now),
        facts.operators().stream().limit(MAX_OPERATORS).map(this::operator).toList(),
        null);
  }

  /** It is to go and cannot, or not yet. */
  SavepointStatus notDeleted(String reason, String message) {
    SavepointStatus old = savepoint.getStatus();
    Conditions conditions =
        conditions()
            .add(ConditionType.Ready, Status.True, "Verified", "complete and verified")
            .add(ConditionType.Reconciling, Status.True, reason, message)
            .add(ConditionType.Stalled, Status.False, reason, "the deletion is tried again");
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

  private Instant began() {
    return savepoint.getSpec().source().job().attempt() == null
        ? state.attempt().map(Attempt::since).orElse(now)
        : Instant.parse(savepoint.getMetadata().getCreationTimestamp());
  }

  private static String profile(SavepointState state) {
    return state.attempt().map(Attempt::profile).orElse(null);
  }

  private String origin() {
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
