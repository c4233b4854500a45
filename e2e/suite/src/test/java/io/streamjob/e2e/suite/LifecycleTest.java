package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.SavepointStatus;
import io.streamjob.e2e.job.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a job whose user makes no mistake. */
class LifecycleTest {

  private static final Duration A_WHILE = Duration.ofSeconds(12);

  @RegisterExtension static final Scene SCENE = new Scene("life");

  private final Job orders = new Job(SCENE, "orders");

  @Test
  @Order(10)
  void runsTheLeastThatAUserWrites() {
    Job least =
        new Job(SCENE, "least")
            .without("parallelism")
            .without("checkpoints")
            .without("jobManager")
            .without("taskManager");
    least.apply();

    Kubectl.run(SCENE, "wait", "--for=condition=Ready", "sj/least", "--timeout=240s");

    JsonNode job = least.awaitRunning();
    assertThat(job.at("/status/replicas").asInt()).isEqualTo(1);
    assertThat(checkpoints(least)).as("checkpoints on S3").isNotEmpty();
    String table = Kubectl.run(SCENE, "get", "sj");
    assertThat(table.lines().findFirst().orElse(""))
        .contains("NAME", "STATE", "READY", "IMAGE", "PARALLELISM", "STEP", "AGE");
    assertThat(table).contains("least", "RUNNING", "True", Scene.IMAGE + "v1");
    least.cancelAndDelete();
  }

  private static List<String> checkpoints(Job job) {
    return SCENE.objects().below(job.state()).stream()
        .filter(key -> key.contains("/chk-") && key.endsWith("/_metadata"))
        .toList();
  }

  @Test
  @Order(20)
  void doesNothingWhenTheSameIsAppliedAgain() {
    orders.apply();
    JsonNode before = orders.awaitRunning();
    Map<String, String> pods = orders.pods();
    orders.await("is at rest", job -> orders.revisions().size() == 1);
    JsonNode rested = orders.get();

    JsonNode same = orders.apply();
    JsonNode shared = orders.applyAs("another-manager");
    Eventually.pause(A_WHILE);
    JsonNode after = orders.get();

    assertThat(version(same)).as("resourceVersion").isEqualTo(version(rested));
    assertThat(generation(shared)).as("generation").isEqualTo(generation(before));
    assertThat(version(after)).as("resourceVersion: no status write").isEqualTo(version(shared));
    assertThat(orders.pods()).isEqualTo(pods);
  }

  private static String version(JsonNode object) {
    return object.at("/metadata/resourceVersion").asText();
  }

  private static long generation(JsonNode object) {
    return object.at("/metadata/generation").asLong();
  }

  @Test
  @Order(30)
  void doesNotRestartForLabelsAnnotationsOrWhatDeletionDoes() {
    JsonNode before = orders.givenRunning();
    Map<String, String> pods = orders.pods();

    orders.patch(
        """
        {"metadata": {"labels": {"team": "shop"}, "annotations": {"example.com/note": "x"}},
         "spec": {"onDelete": "Cancel"}}
        """);
    JsonNode after = orders.awaitRunning();
    Eventually.pause(A_WHILE);

    assertThat(generation(after)).isGreaterThan(generation(before));
    assertThat(Job.jobId(orders.awaitRunning())).isEqualTo(Job.jobId(before));
    assertThat(orders.pods()).isEqualTo(pods);
  }

  @Test
  @Order(40)
  void carriesTheStateOverToANewImage() {
    JsonNode before = orders.givenRunning();
    JsonNode after;
    List<JsonNode> stages;
    try (var log = new HealthLog(orders)) {
      JsonNode applied = orders.patch("{\"spec\":{\"image\":\"" + Scene.IMAGE + "v2\"}}");
      after = orders.awaitRunning();
      orders.await("has pods of one revision", job -> orders.revisions().size() == 1);
      stages = log.of(applied);
    }

    Report report = orders.output().exactThrough(Job.jobId(after));
    Output.onlyOnce(report);
    assertThat(report.runs())
        .extracting(Report.Run::version, Report.Run::run)
        .containsExactly(tuple("v1", Job.jobId(before)), tuple("v2", Job.jobId(after)));
    assertThat(after.at("/status/running/image").asText()).isEqualTo(Scene.IMAGE + "v2");
    assertThat(stages)
        .as("stages of the upgrade")
        .anyMatch(stage -> Health.of(stage) == Health.InProgress)
        .anyMatch(stage -> Health.of(stage) == Health.Current)
        .noneMatch(stage -> Health.of(stage) == Health.Failed)
        .allMatch(
            stage -> Health.of(stage) != Health.Current || isInEffect(stage, after),
            "is Current only when the new version runs");
  }

  private static boolean isInEffect(JsonNode stage, JsonNode after) {
    return Job.jobId(stage).equals(Job.jobId(after))
        && stage.at("/status/running/state").asText().equals("RUNNING")
        && stage.at("/status/running/image").equals(after.at("/spec/image"));
  }

  @Test
  @Order(50)
  void leavesTheSavepointOfAnUpgradeBehind() {
    if (Save.all(SCENE).isEmpty()) {
      carriesTheStateOverToANewImage();
    }
    Save save = Save.taken(SCENE, orders.name(), "Upgrade");

    SavepointStatus status = save.awaitReady().getStatus();

    assertThat(status.origin()).isEqualTo("Upgrade");
    assertThat(status.location()).startsWith(orders.state() + "/");
    assertThat(SCENE.objects().below(status.location()))
        .as("the files of the savepoint")
        .hasSize(status.files())
        .anyMatch(key -> key.endsWith("/_metadata"));
    assertThat(status.sizeBytes()).isPositive();
    assertThat(status.size()).isNotBlank();
    assertThat(status.operators())
        .extracting(SavepointStatus.Operator::uid)
        .contains("numbers", "count", "lines");
    assertThat(save.find().map(s -> s.getSpec().format())).contains(SavepointFormat.Canonical);
    assertThat(save.find().map(s -> s.getMetadata().getOwnerReferences()).orElseThrow()).isEmpty();
    assertThat(Kubectl.run(SCENE, "get", "svp")).contains(save.name(), "Upgrade", "Canonical");
    assertThat(Kubectl.run(SCENE, "get", "streaming", "-o", "name"))
        .contains("streamjob.streamjob.io/orders", "savepoint.streamjob.io/" + save.name());
  }

  @Test
  @Order(60)
  void rescalesWithItsState() {
    JsonNode before = orders.givenRunning();

    Kubectl.run(SCENE, "scale", "sj/orders", "--replicas=3");
    JsonNode up = orders.await("runs at 3", job -> isRunningAt(job, 3));
    orders.output().exactThrough(Job.jobId(up));
    orders.patch("{\"spec\":{\"parallelism\":1}}");
    JsonNode down = orders.await("runs at 1", job -> isRunningAt(job, 1));

    Report report = orders.output().exactThrough(Job.jobId(down));
    Output.onlyOnce(report);
    assertThat(List.of(Job.jobId(before), Job.jobId(up), Job.jobId(down))).doesNotHaveDuplicates();
    assertThat(down.at("/status/selector").asText()).isNotEmpty();
  }

  private static boolean isRunningAt(JsonNode job, int parallelism) {
    return Health.of(job) == Health.Current
        && job.at("/status/replicas").asInt() == parallelism
        && job.at("/status/running/state").asText().equals("RUNNING");
  }

  @Test
  @Order(70)
  void resumesFromExactlyTheSavepointOfItsSuspension() {
    orders.givenRunning();

    JsonNode suspended = orders.suspend();
    orders.await("has no pods", job -> orders.pods().isEmpty());
    Save save = Save.taken(SCENE, orders.name(), "Suspend");
    String location = save.awaitReady().getStatus().location();
    assertThat(suspended.at("/status/nextRestore/location").asText()).isEqualTo(location);
    assertThat(suspended.at("/status/nextRestore/savepoint").asText()).isEqualTo(save.name());
    Output.onlyOnce(orders.output().exactAtItsEnd());
    Eventually.pause(Duration.ofSeconds(3));
    assertThat(orders.pods()).as("pods while suspended").isEmpty();

    JsonNode resumed = orders.givenRunning();
    assertThat(resumed.at("/status/restoredFrom/location").asText()).isEqualTo(location);
    assertThat(resumed.at("/status/nextRestore").isMissingNode()).isTrue();
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(resumed)));
  }

  @Test
  @Order(75)
  void startsFromTheSavepointWithWhichSomebodyElseStoppedIt() {
    JsonNode running = orders.givenRunning();
    String folder = orders.state() + "/elsewhere";
    try (var engine = new Engine(SCENE, running)) {
      engine.stop(folder);
    }
    JsonNode stopped = orders.awaitGivenUp();

    assertThat(Job.reason(stopped, "Stalled")).isEqualTo("StoppedElsewhere");
    String location = stopped.at("/status/nextRestore/location").asText();
    assertThat(location).startsWith(folder + "/savepoint-");
    assertThat(Job.message(stopped, "Stalled")).contains(location);
    Output.onlyOnce(orders.output().exactAtItsEnd());

    orders.patch("{\"spec\":{\"restartToken\":\"after the stop\"}}");
    JsonNode again = orders.awaitRunning();
    assertThat(again.at("/status/restoredFrom/location").asText()).isEqualTo(location);
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(again)));
  }

  @Test
  @Order(80)
  void isWellWhenCreatedSuspended() {
    Job later = new Job(SCENE, "later").with("spec.state", "Suspended");
    later.apply();

    JsonNode suspended = later.awaitSuspended();
    assertThat(suspended.at("/status/observedGeneration").asLong()).isEqualTo(1);
    assertThat(later.pods()).isEmpty();

    later.patch("{\"spec\":{\"state\":\"Running\"}}");
    JsonNode running = later.awaitRunning();
    later.output().exactThrough(Job.jobId(running));
    later.cancelAndDelete();
  }

  @Test
  @Order(90)
  void keepsALastSavepointFromWhichItIsCreatedAgain() {
    orders.givenRunning();
    Savepoint last = deleteWithSavepoint();
    Output.onlyOnce(orders.output().exactAtItsEnd());

    Job again =
        orders
            .image("v2")
            .with(
                "spec.initialState",
                "{from: {savepointRef: {name: %s}}}".formatted(last.getMetadata().getName()));
    again.apply();
    JsonNode byName = again.awaitRunning();

    assertThat(byName.at("/status/restoredFrom/savepoint").asText())
        .isEqualTo(last.getMetadata().getName());
    assertThat(byName.at("/status/restoredFrom/location").asText())
        .isEqualTo(last.getStatus().location());
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(byName)));
    assertThat(new Save(SCENE, last.getMetadata().getName()).find().map(s -> Save.is(s, "Ready")))
        .as("the savepoint that it started from is left alone")
        .contains(true);
  }

  @Test
  @Order(100)
  void startsFromAPlaceInTheStorage() {
    orders.givenRunning();
    Savepoint last = deleteWithSavepoint();

    orders
        .image("v2")
        .with(
            "spec.initialState", "{from: {location: '%s'}}".formatted(last.getStatus().location()))
        .apply();
    JsonNode job = orders.awaitRunning();

    assertThat(job.at("/status/restoredFrom/location").asText())
        .isEqualTo(last.getStatus().location());
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(job)));
  }

  private Savepoint deleteWithSavepoint() {
    int before = Save.all(SCENE).size();
    orders.patch("{\"spec\":{\"onDelete\":\"Savepoint\"}}");
    orders.awaitRunning();
    orders.delete();
    orders.awaitGone();
    assertThat(Save.all(SCENE)).hasSize(before + 1);
    return Save.taken(SCENE, orders.name(), "Delete").awaitReady();
  }

  @Test
  @Order(110)
  void takesNoSavepointWhenToldToCancel() {
    orders.givenRunning();
    List<String> before = names();

    orders.patch("{\"spec\":{\"onDelete\":\"Cancel\"}}");
    orders.delete();
    orders.awaitGone();

    assertThat(names()).isEqualTo(before);
  }

  private static List<String> names() {
    return Save.all(SCENE).stream().map(s -> s.getMetadata().getName()).sorted().toList();
  }
}
