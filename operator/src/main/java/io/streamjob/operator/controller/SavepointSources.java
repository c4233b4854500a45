package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.core.spec.Digests;
import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.Memory;
import io.streamjob.operator.core.upgrade.StateCodec;
import io.streamjob.operator.core.upgrade.UpgradeState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a Savepoint stands, and what the job it is taken of allows. */
final class SavepointSources {

  /** Of attempts that a plan of the job makes: the Savepoint does not ask Flink itself. */
  static final int NO_REVISION = 0;

  private static final String LOST =
      "status.machine is lost: restore the status from a backup; nothing is touched until then";

  private final Savepoint savepoint;
  private final Optional<StreamJob> job;

  SavepointSources(Savepoint savepoint, Optional<StreamJob> job) {
    this.savepoint = savepoint;
    this.job = job;
  }

  SavepointSources(Savepoint savepoint, List<StreamJob> jobs) {
    this(
        savepoint,
        jobs.stream()
            .filter(job ->
                job.getMetadata().getName().equals(savepoint.getSpec().source().job().name()))
            .findFirst());
  }

  private Optional<SavepointSpec.Attempt> planned() {
    return Optional.ofNullable(savepoint.getSpec().source().job().attempt());
  }

  /** The state in the status, or the attempt that stands in the spec. */
  Decoded<SavepointState> state(Instant now) {
    Optional<SavepointStatus> status = Optional.ofNullable(savepoint.getStatus());
    return planned()
        .<Decoded<SavepointState>>map(attempt -> new Decoded.Known<>(following(attempt, now)))
        .or(() -> status.map(SavepointStatus::machine).map(SavepointState.FORMAT::decode))
        .or(() -> status.map(SavepointStatus::location).map(known -> new Decoded.Foreign<>(LOST)))
        .orElseGet(() -> new Decoded.Known<>(SavepointState.NEW));
  }

  private static SavepointState following(SavepointSpec.Attempt attempt, Instant now) {
    return new SavepointState(
        List.of(),
        Optional.of(
            new Attempt(
                attempt.operationId(), attempt.jobId(), NO_REVISION, attempt.profile(), now)));
  }

  /** What the job allows. */
  Source source() {
    Optional<MachineState> machine = job.flatMap(SavepointSources::machine);
    if (planned().isPresent()) {
      boolean isTaking = machine.filter(this::isTaking).isPresent();
      return isTaking ? new Source.Taking() : new Source.Taken(seen());
    }
    if (job.isEmpty()) {
      return new Source.NotRunning(
          "JobMissing",
          "there is no StreamJob %s in this namespace: create it, or name another"
              .formatted(savepoint.getSpec().source().job().name()));
    }
    return machine
        .map(this::running)
        .orElseGet(() -> new Source.Busy("JobUnknown", "the job's status cannot be read"));
  }

  private String seen() {
    return Digests.operationId(
        List.of(job.flatMap(StreamJobPass::machine).orElse("there is no job any more")));
  }

  private Source running(MachineState state) {
    if (state.upgrade() instanceof UpgradeState.Executing executing) {
      return new Source.Busy(
          "JobBusy",
          "the job is in the middle of a change (%s): it is saved afterwards"
              .formatted(executing.plan().kind().label()));
    }
    return state
        .lineage()
        .current()
        .filter(run -> run.ended().isEmpty())
        .<Source>map(run -> new Source.Running(run.revision(), run.jobId(), profile()))
        .orElseGet(() ->
            new Source.NotRunning(
                "JobNotRunning", "the job does not run: it is saved once it does"));
  }

  private String profile() {
    return job.map(StreamJob::getSpec)
        .flatMap(spec -> Optional.ofNullable(spec.storage()))
        .flatMap(storage -> Optional.ofNullable(storage.profile()))
        .orElse("default");
  }

  private boolean isTaking(MachineState state) {
    return state.upgrade() instanceof UpgradeState.Executing executing
        && executing.cursor() < executing.plan().steps().size()
        && executing.plan().steps().get(executing.cursor()) instanceof Step.TakeSnapshot
        && executing
            .operationId(job.orElseThrow().getMetadata().getUid())
            .equals(planned().orElseThrow().operationId());
  }

  private static Optional<MachineState> machine(StreamJob job) {
    String uid = job.getMetadata().getUid();
    return StateCodec.decode(uid, StreamJobPass.machine(job))
        .known()
        .filter(memory -> memory.isOf(uid))
        .map(Memory::state);
  }

  /**
   * The job that a savepoint must not be taken from: one that will start from it, or did and has no
   * checkpoint of its own yet.
   */
  static Optional<String> holder(Savepoint savepoint, SavepointState state, List<StreamJob> jobs) {
    return jobs.stream()
        .filter(job -> needs(job, savepoint, state))
        .map(job -> job.getMetadata().getName())
        .findFirst();
  }

  /** Whether a job will start from the savepoint, or did and has no checkpoint of its own yet. */
  static boolean needs(StreamJob job, Savepoint savepoint, SavepointState state) {
    return needed(job).anyMatch(point -> isOf(savepoint, state, point));
  }

  /** Whether one of them is what the savepoint's name or status tells of. */
  static boolean names(List<RestorePoint> points, Savepoint savepoint) {
    Optional<String> location =
        Optional.ofNullable(savepoint.getStatus()).map(SavepointStatus::location);
    return points.stream()
        .anyMatch(point ->
            point.savepoint().equals(Optional.of(savepoint.getMetadata().getName()))
                || location.equals(Optional.of(point.location())));
  }

  /** What a job will start from, or did and has no checkpoint of its own yet. */
  static Stream<RestorePoint> needed(StreamJob job) {
    return machine(job).map(MachineState::lineage).stream().flatMap(SavepointSources::needed);
  }

  private static boolean isOf(Savepoint savepoint, SavepointState state, RestorePoint point) {
    return point.savepoint().equals(Optional.of(savepoint.getMetadata().getName()))
        || state.all().stream()
            .anyMatch(attempt -> point.location().contains("/" + attempt.operationId() + "/"));
  }

  private static Stream<RestorePoint> needed(Lineage lineage) {
    return Stream.concat(
        lineage.restorePoint().stream(),
        lineage.current().filter(run -> !run.proven()).flatMap(Run::from).stream());
  }
}
