package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The spec is edited while an upgrade is under way. */
class EditTest {

  @RegisterExtension static final Scene SCENE = new Scene("edit");

  private final Job good = new Job(SCENE, "orders");
  private final Job stuck = good.image("no-such-tag");

  private JsonNode given() {
    good.apply();
    JsonNode running = good.awaitRunning();
    good.await("has pods of one revision", job -> good.revisions().size() == 1);
    return running;
  }

  /** Applies it, and waits until that has come so far. */
  private void begin(Job edited, String event) {
    long before = told(event);
    edited.apply();
    Eventually.is("the event " + event, () -> told(event) > before, () -> good.events().toString());
  }

  private long told(String reason) {
    return good.events().stream().filter(reason::equals).count();
  }

  @Test
  @Order(10)
  void takesTheNewestEditUpWhileNothingWasTouched() {
    JsonNode before = given();

    begin(stuck, "Upgrade");
    good.image("v2").apply();
    JsonNode after = good.awaitRunning();

    Report report = good.output().exactThrough(Job.jobId(after));
    Output.onlyOnce(report);
    assertThat(report.runs())
        .extracting(Report.Run::version, Report.Run::run)
        .containsExactly(tuple("v1", Job.jobId(before)), tuple("v2", Job.jobId(after)));
  }

  @Test
  @Order(20)
  void runsOnUntouchedWhenTheEditIsTakenBackInTime() {
    JsonNode before = given();
    Map<String, String> pods = good.pods();

    begin(stuck, "Upgrade");
    good.apply();
    JsonNode after = good.awaitRunning();

    assertThat(Job.jobId(after)).isEqualTo(Job.jobId(before));
    good.await("has the pods of before only", job -> good.pods().equals(pods));
    good.output().exactThrough(Job.jobId(after));
  }

  /** The new version never completes a checkpoint, so there is time to take it back. */
  @Test
  @Order(30)
  void goesStraightBackWhenTheEditIsTakenBackAfterTheSwitch() {
    JsonNode before = given();

    begin(good.args("--misbehave", "fail", "--rate", "20000"), "Submit");
    good.apply();
    JsonNode after = good.awaitRunning();

    assertThat(good.events()).contains("Reverted");
    assertThat(Job.condition(after, "RolledBack").at("/status").asText()).isEqualTo("False");
    assertThat(after.at("/status/running/revision"))
        .isEqualTo(before.at("/status/running/revision"));
    assertThat(Job.jobId(after)).as("a run of its own").isNotEqualTo(Job.jobId(before));
    assertThat(after.at("/status/restoredFrom/location").asText())
        .isEqualTo(Save.taken(SCENE, "orders", "Upgrade").awaitReady().getStatus().location());
    good.output().exactThrough(Job.jobId(after));
  }

  @Test
  @Order(40)
  void finishesTheSwitchBeforeItTakesUpABrokenEdit() {
    given();
    Job next = good.with("spec.restartToken", "switch");

    begin(next, "Park");
    next.image("no-such-tag").apply();
    JsonNode failed = good.awaitGivenUp();

    assertThat(Job.reason(failed, "Stalled")).isEqualTo("ImagePullFailed");
    assertThat(Job.condition(failed, "RolledBack").at("/status").asText()).isEqualTo("False");
    assertThat(failed.at("/status/running/generation").asLong())
        .as("what was under way came to its end")
        .isEqualTo(failed.at("/metadata/generation").asLong() - 1);
    Output.onlyOnce(good.output().exactThrough(Job.jobId(failed)));
    next.apply();
    assertThat(Job.jobId(good.awaitRunning())).isEqualTo(Job.jobId(failed));
  }
}
