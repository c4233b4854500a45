package io.streamjob.e2e.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamjob.e2e.job.Report;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a spec says of restarts, of room, of failures and of the end. */
class PolicyTest {

  private static final String FAILS_FOR_GOOD = "{restart-strategy.type: none}";

  @RegisterExtension static final Scene SCENE = new Scene("policy");

  private final Job orders = new Job(SCENE, "orders");

  @Test
  @Order(10)
  void restartsWithItsStateByAToken() {
    JsonNode before = orders.givenRunning();

    orders.patch("{\"spec\":{\"restartToken\":\"once more\"}}");
    JsonNode after = awaitAnotherRun(before);

    assertThat(after.at("/status/restoredFrom/location").asText()).contains("/savepoint-");
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(after)));
  }

  private JsonNode awaitAnotherRun(JsonNode before) {
    return orders.await(
        "runs anew",
        job -> Health.of(job) == Health.Current && !Job.jobId(job).equals(Job.jobId(before)));
  }

  @Test
  @Order(20)
  void upgradesWhereThereIsNoRoomForTwo() {
    JsonNode before = orders.givenRunning();
    var overlapped = new AtomicBoolean();

    orders.patch(
        "{\"spec\":{\"upgrade\":{\"strategy\":\"Recreate\"},\"image\":\"%sv2\"}}"
            .formatted(Scene.IMAGE));
    JsonNode after =
        orders.await(
            "runs v2",
            job -> {
              overlapped.compareAndSet(false, roomsTaken() > 1);
              return Health.of(job) == Health.Current && !Job.jobId(job).equals(Job.jobId(before));
            });

    assertThat(overlapped).as("pods of two versions side by side").isFalse();
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(after)));
  }

  /** Of how many versions pods take up room; the record of one that has ended takes none. */
  private long roomsTaken() {
    return orders.podList().stream()
        .filter(pod -> !List.of("Succeeded", "Failed").contains(pod.getStatus().getPhase()))
        .map(pod -> pod.getMetadata().getLabels().get("streamjob.io/revision"))
        .distinct()
        .count();
  }

  @Test
  @Order(30)
  void goesBackWhereThereIsNoRoomForTwo() {
    orders.givenRunning();

    orders.patch("{\"spec\":{\"image\":\"%sno-such-tag\"}}".formatted(Scene.IMAGE));
    JsonNode failed = orders.awaitGivenUp();

    assertThat(Job.reason(failed, "Stalled")).isEqualTo("ImagePullFailed");
    assertThat(Job.condition(failed, "RolledBack").at("/status").asText()).isEqualTo("True");
    assertThat(failed.at("/status/running/image").asText()).endsWith(":v2");
    Output.onlyOnce(orders.output().exactThrough(Job.jobId(failed)));
    orders.cancelAndDelete();
  }

  @Test
  @Order(40)
  void staysAsItIsWhenItFailedUntilAMendedVersionIsApplied() {
    Job mended = new Job(SCENE, "stalling");
    Job failing =
        mended
            .args("--misbehave", "fail", "--rate", "10")
            .with("spec.engine.config", FAILS_FOR_GOOD);
    failing.apply();
    JsonNode failed = mended.awaitReason("Stalled", "JobFailed");

    assertThat(Job.message(failed, "Stalled"))
        .contains("The sample job fails on purpose", "newest checkpoint", "restartToken");
    mended.podList().stream()
        .filter(pod -> pod.getMetadata().getName().contains("jobmanager"))
        .forEach(pod -> SCENE.client().resource(pod).withGracePeriod(0).delete());
    Eventually.pause(Duration.ofSeconds(15));
    assertThat(Job.reason(mended.get(), "Stalled")).isEqualTo("JobFailed");
    assertThat(Job.jobId(mended.get())).isEqualTo(Job.jobId(failed));

    mended.apply();
    JsonNode running = mended.awaitRunning();

    assertThat(running.at("/status/restoredFrom/location").asText()).contains("/chk-");
    mended.output().exactThrough(Job.jobId(running), mended.output().lastWritten());
    mended.cancelAndDelete();
  }

  @Test
  @Order(50)
  void startsAgainWithinItsLimits() {
    Job restarting =
        new Job(SCENE, "restarting")
            .args("--misbehave", "fail", "--rate", "10")
            .with("spec.engine.config", FAILS_FOR_GOOD)
            .with("spec.onFailure", "{action: Restart, restarts: 2}");
    restarting.apply();

    restarting.await("is back once", job -> recoveries(restarting) >= 1);
    restarting.await("is back twice", job -> recoveries(restarting) >= 2);
    JsonNode failed = restarting.awaitReason("Stalled", "RestartsExhausted");

    assertThat(Job.message(failed, "Stalled")).contains("2 restarts within 60 min");
    assertThat(recoveries(restarting)).isEqualTo(2);
    assertThat(failed.at("/status/restoredFrom/location").asText()).contains("/chk-");
    restarting.cancelAndDelete();
  }

  private static long recoveries(Job job) {
    return job.events().stream().filter("RecoverDone"::equals).count();
  }

  @Test
  @Order(60)
  void keepsNoPodsOfAFinishedJobUntilItsSpecChanges() {
    Job bounded = new Job(SCENE, "bounded").args("--count", "400", "--rate", "100");
    bounded.apply();

    JsonNode finished = bounded.awaitReady();
    bounded.await("has no pods", job -> bounded.pods().isEmpty());
    Eventually.pause(Duration.ofSeconds(5));

    assertThat(bounded.pods()).isEmpty();
    assertThat(Job.reason(bounded.get(), "Ready")).isEqualTo("Finished");
    Report report = bounded.output().exactAtItsEnd();
    assertThat(report.lastEvent()).isEqualTo(399);
    assertThat(Job.jobId(bounded.get())).isEqualTo(Job.jobId(finished));

    String again = bounded.out() + "-again";
    bounded
        .with("spec.job.args", "[--out, %s, --count, '200', --rate, '100']".formatted(again))
        .apply();
    bounded.await(
        "has run again, to its end",
        job ->
            Health.of(job) == Health.Current
                && Job.reason(job, "Ready").equals("Finished")
                && !Job.jobId(job).equals(Job.jobId(finished)));
    Report second = new Output(SCENE.objects(), bounded.name(), again).exactAtItsEnd();
    assertThat(second.lastEvent()).isEqualTo(199);
    bounded.cancelAndDelete();
  }

  @Test
  @Order(70)
  void touchesNothingWhenItsStatusIsLost() {
    Job wiped = new Job(SCENE, "wiped");
    wiped.apply();
    JsonNode running = wiped.awaitRunning();
    var pods = wiped.pods();

    Kubectl.run(
        SCENE,
        "patch",
        "sj/wiped",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":null}");
    wiped.patch("{\"spec\":{\"image\":\"%sv2\"}}".formatted(Scene.IMAGE));
    JsonNode lost = wiped.awaitReason("Stalled", "StateLost");

    assertThat(Job.message(lost, "Stalled")).contains("backup", "spec.initialState.from.location");
    Eventually.pause(Duration.ofSeconds(5));
    assertThat(wiped.pods()).as("pods that nobody knows").isEqualTo(pods);
    wiped.output().exactThrough(Job.jobId(running));
    wiped.delete();
    wiped.awaitGone();
    assertThat(SCENE.objects().below(wiped.state())).as("its files").isNotEmpty();
  }
}
