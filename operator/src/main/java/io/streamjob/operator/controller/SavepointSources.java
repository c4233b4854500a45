package io.streamjob.operator.controller;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointSpec;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Step;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import io.streamjob.operator.core.spec.Digests;
import io.streamjob.operator.core.upgrade.MachineState;
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

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final Savepoint savepoint;
  private final Optional<StreamJob> job;

  SavepointSources(Savepoint savepoint, Optional<StreamJob> job) {
    this.savepoint = savepoint;
    this.job = job;
  }

  private Optional<SavepointSpec.Attempt> planned() {
    return Optional.ofNullable(savepoint.getSpec().source().job().attempt());
  }

  /** The state in the status, or the attempt that stands in the spec. */
  SavepointState state(Instant now) {
    return planned()
        .map(attempt ->
            new SavepointState(
                1,
                Optional.of(
                    new Attempt(
                        attempt.operationId(),
                        attempt.jobId(),
                        NO_REVISION,
                        attempt.profile(),
                        now))))
        .orElseGet(this::stored);
  }

  private SavepointState stored() {
    String text =
        Optional.ofNullable(savepoint.getStatus()).map(SavepointStatus::machine).orElse(null);
    try {
      return text == null ? SavepointState.NEW : JSON.readValue(text, SavepointState.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "status.machine of Savepoint %s cannot be read"
              .formatted(savepoint.getMetadata().getName()),
          e);
    }
  }

  static String encode(SavepointState state) {
    try {
      return JSON.writeValueAsString(state);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the state is plain data", e);
    }
  }

  /** What the job allows. */
  Source source() {
    Optional<MachineState> machine = job.flatMap(SavepointSources::machine);
    if (planned().isPresent()) {
      boolean isTaking = machine.filter(this::isTaking).isPresent();
      return isTaking ? new Source.Taking() : new Source.Taken(seen());
    }
    if (job.isEmpty()) {
      return new Source.Unable(
          "JobMissing",
          "there is no StreamJob %s in this namespace: create it, or name another"
              .formatted(savepoint.getSpec().source().job().name()));
    }
    return machine
        .map(this::running)
        .orElseGet(() -> new Source.Unable("JobUnknown", "the job's status cannot be read"));
  }

  private String seen() {
    return Digests.operationId(
        List.of(job.flatMap(StreamJobPass::machine).orElse("there is no job any more")));
  }

  private Source running(MachineState state) {
    if (state.upgrade() instanceof UpgradeState.Executing executing) {
      return new Source.Unable(
          "JobBusy",
          "the job is in the middle of a change (%s): it is saved afterwards"
              .formatted(executing.plan().kind().label()));
    }
    return state
        .lineage()
        .current()
        .filter(run -> !run.finished())
        .<Source>map(run -> new Source.Running(run.revision(), run.jobId(), profile()))
        .orElseGet(() ->
            new Source.Unable("JobNotRunning", "the job does not run: it is saved once it does"));
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
    return StateCodec.decode(Optional.ofNullable(job.getStatus()).map(StreamJobStatus::machine))
        .known();
  }

  /**
   * The job that a savepoint must not be taken from: one that will start from it, or did and has no
   * checkpoint of its own yet.
   */
  static Optional<String> holder(String name, String location, List<StreamJob> jobs) {
    return jobs.stream()
        .filter(job ->
            machine(job).map(MachineState::lineage).stream()
                .flatMap(SavepointSources::needed)
                .anyMatch(point ->
                    point.location().equals(location)
                        || point.savepoint().equals(Optional.of(name))))
        .map(job -> job.getMetadata().getName())
        .findFirst();
  }

  private static Stream<RestorePoint> needed(Lineage lineage) {
    return Stream.concat(
        lineage.restorePoint().stream(),
        lineage.current().filter(run -> !run.proven()).flatMap(Run::from).stream());
  }
}
