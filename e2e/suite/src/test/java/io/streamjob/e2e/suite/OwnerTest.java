package io.streamjob.e2e.suite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whose a job's state is: an earlier job's, another cluster's, or its own. */
class OwnerTest {

  @RegisterExtension static final Scene SCENE = new Scene("owner");

  @Test
  @Order(10)
  void doesNotStartEmptyInSilenceWhereAnEarlierJobOfItsNameWas() {
    Job again = new Job(SCENE, "again");
    again.apply();
    String earlier = uid(again.awaitRunning());
    again.cancelAndDelete();
    List<String> snapshots = snapshots(again);
    assertThat(snapshots).isNotEmpty();
    assertThat(owner(again)).contains(earlier);

    again.apply();
    JsonNode stalled = again.awaitReason("Stalled", "StateExists");

    assertThat(Job.message(stalled, "Stalled"))
        .contains(again.state(), earlier, "spec.initialState.from.empty: {}");
    assertThat(again.pods()).isEmpty();
    assertThat(owner(again)).contains(earlier);

    again.with("spec.initialState", "{from: {empty: {}}}").apply();
    JsonNode running = again.awaitRunning();
    assertThat(running.at("/status/restoredFrom").isMissingNode()).isTrue();
    assertThat(owner(again)).contains(uid(running));
    assertThat(snapshots(again)).containsAll(snapshots);
    again.cancelAndDelete();
  }

  @Test
  @Order(20)
  void touchesNothingWhenItsFolderWasTakenOverUntilItIsGivenBack() {
    Job taken = new Job(SCENE, "taken");
    taken.apply();
    JsonNode before = taken.awaitRunning();
    Map<String, String> pods = taken.pods();
    SCENE
        .objects()
        .write(
            ownerKey(taken),
            "{\"version\":1,\"uid\":\"of-another-cluster\",\"namespace\":\"shop\",\"name\":\"taken\"}"
                .getBytes(UTF_8));

    taken.patch("{\"spec\":{\"image\":\"%sv2\"}}".formatted(Scene.IMAGE));
    JsonNode stalled = taken.awaitGivenUp();

    assertThat(Job.reason(stalled, "Stalled")).isEqualTo("StateTakenOver");
    assertThat(Job.message(stalled, "Stalled"))
        .contains("of-another-cluster", "shop/taken", "remove the object", "restartToken");
    assertThat(Job.jobId(stalled)).isEqualTo(Job.jobId(before));
    assertThat(taken.pods()).isEqualTo(pods);

    SCENE.objects().remove(ownerKey(taken));
    taken.patch("{\"spec\":{\"restartToken\":\"ours again\"}}");
    JsonNode after = taken.awaitRunning();
    assertThat(after.at("/status/running/image").asText()).endsWith(":v2");
    assertThat(owner(taken)).contains(uid(after));
    Output.onlyOnce(taken.output().exactThrough(Job.jobId(after)));
    taken.cancelAndDelete();
  }

  @Test
  @Order(30)
  void doesNotBelieveAStatusThatWasWrittenForAnotherObject() {
    Job copied = new Job(SCENE, "copied");
    copied.apply();
    JsonNode before = copied.awaitRunning();
    Map<String, String> pods = copied.pods();
    String machine = before.at("/status/machine").asText();
    ObjectNode status = new JsonMapper().createObjectNode();
    status
        .putObject("status")
        .put("machine", machine.replace(uid(before), "another-uid-of-another-cluster"));
    Kubectl.run(
        SCENE,
        "patch",
        "sj/copied",
        "--subresource=status",
        "--type=merge",
        "-p",
        status.toString());

    copied.patch("{\"spec\":{\"image\":\"%sv2\"}}".formatted(Scene.IMAGE));
    JsonNode stalled = copied.awaitReason("Stalled", "ForeignState");

    assertThat(Job.message(stalled, "Stalled")).contains("another-uid-of-another-cluster");
    Eventually.pause(Duration.ofSeconds(5));
    assertThat(copied.pods()).isEqualTo(pods);
    copied.output().exactThrough(Job.jobId(before));
    copied.delete();
    copied.awaitGone();
    assertThat(snapshots(copied)).as("its files").isNotEmpty();
  }

  private static String uid(JsonNode job) {
    return job.at("/metadata/uid").asText();
  }

  private static String ownerKey(Job job) {
    return job.state().substring("s3://%s/".formatted(Objects.BUCKET).length()) + "/_owner";
  }

  private static String owner(Job job) {
    return new String(SCENE.objects().read(ownerKey(job)), UTF_8);
  }

  private static List<String> snapshots(Job job) {
    return SCENE.objects().below(job.state()).stream()
        .filter(key -> key.endsWith("/_metadata"))
        .toList();
  }
}
