package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * New versions that do not work: the old one runs on or is back with its state, and the status says
 * what to do.
 */
class BrokenUpgradeTest {

  /** Flink answers 400, and may show the failed job before that. */
  private static final List<String> REFUSED =
      List.of("SubmissionRefused", "SubmissionFailed", "JobFailed");

  private static final List<String> RESTARTING = List.of("JobRestarting", "JobStarting");

  @RegisterExtension static final Scene SCENE = new Scene("broken");

  private final Job good = new Job(SCENE, "orders");

  /** The good version runs; its pods, by name. */
  private Map<String, String> given() {
    good.apply();
    good.awaitRunning();
    good.await("has pods of one revision", job -> good.revisions().size() == 1);
    return good.pods();
  }

  /** The broken version is given up, before the running one was touched. */
  private void isRefusedUntouched(Job broken, String reason, String... remedy) {
    Map<String, String> pods = given();
    String running = Job.jobId(good.get());

    broken.apply();
    JsonNode failed = good.awaitGivenUp();

    assertThat(Job.reason(failed, "Stalled")).isEqualTo(reason);
    assertThat(Job.message(failed, "Stalled")).contains(remedy);
    assertThat(Job.condition(failed, "UpToDate").at("/status").asText()).isEqualTo("False");
    assertThat(Job.condition(failed, "RolledBack").at("/status").asText()).isEqualTo("False");
    assertThat(Job.condition(failed, "JobRunning").at("/status").asText()).isEqualTo("True");
    assertThat(Job.jobId(failed)).isEqualTo(running);
    good.await("has the pods of the good version only", job -> good.pods().equals(pods));
    Output.onlyOnce(revert(pods, running));
  }

  /** Undoing the change makes the job Ready without a restart. */
  private Report revert(Map<String, String> pods, String running) {
    good.apply();
    JsonNode reverted = good.awaitRunning();
    assertThat(Job.jobId(reverted)).isEqualTo(running);
    assertThat(good.pods()).as("pods after the spec was reverted").isEqualTo(pods);
    return good.output().exactThrough(running);
  }

  /** The broken version was started, failed, and the former one is back. */
  private void isRolledBack(Job broken, List<String> reasons, String... cause) {
    given();
    String before = Job.jobId(good.get());
    JsonNode former = good.get().at("/status/running");

    broken.apply();
    JsonNode failed = good.awaitGivenUp();

    assertThat(Job.reason(failed, "Stalled")).isIn(reasons);
    assertThat(Job.message(failed, "Stalled")).contains(cause);
    assertThat(Job.condition(failed, "RolledBack").at("/status").asText()).isEqualTo("True");
    assertThat(Job.condition(failed, "JobRunning").at("/status").asText()).isEqualTo("True");
    assertThat(failed.at("/status/running/revision")).isEqualTo(former.at("/revision"));
    assertThat(Job.jobId(failed)).as("a run of its own").isNotEqualTo(before);
    assertThat(failed.at("/status/restoredFrom/location").asText())
        .isEqualTo(Save.taken(SCENE, "orders", "Upgrade").awaitReady().getStatus().location());
    good.await("has pods of one revision", job -> good.revisions().size() == 1);
    revert(good.pods(), Job.jobId(failed));
  }

  @Test
  @Order(10)
  void refusesAnImageWithoutAJar() {
    isRefusedUntouched(good.image("nojar"), "JarMissing", "/opt/flink/usrlib", "spec.job.jar");
  }

  @Test
  @Order(20)
  void refusesAnImageThatDoesNotExist() {
    isRefusedUntouched(
        good.image("no-such-tag"), "ImagePullFailed", "suite:no-such-tag", "check spec.image");
  }

  @Test
  @Order(30)
  void goesBackWhenMainThrows() {
    isRolledBack(good.args("--misbehave", "throw"), REFUSED, "The sample job throws on purpose");
  }

  @Test
  @Order(40)
  void goesBackWhenTheStateOfAnOperatorMatchesNothing() {
    isRolledBack(
        good.args("--misbehave", "renamed-uid"), REFUSED, "Cannot map checkpoint/savepoint state");
  }

  /** It fails at its 100th event: at this rate before any checkpoint can be complete. */
  @Test
  @Order(50)
  void goesBackWhenTheNewVersionRestartsForEver() {
    isRolledBack(
        good.args("--misbehave", "fail", "--rate", "20000"),
        RESTARTING,
        "The sample job fails on purpose");
  }

  /** Accepted, then the restore fails asynchronously. */
  @Test
  @Order(60)
  void goesBackWhenTheStateHasAnotherType() {
    isRolledBack(good.args("--misbehave", "changed-type"), RESTARTING, "StateMigrationException");
  }

  @Test
  @Order(70)
  void refusesAnImageOfTwoJarsUntilOneIsNamed() {
    isRefusedUntouched(good.image("twojars"), "JarAmbiguous", "one.jar", "two.jar", "spec.job.jar");

    good.image("twojars").with("spec.job.jar", "/opt/flink/usrlib/two.jar").apply();
    JsonNode job = good.awaitRunning();

    Report report = good.output().exactThrough(Job.jobId(job));
    assertThat(report.runs().getLast().version()).isEqualTo("v2");
  }

  /**
   * The new version completes the checkpoint that proves it, then fails and waits to be restarted:
   * its output counts, so there is no way back, and no savepoint can be had of it. Nothing is then
   * done behind its user's back.
   */
  @Test
  @Order(80)
  void doesNotReplaceAVersionOfWhichNoSavepointCanBeHad() {
    given();
    good.args("--misbehave", "fail", "--rate", "10")
        .with(
            "spec.engine.config",
            """
            restart-strategy.type: fixed-delay
            restart-strategy.fixed-delay.attempts: "100"
            restart-strategy.fixed-delay.delay: 1 h
            """)
        .apply();
    JsonNode failing =
        good.await(
            "restarts for ever",
            job ->
                Job.condition(job, "UpToDate").at("/status").asText().equals("True")
                    && job.at("/status/upgrade").isMissingNode()
                    && Job.reason(job, "JobRunning").equals("JobRESTARTING"));
    assertThat(Job.message(failing, "Ready")).contains("The sample job fails on purpose");
    assertThat(Health.of(failing)).isNotEqualTo(Health.Current);

    good.apply();
    JsonNode refused = good.awaitGivenUp();

    assertThat(Job.reason(refused, "Stalled")).isEqualTo("SavepointFailed");
    assertThat(Job.message(refused, "Stalled")).contains("mend the cause");
    assertThat(Job.condition(refused, "RolledBack").at("/status").asText()).isEqualTo("False");
    assertThat(Job.jobId(refused)).as("it was not touched").isEqualTo(Job.jobId(failing));
  }
}
