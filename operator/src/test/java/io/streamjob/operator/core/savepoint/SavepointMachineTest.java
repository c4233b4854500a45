package io.streamjob.operator.core.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Reply;
import io.streamjob.operator.core.observed.TriggerView;
import io.streamjob.operator.core.savepoint.SavepointDecision.Act;
import io.streamjob.operator.core.savepoint.SavepointDecision.Call;
import io.streamjob.operator.core.savepoint.SavepointDecision.Fail;
import io.streamjob.operator.core.savepoint.SavepointDecision.Transition;
import io.streamjob.operator.core.savepoint.SavepointSituation.Source;
import io.streamjob.operator.core.savepoint.SavepointState.Attempt;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SavepointMachineTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Attempt ATTEMPT =
      new Attempt("0123456789abcdef0123456789abcdef", "job", 1, "default", NOW);
  private static final SavepointState FIRST = SavepointState.NEW.begin(ATTEMPT);

  private static final Source RUNNING = new Source.Running(1, "job", "default");
  private static final Source REPLACED = new Source.Running(2, "another job", "default");
  private static final Source BUSY = new Source.Busy("JobBusy", "it is being changed");
  private static final Source STOPPED = new Source.NotRunning("JobNotRunning", "it is suspended");
  private static final Source DELETED = new Source.NotRunning("JobMissing", "it is gone");

  private static final Optional<ClusterView> GONE = Optional.empty();

  private final Map<String, Reply> replies = new HashMap<>();

  /** All that a job may be doing while its savepoint is in flight. */
  static List<Source> whateverBecomesOfTheJob() {
    return List.of(RUNNING, REPLACED, BUSY, STOPPED, DELETED);
  }

  private SavepointDecision decide(
      Source source, SavepointState state, Optional<ClusterView> cluster) {
    return SavepointMachine.decide(
        new SavepointSituation(
            "uid", SavepointFormat.Canonical, state, source, cluster, replies, NOW, "nonce"));
  }

  private SavepointDecision decide(Source source, Optional<ClusterView> cluster) {
    return decide(source, FIRST, cluster);
  }

  private SavepointDecision decide(Source source) {
    return decide(source, Optional.of(ClusterView.NOT_ASKED));
  }

  private static Optional<ClusterView> cluster(JobState state, TriggerView trigger) {
    var job = new JobView("job", state, 1, 1, 1, Optional.empty(), Optional.empty());
    return Optional.of(
        new ClusterView.Reachable(
            1, Set.of(), Map.of("job", job), Map.of(ATTEMPT.operationId(), trigger)));
  }

  private static Optional<ClusterView> restarted() {
    return Optional.of(new ClusterView.Reachable(1, Set.of(), Map.of(), Map.of()));
  }

  /** The reply to the look that the decision asks for: nothing is there. */
  private void findNothing(SavepointDecision decision) {
    answer(decision, "");
  }

  private void answer(SavepointDecision decision, String location) {
    assertThat(decision).isInstanceOf(Act.class);
    Call call = ((Act) decision).call().orElseThrow();
    assertThat(call).isInstanceOf(Call.Find.class);
    replies.put(call.key(), new Reply.Done(location, NOW));
  }

  private static void waits(SavepointDecision decision) {
    assertThat(decision).isInstanceOfSatisfying(Act.class, act -> assertThat(act.call()).isEmpty());
  }

  // ---- taken by a plan of the job

  @Test
  void isNotTakenWhenNothingIsFoundAfterwards() {
    findNothing(decide(new Source.Taken("past it")));

    assertThat(decide(new Source.Taken("past it"))).isInstanceOf(Fail.class);
  }

  /** A cache may show the job as it was before it began to take this savepoint. */
  @Test
  void doesNotBelieveALookFromBeforeTheJobWasPastIt() {
    findNothing(decide(new Source.Taken("not yet at it")));
    assertThat(decide(new Source.Taking())).isInstanceOf(Act.class);

    findNothing(decide(new Source.Taken("past it")));
    assertThat(decide(new Source.Taken("past it"))).isInstanceOf(Fail.class);
  }

  // ---- made by hand

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void goesOnAsLongAsFlinkIsAtIt(Source source) {
    waits(decide(source, cluster(JobState.RUNNING, new TriggerView.InProgress())));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void verifiesWhatFlinkCompleted(Source source) {
    var completed = new TriggerView.Completed("s3://b/savepoint-1");

    assertThat(decide(source, cluster(JobState.FINISHED, completed)))
        .isInstanceOfSatisfying(
            Act.class, act -> assertThat(act.call().orElseThrow()).isInstanceOf(Call.Verify.class));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void concludesNothingFromAClusterThatWasNotLookedAt(Source source) {
    waits(decide(source));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void waitsForAJobManagerThatIsSilentButThere(Source source) {
    var silent = Optional.<ClusterView>of(new ClusterView.Unreachable("no answer"));
    findNothing(decide(source, silent));

    waits(decide(source, silent));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void takesWhatASilentJobManagerLeftComplete(Source source) {
    var silent = Optional.<ClusterView>of(new ClusterView.Unreachable("no answer"));
    answer(decide(source, silent), "s3://b/savepoint-1");

    assertThat(decide(source, silent))
        .isInstanceOfSatisfying(
            Act.class, act -> assertThat(act.call().orElseThrow()).isInstanceOf(Call.Verify.class));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void looksAgainOnceTheJobThatWasAskedHasEnded(Source source) {
    // What was seen before proves nothing.
    var silent = Optional.<ClusterView>of(new ClusterView.Unreachable("no answer"));
    findNothing(decide(source, silent));

    var ended = cluster(JobState.FINISHED, new TriggerView.Unknown());
    findNothing(decide(source, ended));
    assertThat(decide(source, ended)).isEqualTo(new Transition(FIRST.over(), ENDED));
  }

  private static final String ENDED = "the job that was asked has ended; it is tried again";

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void looksAgainOnceTheJobManagerHasForgottenTheJob(Source source) {
    findNothing(decide(source, restarted()));

    assertThat(decide(source, restarted())).isEqualTo(new Transition(FIRST.over(), ENDED));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void looksAgainOnceNothingIsLeftOfTheCluster(Source source) {
    findNothing(decide(source, GONE));

    assertThat(decide(source, GONE)).isEqualTo(new Transition(FIRST.over(), ENDED));
  }

  @ParameterizedTest
  @MethodSource("whateverBecomesOfTheJob")
  void asksOnlyAJobThatGoesOn(Source source) {
    var notAsked = cluster(JobState.RUNNING, new TriggerView.Unknown());
    findNothing(decide(source, notAsked));

    SavepointDecision decision = decide(source, notAsked);
    if (source.equals(RUNNING)) {
      assertThat(((Act) decision).call().orElseThrow()).isInstanceOf(Call.Trigger.class);
    } else {
      waits(decision);
    }
  }

  @Test
  void asksTheNextRunWhenTheFirstIsOver() {
    assertThat(decide(REPLACED, FIRST.over(), GONE))
        .isInstanceOfSatisfying(
            Transition.class,
            next -> {
              Attempt second = next.next().attempt().orElseThrow();
              assertThat(second.revision()).isEqualTo(2);
              assertThat(second.jobId()).isEqualTo("another job");
              assertThat(second.operationId()).isNotEqualTo(ATTEMPT.operationId());
              assertThat(next.next().past()).containsExactly(ATTEMPT);
            });
  }

  @Test
  void waitsForTheJobToBeChangedBeforeItAsksAgain() {
    waits(decide(BUSY, FIRST.over(), GONE));
  }

  @Test
  void saysThatTheJobEndedWhenNoOtherRunFollows() {
    assertThat(decide(STOPPED, FIRST.over(), GONE))
        .isInstanceOfSatisfying(
            Fail.class, fail -> assertThat(fail.reason()).isEqualTo("JobEnded"));
    assertThat(decide(DELETED, FIRST.over(), GONE)).isInstanceOf(Fail.class);
  }

  @Test
  void waitsForAJobThatWasNeverAsked() {
    waits(decide(STOPPED, SavepointState.NEW, GONE));
    waits(decide(DELETED, SavepointState.NEW, GONE));
  }

  @Test
  void givesUpAfterThreeRunsThatEnded() {
    SavepointState third = FIRST.over().begin(ATTEMPT).over().begin(ATTEMPT);
    findNothing(decide(RUNNING, third, GONE));

    assertThat(decide(RUNNING, third, GONE))
        .isInstanceOfSatisfying(
            Fail.class, fail -> assertThat(fail.message()).contains("has ended, 3 times"));
  }
}
