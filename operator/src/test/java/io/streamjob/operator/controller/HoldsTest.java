package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Savepoint says who needs it, for the API server to refuse its deletion. */
class HoldsTest {

  private static final String HOLD = "hold.streamjob.io/orders";

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    assertThat(scene.violations).isEmpty();
  }

  private void run(String spec) {
    scene.applyJob(spec);
    stage.settle();
    stage.rounds(2);
  }

  private List<String> holds() {
    return Holds.finalizers(scene.savepoints().getFirst());
  }

  private void suspend() {
    run("image: example/orders:1");
    run("{image: example/orders:1, state: Suspended}");
  }

  @Test
  void holdsWhatASuspendedJobWillStartFromUntilItHasACheckpoint() {
    suspend();
    assertThat(holds()).containsExactly(HOLD);
    run("{image: example/orders:1, state: Running}");
    assertThat(holds()).isEmpty();
  }

  @Test
  void holdsTheWayBackUntilTheNewVersionIsProven() {
    run("image: example/orders:1");
    run("image: example/orders:2");
    assertThat(scene.cluster.writes())
        .filteredOn(write -> write.startsWith("finalizers Savepoint/"))
        .as("set and taken away")
        .hasSize(2);
    assertThat(holds()).isEmpty();
  }

  @Test
  void lastsNoLongerThanTheJob() {
    suspend();
    scene.vanish();
    stage.rounds(2);
    assertThat(holds()).isEmpty();
  }

  @Test
  void isNotTakenAwayForACacheThatLags() {
    suspend();
    scene.cluster.lag(StreamJob.class, 1000);
    stage.rounds(2);
    assertThat(holds()).containsExactly(HOLD);
  }

  @Test
  void isAlwaysGoneBeforeTheSavepointGoes() {
    suspend();
    Savepoint held = scene.savepoints().getFirst();
    scene.cluster.terminate(Scene.NAMESPACE);
    scene.cluster.markForDeletion(held);
    stage.rounds(2);
    assertThat(scene.savepoints()).isEmpty();
    assertThat(scene.cluster.writes())
        .last()
        .isEqualTo("finalizers Savepoint/" + held.getMetadata().getName());
  }

  @Test
  void leavesOtherFinalizersAlone() {
    suspend();
    Savepoint held = scene.savepoints().getFirst();
    held.getMetadata().setFinalizers(List.of("example.com/backup", HOLD));
    scene.cluster.replace(held);
    run("{image: example/orders:1, state: Running}");
    assertThat(holds()).containsExactly("example.com/backup");
  }

  @Test
  void costsNothingWhileNothingChanges() {
    suspend();
    var writes = scene.cluster.writes();
    for (int i = 0; i < 5; i++) {
      stage.rounds(1);
      scene.hands.move(Duration.ofMinutes(10));
    }
    assertThat(scene.cluster.writes()).isEqualTo(writes);
  }
}
