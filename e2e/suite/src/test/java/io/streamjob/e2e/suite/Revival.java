package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.core.observed.JobView;
import io.streamjob.operator.core.observed.TriggerView;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JobManager that dies brings its job back, unless the job was stopped: Flink says FINISHED
 * before it has forgotten the job (ADR 5).
 */
abstract class Revival {

  /** A new JobManager process answers before it has recovered what it finds. */
  private static final Duration WATCH = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration TIGHT = Duration.ofMillis(5);

  private final Scene scene;
  final Operators operators;
  final Job orders;

  Revival(Scene scene) {
    this.scene = scene;
    this.operators = new Operators(scene);
    this.orders = new Job(scene, "orders");
  }

  /** What Flink says of the stop when the JobManager is to die. */
  enum Sign {
    /** Perhaps before the savepoint is complete. */
    ASKED,
    COMPLETED,
    FINISHED
  }

  enum Operator {
    LIVES,
    DIES
  }

  /**
   * A moment of death.
   *
   * @param millis after the sign
   */
  record Death(Sign sign, long millis, Operator operator) {

    boolean isSaved() {
      return switch (sign) {
        case ASKED -> false;
        case COMPLETED, FINISHED -> true;
      };
    }

    @Override
    public String toString() {
      return "%s-%d-operator-%s".formatted(sign, millis, operator).toLowerCase(Locale.ROOT);
    }
  }

  /** A JobManager that dies at some moments of a stop, or with {@code e2e/test --full} at many. */
  static Stream<Death> deaths(Operator operator, Death... some) {
    return Scene.FULL
        ? Stream.concat(
            Stream.of(new Death(Sign.ASKED, 0, operator), new Death(Sign.COMPLETED, 0, operator)),
            Stream.of(0, 50, 100, 300, 1000)
                .map(millis -> new Death(Sign.FINISHED, millis, operator)))
        : Stream.of(some);
  }

  void aStoppedJobIsNotBroughtBack(Death death) {
    JsonNode before = orders.givenRunning();
    String next = image(before).endsWith("v1") ? "v2" : "v1";
    long writtenAgain = orders.output().exactThrough(Job.jobId(before)).writtenAgain();

    Afterlife seen = dieWhileStopped(death, before, next);
    JsonNode after = death.isSaved() ? orders.awaitRunning() : awaitAnotherRun(before);
    Report report = orders.output().exactThrough(Job.jobId(after));

    System.out.printf(
        "[%s] %s; written again %d, longest gap %d ms; %s%n",
        death,
        seen,
        report.writtenAgain() - writtenAgain,
        report.gaps().getLast().millis(),
        Job.describe(after));
    assertThat(seen.states())
        .as("states of the stopped job after its JobManager died")
        .allMatch(JobState::isGloballyTerminal);
    assertThat(report.gaps()).as("no two at once").allMatch(gap -> gap.millis() >= 0);
    assertThat(revision(after)).isGreaterThan(revision(before));
    if (death.isSaved()) {
      assertThat(seen.memory())
          .as("what the next JobManager finds, whether or not it comes up in time to be seen")
          .doesNotContain("executionPlan-" + Job.jobId(before));
      goesOnFromTheSavepoint(before, after, report);
      assertThat(image(after)).as("runs the new version").endsWith(next);
      assertThat(report.writtenAgain()).as("lines written again").isEqualTo(writtenAgain);
    } else if (!image(after).endsWith(next)) {
      assertThat(Job.condition(after, "Stalled").at("/status").asText()).isEqualTo("True");
      assertThat(Job.message(after, "Stalled")).as("why the old version runs").isNotBlank();
    }
  }

  /** Nothing but the savepoint counts, and the new version runs. */
  private static void goesOnFromTheSavepoint(JsonNode before, JsonNode after, Report report) {
    assertThat(Job.condition(after, "RolledBack").at("/status").asText()).isEqualTo("False");
    assertThat(after.at("/status/restoredFrom/location").asText()).contains("/savepoint-");
    assertThat(report.runs())
        .extracting(Report.Run::run)
        .endsWith(Job.jobId(before), Job.jobId(after));
  }

  private static String image(JsonNode job) {
    return job.at("/status/running/image").asText();
  }

  static int revision(JsonNode job) {
    return job.at("/status/running/revision").asInt();
  }

  /** Upgrades the job, and lets its old JobManager die in the middle of that. */
  private Afterlife dieWhileStopped(Death death, JsonNode before, String next) {
    try (var engine = new Engine(scene, before)) {
      Victim jobManager = Victim.of(scene, orders, "jobmanager");
      List<Victim> victims = operators.victims();
      orders.patch("{\"spec\":{\"image\":\"%s%s\"}}".formatted(Scene.IMAGE, next));
      awaitSign(death.sign(), engine, Job.jobId(before));
      Eventually.pause(Duration.ofMillis(death.millis()));
      jobManager.kill();
      switch (death.operator()) {
        case LIVES -> {}
        case DIES -> Operators.kill(victims);
      }
      jobManager.awaitDead();
      System.out.printf("[%s] by %s%n", death, jobManager.manner());
      return afterlife(engine, before);
    }
  }

  private void awaitSign(Sign sign, Engine engine, String jobId) {
    switch (sign) {
      case ASKED -> awaitStop(engine, jobId, stop -> !(stop instanceof TriggerView.Unknown));
      case COMPLETED -> awaitStop(engine, jobId, stop -> stop instanceof TriggerView.Completed);
      case FINISHED ->
          Eventually.get(
              "job %s is FINISHED".formatted(jobId),
              TIGHT,
              () -> engine.run().filter(run -> run.state() == JobState.FINISHED),
              () -> orders.find().map(Job::describe).orElse("gone"));
    }
  }

  private void awaitStop(Engine engine, String jobId, Predicate<TriggerView> wanted) {
    String trigger =
        Eventually.get(
                "the operator is about to stop job " + jobId,
                TIGHT,
                () -> Save.attempts(scene, jobId).reduce((older, newer) -> newer),
                () -> "no Savepoint of this job")
            .operationId();
    Eventually.get(
        "Flink says so of stop " + trigger,
        TIGHT,
        () -> Optional.of(engine.trigger(trigger)).filter(wanted),
        () -> engine.trigger(trigger).toString());
  }

  /**
   * What the old cluster's next JobManager says.
   *
   * @param answers how often it said anything
   * @param states of the job that was stopped, as far as it knows the job
   * @param memory the keys of what high availability remembered when the JobManager was dead
   */
  record Afterlife(int answers, Set<JobState> states, Set<String> memory) {}

  /** Until the old cluster is gone, or its next JobManager has answered for a while. */
  private Afterlife afterlife(Engine engine, JsonNode before) {
    String revision = String.valueOf(revision(before));
    Set<JobState> states = EnumSet.noneOf(JobState.class);
    Set<String> memory = memory(before);
    int answers = 0;
    long end = System.nanoTime() + Eventually.LONG.toNanos();
    while (System.nanoTime() < end && orders.revisions().contains(revision)) {
      Optional<Map<String, JobView>> jobs = engine.jobs();
      if (jobs.isPresent() && answers++ == 0) {
        end = System.nanoTime() + WATCH.toNanos();
      }
      jobs.map(all -> all.get(Job.jobId(before))).ifPresent(job -> states.add(job.state()));
      Eventually.pause(LOOK);
    }
    return new Afterlife(answers, states, memory);
  }

  private Set<String> memory(JsonNode before) {
    String name = before.at("/status/running/service").asText() + "-[0-9a-f]{8}-cluster-config-map";
    return scene.client().configMaps().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(map -> map.getMetadata().getName().matches(name))
        .flatMap(map -> map.getData().keySet().stream())
        .collect(Collectors.toSet());
  }

  /** The savepoint may have come too late: then the operator says so, and the old version runs. */
  private JsonNode awaitAnotherRun(JsonNode before) {
    return orders.await(
        "is at rest with another run",
        job ->
            !Job.jobId(job).equals(Job.jobId(before))
                && job.at("/status/running/state").asText().equals("RUNNING")
                && job.at("/status/upgrade").isMissingNode()
                && (Health.of(job) == Health.Current || Health.of(job) == Health.Failed));
  }
}
