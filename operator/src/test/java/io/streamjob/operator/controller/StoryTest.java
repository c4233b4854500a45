package io.streamjob.operator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.JobState;
import io.streamjob.operator.kube.InMemoryCluster.Told;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Events and the log tell. */
class StoryTest {

  private final CapturedLog log = new CapturedLog();
  private final Scene scene = new Scene();
  private final Stage stage = new Stage(scene);

  @AfterEach
  void close() {
    stage.close();
    scene.close();
    log.close();
  }

  private void run(String spec) {
    scene.applyJob(spec);
    stage.settle();
  }

  private List<String> reasons(String kind) {
    return scene.cluster.events().stream()
        .filter(event -> event.kind().equals(kind))
        .map(Told::reason)
        .toList();
  }

  @Test
  void readsLikeAStory() {
    run("image: example/orders:1");
    int before = reasons("StreamJob").size();
    run("image: example/orders:2");
    assertThat(reasons("StreamJob").subList(before, reasons("StreamJob").size()))
        .containsExactly(
            "Upgrade",
            "Claim",
            "Prepare",
            "Park",
            "TakeSnapshot",
            "Fence",
            "Submit",
            "AwaitHealthy",
            "Retire",
            "UpgradeDone");
    assertThat(reasons("Savepoint")).containsExactly("Complete");
  }

  @Test
  void tellsOfASpecThatMakesNoSenseOnce() {
    run("image: example/orders:1");
    scene.applyJob("{image: example/orders:1, storage: {profile: nowhere}}");
    stage.rounds(5);
    assertThat(reasons("StreamJob")).containsOnlyOnce("InvalidSpec");
  }

  @Test
  void tellsOfAJobThatFlinkRestarts() {
    run("image: example/orders:1");
    scene.flink(1).state(scene.jobId(), JobState.RESTARTING, "java.io.IOException: no disk");
    stage.rounds(3);
    scene.flink(1).state(scene.jobId(), JobState.RUNNING);
    stage.rounds(3);
    assertThat(scene.cluster.events())
        .anyMatch(event -> event.isWarning() && event.message().contains("no disk"))
        .last()
        .satisfies(event -> assertThat(event.reason()).isEqualTo("Running"));
  }

  @Test
  void tellsNothingTwiceAndNotTooMuch() {
    var stories = new Storyteller(scene.cluster, scene.hands);
    scene.applyJob("image: example/orders:1");
    for (int i = 0; i < 1_000; i++) {
      stories.mention(scene.job(), "Same", "still so", true);
      stories.tell(scene.job(), "New", "number " + i, true);
    }
    assertThat(reasons("StreamJob")).hasSize(Storyteller.MOST).containsOnlyOnce("Same");
    scene.hands.move(Storyteller.MEMORY);
    stories.mention(scene.job(), "Same", "still so", true);
    assertThat(reasons("StreamJob")).hasSize(Storyteller.MOST + 1);
  }

  @Test
  void leavesRoomForWhatIsNewWhenTheSameHappensAgainAndAgain() {
    var stories = new Storyteller(scene.cluster, scene.hands);
    scene.applyJob("image: example/orders:1");
    for (int i = 0; i < 1_000; i++) {
      stories.tell(scene.job(), "Again", "and again", true);
    }
    stories.tell(scene.job(), "New", "at last", true);
    assertThat(reasons("StreamJob")).hasSize(Storyteller.AGAIN + 1).last().isEqualTo("New");
  }

  @Test
  void tellsWhatHappensAgain() {
    run("image: example/orders:1");
    for (String version : List.of("2", "3", "4")) {
      run("image: example/orders:" + version);
    }
    assertThat(reasons("StreamJob")).filteredOn("Park"::equals).hasSize(3);
  }

  @Test
  void saysBesideEachLineWhatItIsAbout() {
    run("image: example/orders:1");
    assertThat(log.events())
        .filteredOn(event -> event.getFormattedMessage().startsWith("Submit: "))
        .singleElement()
        .satisfies(event ->
            assertThat(event.getMDCPropertyMap())
                .containsExactlyInAnyOrderEntriesOf(
                    Map.of(
                        "namespace", "shop",
                        "job", "orders",
                        "generation", "1",
                        "plan", "Create",
                        "step", "Submit",
                        "revision", "1")));
  }

  @Test
  void saysItOfRepliesThatComeOnOtherThreadsToo() {
    run("image: example/orders:1");
    assertThat(log.events())
        .filteredOn(event -> event.getFormattedMessage().contains("reply=Done"))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event.getMDCPropertyMap()).containsEntry("job", "orders"));
  }
}
