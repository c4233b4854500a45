package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.flink.StopEnding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** However the stop with savepoint ends, an upgrade comes to its end without losing state. */
class StopEndingsTest {

  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @BeforeEach
  void run() {
    scene.applyJob("image: example/orders:1");
    stage.settle();
  }

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    assertThat(scene.violations).isEmpty();
  }

  private void upgrade() {
    scene.applyJob("image: example/orders:2");
    stage.settle();
  }

  private static String trigger(String line) {
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  private long attempts() {
    return scene.asked("stop").stream().map(StopEndingsTest::trigger).distinct().count();
  }

  private void isUpgradedFromTheLastAttempt() {
    isUpgradedFromTheLastAttempt(2);
  }

  private void isUpgradedFromTheLastAttempt(int revision) {
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.running()).containsExactly(revision);
    String own = Scene.FOLDER + "/savepoints/" + trigger(scene.asked("stop").getLast());
    assertThat(scene.startedFrom(revision)).startsWith(own + "/savepoint-");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SNAPSHOT_FAILS", "DIES_MIDWAY_JOB_GONE", "DIES_MIDWAY_JOB_RUNS"})
  void takesTheSavepointThatWasCompleted(StopEnding ending) {
    scene.flink(1).nextStop(ending);
    upgrade();
    isUpgradedFromTheLastAttempt();
    assertThat(scene.asked("stop")).hasSize(1);
  }

  @Test
  void triesAgainUnderANewIdWhenTheSavepointFails() {
    scene.flink(1).nextStop(StopEnding.SNAPSHOT_FAILS);
    upgrade();
    isUpgradedFromTheLastAttempt();
    assertThat(scene.asked("stop")).hasSize(2);
    assertThat(attempts()).isEqualTo(2);
    assertThat(scene.savepoints())
        .extracting(savepoint -> scene.condition(savepoint, "Ready").orElseThrow().reason())
        .containsExactlyInAnyOrder("NotTaken", "Verified");
  }

  @Test
  void asksAgainUnderTheSameIdWhenTheJobIsBackAndTheSavepointIsNot() {
    scene.flink(1).nextStop(StopEnding.DIES_MIDWAY_JOB_RUNS);
    upgrade();
    isUpgradedFromTheLastAttempt();
    assertThat(scene.asked("stop")).hasSize(2);
    assertThat(attempts()).isEqualTo(1);
  }

  @Test
  void recoversAndStopsAnewWhenJobAndSavepointAreLost() {
    String newest = scene.putCheckpoint(scene.jobId(), 3);
    scene.flink(1).nextStop(StopEnding.DIES_MIDWAY_JOB_GONE);
    upgrade();
    isUpgradedFromTheLastAttempt(4);
    assertThat(scene.asked("stop")).hasSize(2);
    assertThat(scene.asked("submit"))
        .as("the run in between starts from the newest checkpoint")
        .anyMatch(line -> line.contains(newest));
  }

  @Test
  void leavesTheOldVersionRunningWhenNoSavepointCanBeHad() {
    String jobId = scene.jobId();
    for (int i = 0; i < 3; i++) {
      scene.flink(1).nextStop(StopEnding.SNAPSHOT_FAILS);
    }
    upgrade();
    assertThat(scene.is()).containsExactlyInAnyOrder("Stalled", "JobRunning");
    assertThat(scene.condition("Stalled").orElseThrow().reason()).isEqualTo("SavepointFailed");
    assertThat(scene.running()).containsExactly(1);
    assertThat(scene.jobId()).isEqualTo(jobId);
    assertThat(attempts()).isEqualTo(3);
    assertThat(scene.asked("stop")).hasSize(3);
  }
}
