package io.streamjob.operator.core.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Condition.Status;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.api.v1alpha1.StreamJobStatus;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.core.observed.ClusterView;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.Observed;
import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.observed.RevisionView;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.plan.GaveUp;
import io.streamjob.operator.core.plan.Lineage;
import io.streamjob.operator.core.plan.Planner;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;
import io.streamjob.operator.core.plan.Verdict;
import io.streamjob.operator.core.report.StatusReporter.Report;
import io.streamjob.operator.core.report.StatusReporter.RevisionNames;
import io.streamjob.operator.core.spec.ParsedSpec;
import io.streamjob.operator.core.upgrade.Attempt;
import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.Memory;
import io.streamjob.operator.core.upgrade.Restarts;
import io.streamjob.operator.core.upgrade.StateCodec;
import io.streamjob.operator.core.upgrade.UpgradeState;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import io.streamjob.operator.core.upgrade.UpgradeState.Idle;
import io.streamjob.operator.core.upgrade.UpgradeState.Stalled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusReporterTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.123Z");
  private static final RestorePoint POINT =
      new RestorePoint("s3://f/sp", Optional.of("orders-1"), "test");
  private static final Run FRESH =
      new Run(
          1,
          Samples.revision("example/orders:1").digest(),
          1,
          ID,
          Optional.of(POINT),
          Instant.EPOCH,
          false,
          Optional.empty(),
          false);
  private static final Lineage RUNS = Lineage.EMPTY.submitted(FRESH).proven();
  private static final ClusterView SILENT = new ClusterView.Unreachable("refused");

  private record PlainNames() implements RevisionNames {

    @Override
    public String service(int revision) {
      return "orders-" + revision;
    }

    @Override
    public String taskManagers() {
      return "job=orders";
    }
  }

  private record Sight(
      String spec, Lineage lineage, UpgradeState upgrade, ClusterView cluster, Problem problem) {

    Sight {
      assertThat(spec).isNotEmpty();
    }
  }

  private static final Problem NONE = new Problem("", "", false);

  private static final Map<String, Sight> SIGHTS =
      Map.ofEntries(
          Map.entry("new", new Sight("1", Lineage.EMPTY, new Idle(), SILENT, NONE)),
          Map.entry(
              "creating",
              new Sight("1", Lineage.EMPTY, executing(Lineage.EMPTY, "1"), SILENT, NONE)),
          Map.entry("running", new Sight("1", RUNS, new Idle(), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "unproven",
              new Sight(
                  "1",
                  Lineage.EMPTY.submitted(FRESH),
                  new Idle(),
                  cluster(JobState.RUNNING),
                  NONE)),
          Map.entry(
              "restarting", new Sight("1", RUNS, new Idle(), cluster(JobState.RESTARTING), NONE)),
          Map.entry("silent", new Sight("1", RUNS, new Idle(), SILENT, NONE)),
          Map.entry(
              "failed",
              new Sight(
                  "1",
                  RUNS,
                  new Idle(),
                  cluster(JobState.FAILED),
                  new Problem("JobFailed", "mend it", true))),
          Map.entry(
              "failed and gone",
              new Sight(
                  "1",
                  RUNS.ended(Optional.of(new Run.End(JobState.FAILED, "it broke"))),
                  new Idle(),
                  SILENT,
                  new Problem("JobFailed", "mend it", true))),
          Map.entry(
              "upgrading",
              new Sight("2", RUNS, executing(RUNS, "2"), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "upgrading, hindered",
              new Sight(
                  "2",
                  RUNS,
                  executing(RUNS, "2"),
                  cluster(JobState.RUNNING),
                  new Problem("ImagePullBackOff", "look", false))),
          Map.entry(
              "creating, for ever",
              new Sight(
                  "1",
                  Lineage.EMPTY,
                  executing(Lineage.EMPTY, "1"),
                  SILENT,
                  new Problem("JarMissing", "put it there", true))),
          Map.entry(
              "rolled back",
              new Sight("2", RUNS, gaveUp("JobFailed", true), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "given up",
              new Sight("2", RUNS, gaveUp("JarMissing", false), cluster(JobState.RUNNING), NONE)),
          Map.entry("edited", new Sight("2", RUNS, new Idle(), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "suspended",
              new Sight(
                  "1 suspended",
                  RUNS.restoringFrom(POINT).fenced().retired(1),
                  new Idle(),
                  SILENT,
                  NONE)),
          Map.entry(
              "created suspended",
              new Sight("1 suspended", Lineage.EMPTY, new Idle(), SILENT, NONE)),
          Map.entry(
              "finished",
              new Sight("1", RUNS.finished(), new Idle(), cluster(JobState.FINISHED), NONE)),
          Map.entry(
              "nonsense", new Sight("bad", RUNS, new Idle(), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "nonsense, upgrading",
              new Sight("bad", RUNS, executing(RUNS, "2"), cluster(JobState.RUNNING), NONE)),
          Map.entry(
              "deleting",
              new Sight(
                  "1 deleted",
                  RUNS,
                  executing(RUNS, "1 deleted"),
                  cluster(JobState.RUNNING),
                  NONE)),
          Map.entry(
              "state lost",
              new Sight(
                  "1", Lineage.EMPTY, new Idle(), SILENT, new Problem("StateLost", "look", true))));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          new                 | Reconciling Planning         | False/NoRun                    | False/Outdated
          creating            | Reconciling Create           | False/NoRun                    | False/Outdated
          creating, for ever  | Stalled JarMissing           | False/NoRun                    | False/Outdated
          running             | Ready Running                | True/Running                   | True/UpToDate
          unproven            | Reconciling AwaitingCheckpoint | True/Running                 | True/UpToDate
          restarting          | Reconciling JobRESTARTING    | False/JobRESTARTING            | True/UpToDate
          silent              | Reconciling JobManagerUnreachable | Unknown/JobManagerUnreachable | True/UpToDate
          failed              | Stalled JobFailed            | False/JobFAILED                | True/UpToDate
          failed and gone     | Stalled JobFailed            | False/JobFAILED                | True/UpToDate
          upgrading           | Reconciling Upgrade          | True/Running                   | False/Outdated
          upgrading, hindered | Reconciling ImagePullBackOff | True/Running                   | False/Outdated
          rolled back         | Stalled JobFailed            | True/Running                   | False/Outdated
          given up            | Stalled JarMissing           | True/Running                   | False/Outdated
          edited              | Reconciling Planning         | True/Running                   | False/Outdated
          suspended           | Ready Suspended              | False/NoRun                    | True/UpToDate
          created suspended   | Ready Suspended              | False/NoRun                    | True/UpToDate
          finished            | Ready Finished               | False/Finished                 | True/UpToDate
          nonsense            | Stalled InvalidSpec          | True/Running                   | False/InvalidSpec
          nonsense, upgrading | Stalled InvalidSpec          | True/Running                   | False/InvalidSpec
          deleting            | Reconciling Delete           | True/Running                   | False/Outdated
          state lost          | Stalled StateLost            | False/NoRun                    | False/Outdated
          """)
  void conditionsHaveOneMeaning(String sight, String main, String running, String upToDate) {
    Map<String, Condition> conditions = conditions(status(sight));
    String type = main.substring(0, main.indexOf(' '));
    assertThat(
            List.of("Ready", "Reconciling", "Stalled").stream()
                .filter(name -> conditions.get(name).status() == Status.True))
        .containsExactly(type);
    assertThat(conditions.get(type).reason()).isEqualTo(main.substring(type.length() + 1));
    assertThat(word(conditions.get("JobRunning"))).isEqualTo(running);
    assertThat(word(conditions.get("UpToDate"))).isEqualTo(upToDate);
  }

  @ParameterizedTest
  @MethodSource("savepoints")
  void aSuspendedJobIsReadyOnceItsSavepointIsVerified(
      SavepointView savepoint, String type, String reason) {
    Condition condition =
        conditions(
                StatusReporter.report(
                    report("suspended", Map.of("orders-1", savepoint), Optional.empty(), NOW)))
            .get(type);
    assertThat(condition.status()).isEqualTo(Status.True);
    assertThat(condition.reason()).isEqualTo(reason);
  }

  static Stream<Arguments> savepoints() {
    return Stream.of(
        Arguments.of(new SavepointView.Ready("s3://f/sp"), "Ready", "Suspended"),
        Arguments.of(new SavepointView.Incomplete("w"), "Reconciling", "VerifyingSavepoint"),
        Arguments.of(new SavepointView.Broken("a file is missing"), "Stalled", "SavepointBroken"));
  }

  @Test
  void everySightIsInTheTable() {
    assertThat(SIGHTS).hasSize(21);
  }

  @ParameterizedTest
  @CsvSource({"rolled back, True", "given up, False", "upgrading, False", "running, False"})
  void rolledBackIsSaidUntilTheSpecChanges(String sight, Status expected) {
    assertThat(conditions(status(sight)).get("RolledBack").status()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "upgrading", "suspended", "nonsense", "finished"})
  void everyConditionSpeaksOfTheGenerationThatWasRead(String sight) {
    assertThat(status(sight).conditions())
        .extracting(Condition::observedGeneration)
        .containsOnly(5L);
  }

  @Test
  void aSuspendedJobSaysWhatItResumesFrom() {
    assertThat(status("suspended").nextRestore())
        .isEqualTo(new StreamJobStatus.RestorePoint("s3://f/sp", "orders-1", "test"));
  }

  @Test
  void aRunningJobSaysWhatRuns() {
    assertThat(status("running").running())
        .isEqualTo(
            new StreamJobStatus.Running(
                1, "example/orders:1", 1L, ID, "RUNNING", "1970-01-01T00:00:00Z", "orders-1"));
  }

  @Test
  void aPlanInProgressSaysWhereItStands() {
    assertThat(status("upgrading").upgrade())
        .isEqualTo(
            new StreamJobStatus.Upgrade(
                "Upgrade",
                List.of(
                    "Claim",
                    "Prepare",
                    "Park",
                    "TakeSnapshot",
                    "Fence",
                    "Submit",
                    "AwaitHealthy",
                    "Retire"),
                "Claim",
                1,
                "1970-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "upgrading", "suspended", "rolled back"})
  void theStateGoesIntoTheStatus(String sight) {
    assertThat(StateCodec.decode("uid-1", Optional.of(status(sight).machine())).known())
        .contains(new Memory("uid-1", state(SIGHTS.get(sight))));
  }

  @Test
  void transitionTimesStayWhileTheStatusStays() {
    StreamJobStatus before = status("running");
    StreamJobStatus after =
        StatusReporter.report(report("silent", Optional.of(before), NOW.plusSeconds(60)));
    assertThat(
            conditions(after).entrySet().stream()
                .filter(entry -> !entry.getValue().lastTransitionTime().endsWith("12:00:00Z"))
                .map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("Ready", "Reconciling", "JobRunning");
  }

  @Test
  void nothingChangesWhileNothingChanges() {
    StreamJobStatus before = status("running");
    assertThat(StatusReporter.report(report("running", Optional.of(before), NOW.plusSeconds(60))))
        .isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void messagesAreBoundedAndCanBeWritten(int shift) {
    String message = "x".repeat(shift) + "\uD83D\uDE00".repeat(5000);
    var conditions =
        new Conditions(List.of(), 1, NOW).add(ConditionType.Ready, Status.False, "R", message);
    String written = conditions.list().getFirst().message();
    assertThat(written.length()).isLessThanOrEqualTo(2048);
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(written)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(ConditionType.class)
  void handsOffLeavesAtMostOneMeaning(ConditionType type) {
    StreamJobStatus status =
        StatusReporter.handsOff(Optional.of(status("running")), 6, "a newer operator", NOW);
    Status expected = type == ConditionType.Stalled ? Status.True : Status.False;
    Condition condition = conditions(status).get(type.name());
    assertThat(condition == null ? expected : condition.status()).isEqualTo(expected);
  }

  @Test
  void handsOffKeepsTheStateThatItCannotRead() {
    StreamJobStatus before = status("running");
    assertThat(StatusReporter.handsOff(Optional.of(before), 6, "why", NOW).machine())
        .isEqualTo(before.machine());
  }

  private static StreamJobStatus status(String sight) {
    return StatusReporter.report(report(sight, Optional.empty(), NOW));
  }

  private static Report report(String name, Optional<StreamJobStatus> before, Instant now) {
    return report(name, Map.of(), before, now);
  }

  private static Report report(
      String name,
      Map<String, SavepointView> savepoints,
      Optional<StreamJobStatus> before,
      Instant now) {
    Sight sight = SIGHTS.get(name);
    var view =
        new RevisionView(
            Optional.of(Samples.revision("example/orders:1")),
            true,
            4,
            Optional.empty(),
            sight.cluster());
    return new Report(
        "uid-1",
        5,
        new PlainNames(),
        spec(sight.spec()),
        state(sight),
        new Observed(Map.of(1, view), Map.of(), savepoints),
        Optional.of(sight.problem()).filter(problem -> !problem.equals(NONE)),
        List.of(),
        before,
        now);
  }

  private static MachineState state(Sight sight) {
    return new MachineState(1, sight.lineage(), sight.upgrade(), Restarts.NONE);
  }

  private static ParsedSpec spec(String text) {
    if (text.equals("bad")) {
      return new ParsedSpec.Invalid(5, "spec: makes no sense");
    }
    StreamJob job =
        Samples.job(
            "image: example/orders:%s\nstate: %s"
                .formatted(text.charAt(0), text.contains("suspended") ? "Suspended" : "Running"));
    if (text.contains("deleted")) {
      job.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    }
    return Samples.parse(job);
  }

  private static UpgradeState executing(Lineage lineage, String spec) {
    return new Executing(
        Planner.plan(spec(spec).wanted().orElseThrow(), lineage, 2).orElseThrow(),
        0,
        new Attempt(1, "nonce", Instant.EPOCH));
  }

  private static UpgradeState gaveUp(String reason, boolean rolledBack) {
    return new Stalled(
        new GaveUp(
            spec("2").wanted().orElseThrow().goal(), new Verdict(reason, "mend it"), rolledBack));
  }

  private static ClusterView cluster(JobState state) {
    int running = state == JobState.RUNNING ? 2 : 0;
    var job = new JobView(ID, state, running, 2, 1, Optional.empty(), Optional.empty());
    return new ClusterView.Reachable(2, Set.of("a.jar"), Map.of(ID, job), Map.of());
  }

  private static Map<String, Condition> conditions(StreamJobStatus status) {
    return status.conditions().stream()
        .collect(Collectors.toMap(Condition::type, condition -> condition));
  }

  private static String word(Condition condition) {
    return condition.status() + "/" + condition.reason();
  }
}
