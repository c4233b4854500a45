package io.streamjob.operator.controller;

import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.api.v1alpha1.StreamJobStatus.HistoryEntry;
import io.streamjob.operator.act.Calls;
import io.streamjob.operator.act.Executor;
import io.streamjob.operator.act.StorageAccesses;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.report.History;
import io.streamjob.operator.core.report.StatusReporter;
import io.streamjob.operator.core.report.StatusReporter.Report;
import io.streamjob.operator.core.spec.ParsedSpec;
import io.streamjob.operator.core.state.Decoded;
import io.streamjob.operator.core.upgrade.Action;
import io.streamjob.operator.core.upgrade.Decision;
import io.streamjob.operator.core.upgrade.Limits;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.Memory;
import io.streamjob.operator.core.upgrade.Situation;
import io.streamjob.operator.core.upgrade.StateCodec;
import io.streamjob.operator.core.upgrade.UpgradeMachine;
import io.streamjob.operator.core.upgrade.UpgradeState;
import io.streamjob.operator.flink.JobWatcher;
import io.streamjob.operator.kube.Cluster;
import io.streamjob.operator.manifest.Names;
import io.streamjob.operator.observe.Observer.Sight;
import io.streamjob.operator.telemetry.JobMeters;
import io.streamjob.operator.telemetry.LogFields;
import io.streamjob.operator.telemetry.PlanMeters;
import io.streamjob.operator.telemetry.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over a StreamJob. At most one status write: if the machine's state changes, that write
 * is all that the pass does; otherwise it acts for the state as it is, and writes the status only
 * if it says something new.
 */
public final class StreamJobPass {

  private static final Logger LOG = LoggerFactory.getLogger(StreamJobPass.class);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration REFUSED = Duration.ofSeconds(5);
  private static final Duration QUIET = Duration.ofMinutes(10);

  private final Cluster cluster;
  private final StatusWriter<StreamJob> writer;
  private final Executor executor;
  private final Calls calls;
  private final JobWatcher watcher;
  private final Limits limits;
  private final Clock clock;
  private final Storyteller stories;
  private final PlanMeters plans;
  private final JobMeters jobs;
  private final AtomicReference<Instant> firstPass = new AtomicReference<>();
  private final Nonces nonces = new Nonces();

  public StreamJobPass(
      Cluster cluster,
      Executor executor,
      Calls calls,
      JobWatcher watcher,
      Limits limits,
      Clock clock,
      Telemetry telemetry) {
    this.cluster = cluster;
    this.writer = new StatusWriter<>(cluster);
    this.executor = executor;
    this.calls = calls;
    this.watcher = watcher;
    this.limits = limits;
    this.clock = clock;
    this.stories = new Storyteller(cluster, clock);
    this.plans = new PlanMeters(telemetry);
    this.jobs = new JobMeters(telemetry);
  }

  /**
   * What came of a pass.
   *
   * @param recheckAfter when to look again at the latest
   * @param isReleased whether nothing is left to take care of, and the object may go
   */
  record Result(Duration recheckAfter, boolean isReleased) {}

  /** The job as it is known to be, even if the cache lags behind our own last write. */
  StreamJob newest(StreamJob cached) {
    return writer.newest(cached);
  }

  /** Runs a pass. */
  Result run(StreamJob job, ParsedSpec spec, Function<MachineState, Sight> observe) {
    String uid = job.getMetadata().getUid();
    Decoded<Memory> decoded = StateCodec.decode(uid, machine(job));
    return LogFields.during(
        Subjects.of(job, decoded.known().filter(memory -> memory.isOf(uid)).map(Memory::state)),
        () ->
            switch (decoded) {
              case Decoded.Foreign<Memory> foreign -> handsOff(job, foreign.why());
              case Decoded.Known<Memory> known -> run(job, spec, known.state(), observe);
            });
  }

  private Result run(
      StreamJob job, ParsedSpec spec, Memory memory, Function<MachineState, Sight> observe) {
    boolean isOwn = memory.isOf(job.getMetadata().getUid());
    if (!isOwn && !job.isMarkedForDeletion()) {
      return handsOff(job, copied(memory.uid()));
    }
    // A copy that is deleted: what there is of it goes, as with a status that was lost.
    MachineState state = isOwn ? memory.state() : MachineState.NEW;
    return run(job, spec, state, observe.apply(state));
  }

  private static String copied(String uid) {
    return "status.machine was written for the StreamJob with uid %s, of another cluster or of an earlier time, and came here by a backup; nothing is touched:"
            .formatted(uid)
        + " delete this StreamJob, which removes its pods and keeps its files, and create it anew without a status and"
        + " with spec.initialState saying what it starts from";
  }

  private Result run(StreamJob job, ParsedSpec spec, MachineState state, Sight sight) {
    // A follower may have waited for days: deadlines count from when this process began to lead.
    firstPass.compareAndSet(null, clock.instant());
    keepReplies(job, state);
    Situation situation = situation(job, spec, state, sight);
    plans.saw(situation.uid(), state, sight.observed(), situation.now());
    return switch (UpgradeMachine.decide(situation)) {
      case Decision.Transition transition -> transition(job, situation, transition);
      case Decision.Act act -> act(job, situation, sight, act);
    };
  }

  private void keepReplies(StreamJob job, MachineState state) {
    String uid = job.getMetadata().getUid();
    if (state.upgrade() instanceof UpgradeState.Executing executing) {
      calls.keepOnly(uid, executing.operationId(uid));
    } else {
      calls.forget(uid);
    }
  }

  private Situation situation(StreamJob job, ParsedSpec spec, MachineState state, Sight sight) {
    return new Situation(
        job.getMetadata().getUid(),
        job.getMetadata().getName(),
        spec,
        state,
        sight.observed(),
        clock.instant(),
        firstPass.get(),
        nonces.next(),
        limits);
  }

  private Result transition(StreamJob job, Situation before, Decision.Transition transition) {
    List<HistoryEntry> history =
        History.after(
            history(job),
            before.state(),
            transition.next(),
            Optional.ofNullable(job.getSpec()).map(spec -> spec.image()),
            before.now());
    write(job, report(job, before, transition.next(), Optional.empty(), history));
    plans.moved(before.uid(), before.state(), transition, before.now());
    Decision.Story story = transition.story();
    LOG.info("{}: {}", story.reason(), story.message());
    stories.tell(job, story.reason(), story.message(), story.isWarning());
    return new Result(AT_ONCE, false);
  }

  private Result act(StreamJob job, Situation situation, Sight sight, Decision.Act act) {
    boolean isGrave = act.actions().stream().anyMatch(Executor::isGrave);
    if (isGrave && !isCurrent(job)) {
      return new Result(SOON, false);
    }
    Optional<Problem> refused = carryOut(job, sight, act.actions());
    if (act.actions().contains(new Action.Release())) {
      forget(job.getMetadata().getUid());
      return new Result(QUIET, true);
    }
    StreamJobStatus status =
        report(job, situation, situation.state(), refused.or(act::problem), history(job));
    measure(job, status);
    if (!status.equals(job.getStatus()) && !isUnseen(situation)) {
      write(job, status);
      Turns.of(job.getStatus(), status, refused)
          .ifPresent(story -> {
            LOG.info("{}: {}", story.reason(), story.message());
            stories.mention(job, story.reason(), story.message(), story.isWarning());
          });
    }
    return new Result(refused.isPresent() ? REFUSED : act.recheckAfter(), false);
  }

  /** Does what is to be done; what the API server will not have becomes a sentence for the user. */
  private Optional<Problem> carryOut(StreamJob job, Sight sight, List<Action> actions) {
    Optional<Problem> refused = Optional.empty();
    for (Action action : actions) {
      try {
        executor.act(job, sight.world(), action);
      } catch (Cluster.RefusedException e) {
        refused = Optional.of(new Problem(e.reason(), e.getMessage(), false));
      } catch (StorageAccesses.UnusableException e) {
        refused = Optional.of(new Problem(e.reason(), e.getMessage(), false));
      }
    }
    return refused;
  }

  /**
   * Whether the running job has not been looked at yet: what the status says of it still counts.
   */
  private static boolean isUnseen(Situation situation) {
    return situation
        .state()
        .lineage()
        .current()
        .filter(run -> situation.observed().revision(run.revision()).isUnseen())
        .isPresent();
  }

  /** Whether the API server, asked now, has the state that this pass was decided from. */
  private boolean isCurrent(StreamJob job) {
    return cluster
        .fresh(job)
        .filter(now -> now.getMetadata().getUid().equals(job.getMetadata().getUid()))
        .filter(now -> Objects.equals(machine(now), machine(job)))
        .isPresent();
  }

  /** The machine's part of the status. */
  static Optional<String> machine(StreamJob job) {
    return Optional.ofNullable(job.getStatus()).map(StreamJobStatus::machine);
  }

  private Result handsOff(StreamJob job, String why) {
    StreamJobStatus status =
        StatusReporter.handsOff(
            Optional.ofNullable(job.getStatus()),
            job.getMetadata().getGeneration(),
            why,
            clock.instant());
    measure(job, status);
    if (!status.equals(job.getStatus())) {
      write(job, status);
    }
    return new Result(QUIET, false);
  }

  private StreamJobStatus report(
      StreamJob job,
      Situation situation,
      MachineState state,
      Optional<Problem> problem,
      List<HistoryEntry> history) {
    return StatusReporter.report(
        new Report(
            job.getMetadata().getUid(),
            job.getMetadata().getGeneration(),
            new Names(job.getMetadata().getNamespace(), job.getMetadata().getName()),
            situation.spec(),
            state,
            situation.observed(),
            problem,
            history,
            Optional.ofNullable(job.getStatus()),
            situation.now()));
  }

  private static List<HistoryEntry> history(StreamJob job) {
    return job.getStatus() == null || job.getStatus().history() == null
        ? List.of()
        : job.getStatus().history();
  }

  private void write(StreamJob job, StreamJobStatus status) {
    var next = new StreamJob();
    next.setMetadata(job.getMetadata());
    next.setSpec(job.getSpec());
    next.setStatus(status);
    writer.put(next);
  }

  /** Tells the meters how the job is. */
  private void measure(StreamJob job, StreamJobStatus status) {
    String uid = job.getMetadata().getUid();
    var names = new Names(job.getMetadata().getNamespace(), job.getMetadata().getName());
    StreamJobStatus.Running running = status.running();
    jobs.saw(
        uid,
        names.namespace(),
        names.job(),
        status.conditions(),
        () ->
            running != null
                    && watcher.view(uid, names.revision(running.revision()))
                        instanceof ClusterView.Reachable seen
                ? seen.job(running.jobId()).flatMap(JobView::latestCheckpointAt)
                : Optional.empty());
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    watcher.forget(uid);
    calls.forget(uid);
    writer.forget(uid);
    stories.forget(uid);
    plans.forget(uid);
    jobs.forget(uid);
  }
}
