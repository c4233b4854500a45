package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.SavepointStatus;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Savepoints that a user makes and deletes. */
class SavepointTest {

  @RegisterExtension static final Scene SCENE = new Scene("save");

  private static final String HOLD = "hold.streamjob.io/held";

  private final Job orders = new Job(SCENE, "orders");

  @Test
  @Order(10)
  void waitsForAJobThatDoesNotExistYet() {
    Job late = new Job(SCENE, "late");
    Save save = Save.create(SCENE, "of-late", "late", "");

    Savepoint waiting =
        save.await(
            "says that the job is missing",
            s ->
                Save.condition(s, "Ready")
                    .filter(c -> c.reason().equals("JobMissing"))
                    .isPresent());
    assertThat(Save.condition(waiting, "Ready").map(Condition::message).orElse(""))
        .contains("no StreamJob late", "create it");
    assertThat(Save.is(waiting, "Reconciling")).isTrue();

    late.apply();
    late.awaitRunning();
    assertThat(save.awaitReady().getStatus().location()).startsWith(late.state() + "/");
    late.cancelAndDelete();
  }

  @Test
  @Order(20)
  void takesACanonicalSavepointOfARunningJob() {
    JsonNode before = orders.givenRunning();

    Save save = Save.create(SCENE, "by-hand", "orders", "");

    SavepointStatus status = save.awaitReady().getStatus();
    assertThat(status.origin()).isEqualTo("User");
    isOnStorage(status);
    assertThat(status.operators())
        .filteredOn(operator -> "count".equals(operator.uid()))
        .singleElement()
        .satisfies(operator -> {
          assertThat(operator.parallelism()).isEqualTo(2);
          assertThat(operator.maxParallelism()).isEqualTo(128);
          assertThat(operator.sizeBytes()).isPositive();
        });
    assertThat(status.checkpointId()).isPositive();
    assertThat(status.durationMillis()).isPositive();
    assertThat(Kubectl.run(SCENE, "get", "svp", "by-hand", "-o", "wide"))
        .contains("orders", "User", "True", "Canonical", status.size(), status.location());
    assertThat(Job.jobId(orders.awaitRunning())).as("the job ran on").isEqualTo(Job.jobId(before));
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(before)));
  }

  private void isOnStorage(SavepointStatus status) {
    assertThat(status.location()).startsWith(orders.state() + "/");
    assertThat(SCENE.objects().below(status.location()))
        .as("files at " + status.location())
        .hasSize(status.files());
    long size =
        SCENE.objects().below(status.location()).stream()
            .mapToLong(key -> SCENE.objects().read(key).length)
            .sum();
    assertThat(status.sizeBytes()).isEqualTo(size);
  }

  @Test
  @Order(30)
  void takesANativeSavepoint() {
    orders.givenRunning();

    Savepoint save = Save.create(SCENE, "native", "orders", "format: Native").awaitReady();

    isOnStorage(save.getStatus());
    assertThat(Kubectl.run(SCENE, "get", "svp", "native")).contains("Native", "True");
  }

  @Test
  @Order(40)
  void removesTheFilesWithNoJobRunningOnlyWhereAskedTo() {
    orders.givenRunning();
    Save removed = Save.create(SCENE, "removed", "orders", "deletionPolicy: Delete");
    Save left = Save.create(SCENE, "left", "orders", "deletionPolicy: Retain");
    String removedPlace = removed.awaitReady().getStatus().location();
    String leftPlace = left.awaitReady().getStatus().location();
    orders.cancelAndDelete();
    int files = SCENE.objects().below(leftPlace).size();
    assertThat(SCENE.objects().below(removedPlace)).isNotEmpty();

    removed.deleteAndAwaitGone();
    left.deleteAndAwaitGone();

    assertThat(SCENE.objects().below(removedPlace)).isEmpty();
    assertThat(SCENE.objects().below(leftPlace)).hasSize(files);
  }

  @Test
  @Order(50)
  void keepsASavepointThatAJobIsAboutToStartFrom() {
    Job held = new Job(SCENE, "held");
    held.givenRunning();
    held.suspend();
    Save save = Save.taken(SCENE, "held", "Suspend");
    String place = save.awaitReady().getStatus().location();
    save.patch("{\"spec\":{\"deletionPolicy\":\"Delete\"}}");

    save.await("is held", s -> s.getMetadata().getFinalizers().contains(HOLD));
    assertThatThrownBy(() -> save.resource().delete())
        .hasMessageContaining("StreamJob held needs this Savepoint");
    assertThat(SCENE.objects().below(place)).isNotEmpty();

    JsonNode resumed = held.givenRunning();
    assertThat(resumed.at("/status/restoredFrom/location").asText()).isEqualTo(place);
    save.await("is not held", s -> !s.getMetadata().getFinalizers().contains(HOLD));
    save.deleteAndAwaitGone();
    assertThat(SCENE.objects().below(place)).isEmpty();
    held.output().exactThrough(Job.jobId(resumed));
  }
}
