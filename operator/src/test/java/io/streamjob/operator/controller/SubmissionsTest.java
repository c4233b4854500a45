package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.flink.SubmissionFault;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Flink says to a submission is one thing, what runs is another. */
class SubmissionsTest {

  private static final String TWICE =
      "org.apache.flink.util.FlinkRuntimeException: Cannot have more than one execute() call";

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

  private void upgrade(SubmissionFault fault) {
    scene.script(2, flink -> flink.nextSubmission(fault));
    scene.applyJob("image: example/orders:2");
    stage.settle();
  }

  static Stream<SubmissionFault> refusals() {
    return Stream.of(
        new SubmissionFault.Reject(TWICE),
        new SubmissionFault.RejectButRun(TWICE),
        new SubmissionFault.RejectAsFailed("java.lang.IllegalStateException: no such state"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void goesBackToTheOldVersionAndItsSavepoint(SubmissionFault refusal) {
    upgrade(refusal);
    assertThat(scene.is()).containsExactlyInAnyOrder("Stalled", "RolledBack", "JobRunning");
    assertThat(scene.running()).containsExactly(1);
    assertThat(scene.job().getStatus().running().image()).isEqualTo("example/orders:1");
    assertThat(scene.flink(1).submissions()).hasSize(2);
    assertThat(scene.startedFrom(1))
        .isEqualTo(scene.savepoints().getFirst().getStatus().location());
    // One for the first run, one that was refused, one for the way back.
    assertThat(scene.asked("submit")).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("lostConnections")
  void findsTheJobByItsIdWhenTheAnswerIsLost(SubmissionFault lost, int submissions) {
    upgrade(lost);
    assertThat(scene.is()).containsExactlyInAnyOrder("Ready", "JobRunning", "UpToDate");
    assertThat(scene.running()).containsExactly(2);
    assertThat(scene.flink(2).submissions()).hasSize(submissions);
    assertThat(scene.flink(2).submissions())
        .extracting(body -> body.path("jobId").asText())
        .containsOnly(scene.jobId());
  }

  static Stream<Arguments> lostConnections() {
    return Stream.of(
        Arguments.of(new SubmissionFault.CloseButRun(), 1),
        Arguments.of(new SubmissionFault.HangButRun(), 1),
        Arguments.of(new SubmissionFault.Close(), 2));
  }
}
