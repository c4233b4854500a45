package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The operator is away, or is removed with all that belongs to it. Alone, because it works for
 * everybody; what a test removes it puts back.
 */
@Isolated
class UninstallTest {

  private static final Path ROOT = Path.of("../..");

  /** What {@code e2e/deploy} applied last. */
  private static final Path DEPLOYED = ROOT.resolve("e2e/target/deploy");

  private static final String JOBS = "streamjobs.streamjob.io";
  private static final String SAVEPOINTS = "savepoints.streamjob.io";

  @RegisterExtension static final Scene SCENE = new Scene("uninst");

  private final Job orders = new Job(SCENE, "orders");
  private final Operators operators = new Operators(SCENE);

  @AfterEach
  void install() {
    Path kustomization =
        Files.exists(DEPLOYED) ? DEPLOYED : ROOT.resolve("e2e/suite/operator").normalize();
    Kubectl.run(SCENE, "--namespace=streamjob", "apply", "-k", kustomization.toString());
    operators.awaitAll();
  }

  @Test
  @Order(10)
  void finishesADeletionAndStartsNoFinishedJobAgainAfterTheOperatorWasAway() {
    Job bounded = new Job(SCENE, "bounded").args("--count", "100", "--rate", "100");
    bounded.apply();
    JsonNode running = orders.givenRunning();
    JsonNode finished = bounded.awaitReady();
    bounded.await("has no pods", job -> bounded.pods().isEmpty());

    operators.whileAway(() -> {
      orders.delete();
      Eventually.pause(Duration.ofSeconds(3));
      assertThat(orders.find()).as("it waits for its last savepoint").isPresent();
      orders.output().exactThrough(Job.jobId(running), orders.output().lastWritten());
    });
    orders.awaitGone();

    Save.taken(SCENE, "orders", "Delete").awaitReady();
    Output.onlyOnce(orders.output().exactAtItsEnd());
    orders.awaitNoRemains();
    assertThat(bounded.pods()).as("pods of a job that had finished").isEmpty();
    assertThat(Job.jobId(bounded.get())).isEqualTo(Job.jobId(finished));
    assertThat(Job.reason(bounded.get(), "Ready")).isEqualTo("Finished");
    bounded.cancelAndDelete();
  }

  /** {@code orders} runs from its newest savepoint, wherever that is recorded. */
  private JsonNode givenRunningFromItsLastSavepoint() {
    List<String> places = places();
    Job job =
        places.isEmpty()
            ? orders
            : orders.with(
                "spec.initialState", "{from: {location: '%s'}}".formatted(places.getLast()));
    job.apply();
    JsonNode running = orders.awaitRunning();
    orders.output().exactThrough(Job.jobId(running));
    return running;
  }

  /** Where its complete savepoints lie, the newest last. */
  private List<String> places() {
    return SCENE.objects().byAge(orders.state() + "/savepoints").stream()
        .filter(key -> key.endsWith("/_metadata"))
        .map(key -> "s3://%s/%s".formatted(Objects.BUCKET, key.replaceFirst("/_metadata$", "")))
        .toList();
  }

  @Test
  @Order(20)
  void takesALastSavepointWhenTheDefinitionsAreRemoved() {
    givenRunningFromItsLastSavepoint();
    int before = places().size();

    Kubectl.run(SCENE, "delete", "crd", JOBS, "--timeout=240s");

    assertThat(orders.pods()).isEmpty();
    assertThat(places()).as("savepoints").hasSize(before + 1);
    String last = Save.taken(SCENE, "orders", "Delete").awaitReady().getStatus().location();
    Kubectl.run(SCENE, "delete", "crd", SAVEPOINTS, "--timeout=240s");
    assertThat(places()).last().isEqualTo(last);
    Output.onlyOnce(orders.output().exactAtItsEnd());
    install();
    givenRunningFromItsLastSavepoint();
  }

  @Test
  @Order(30)
  void isRemovedInTheRightOrderByItsScript() {
    givenRunningFromItsLastSavepoint();
    int before = places().size();
    String script = ROOT.resolve("deploy/uninstall").toString();

    Kubectl.Result refused = Kubectl.script(script, "--yes");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.output()).contains(SCENE.namespace() + "/orders", "--delete-jobs");
    orders.awaitRunning();

    Kubectl.Result removed = Kubectl.script(script, "--yes", "--delete-jobs");

    assertThat(removed.output()).contains("The operator is removed.");
    assertThat(removed.code()).as(removed.output()).isZero();
    assertThat(places()).as("savepoints").hasSize(before + 1);
    assertThat(removed.output()).contains(places().getLast());
    assertThat(left()).isEmpty();
    Output.onlyOnce(orders.output().exactAtItsEnd());
    assertThat(Kubectl.script(script, "--yes").code()).as("again").isZero();
    install();
    JsonNode again = givenRunningFromItsLastSavepoint();
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(again)));
  }

  /** What there still is of the operator. */
  private static List<String> left() {
    String names =
        Kubectl.run(
            SCENE,
            "get",
            "crd,clusterrole,clusterrolebinding,namespace,validatingadmissionpolicy",
            "-o",
            "name");
    return names.lines().filter(name -> name.contains("streamjob")).toList();
  }
}
