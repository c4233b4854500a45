package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a job whose user makes no mistake. */
class LifecycleTest {

  @RegisterExtension static final Scene SCENE = new Scene("lifecycle");

  private final Job orders = new Job(SCENE, "orders");

  /** The job as it stands, once it is Ready. */
  private JsonNode given(Job job) {
    job.apply();
    return job.awaitRunning();
  }

  @Test
  @Order(10)
  void runsAJobAndSaysSo() {
    JsonNode job = given(orders);

    assertThat(job.at("/status/running/image").asText()).isEqualTo(Scene.IMAGE + "v1");
    assertThat(job.at("/status/running/state").asText()).isEqualTo("RUNNING");
    assertThat(job.at("/status/replicas").asInt()).isEqualTo(2);
    assertThat(SCENE.objects().below(orders.state() + "/checkpoints"))
        .as("checkpoints on S3")
        .anyMatch(key -> key.contains("/chk-") && key.endsWith("/_metadata"));
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(job)));
  }

  @Test
  @Order(20)
  void carriesTheStateOverToANewImage() {
    JsonNode before = given(orders);

    orders.image("v2").apply();
    JsonNode after = orders.awaitRunning();

    assertThat(after.at("/status/running/image").asText()).isEqualTo(Scene.IMAGE + "v2");
    Report report = orders.output().exactThrough(Job.jobId(after));
    Output.onlyOnce(report);
    assertThat(report.runs())
        .extracting(Report.Run::version, Report.Run::run)
        .endsWith(
            org.assertj.core.groups.Tuple.tuple("v1", Job.jobId(before)),
            org.assertj.core.groups.Tuple.tuple("v2", Job.jobId(after)));
    orders.await("has pods of one revision only", job -> orders.revisions().size() == 1);
  }
}
