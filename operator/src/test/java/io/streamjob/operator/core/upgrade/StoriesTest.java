package io.streamjob.operator.core.upgrade;

import static io.streamjob.operator.core.upgrade.Tale.ONE;
import static io.streamjob.operator.core.upgrade.Tale.SUSPENDED;
import static io.streamjob.operator.core.upgrade.Tale.THREE;
import static io.streamjob.operator.core.upgrade.Tale.TWO;
import static io.streamjob.operator.core.upgrade.Tale.expectGivenUp;
import static io.streamjob.operator.core.upgrade.Tale.expectIdle;
import static io.streamjob.operator.core.upgrade.Tale.expectNothing;
import static io.streamjob.operator.core.upgrade.Tale.expectRestorePoint;
import static io.streamjob.operator.core.upgrade.Tale.expectStalled;
import static io.streamjob.operator.core.upgrade.Tale.expectStopped;
import static io.streamjob.operator.core.upgrade.Tale.expectUntouched;
import static io.streamjob.operator.core.upgrade.Tale.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.Golden;
import io.streamjob.operator.core.observed.SavepointView;
import io.streamjob.operator.core.plan.Run;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole stories, each with its golden log. What must hold in all of them, World checks. */
class StoriesTest {

  private static final Golden GOLDEN = new Golden("stories");
  private static final Map<String, Supplier<World>> STORIES = new LinkedHashMap<>();

  static {
    begin();
    own();
    end();
    upgrade();
    failingUpgrade();
    edit();
    lose();
    stop();
    silence();
    stopElsewhere();
  }

  private static World recreate(String fields) {
    return running().apply(fields + "\nupgrade: {strategy: Recreate}");
  }

  private static void begin() {
    STORIES.put("create", () -> expectIdle(running(), ONE));
    STORIES.put(
        "create from a savepoint that is not complete yet",
        () -> {
          World world =
              new World()
                  .apply(ONE + "\ninitialState: {from: {savepointRef: {name: before}}}")
                  .seconds(5);
          world.initialSavepoint = new SavepointView.Incomplete("it is being taken");
          world.note("Savepoint before exists, and is being taken").seconds(5);
          world.initialSavepoint = new SavepointView.Ready("s3://flink/shop/old/savepoint-7");
          world.snapshots.put("s3://flink/shop/old/savepoint-7", "the old job");
          return expectIdle(world.note("Savepoint before is complete").settle(), ONE);
        });
    STORIES.put(
        "create from a savepoint that will never be complete",
        () -> {
          World world =
              new World().apply(ONE + "\ninitialState: {from: {savepointRef: {name: before}}}");
          world.initialSavepoint = new SavepointView.Broken("its job ended");
          world.note("Savepoint before is stalled").seconds(10);
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "create from a location",
        () -> {
          var world = new World();
          world.snapshots.put("s3://flink/shop/old/savepoint-7", "the old job");
          world.apply(
              ONE + "\ninitialState: {from: {location: 's3://flink/shop/old/savepoint-7'}}");
          return expectIdle(world.settle(), ONE);
        });
    STORIES.put(
        "create from a wrong location, then the right one",
        () -> {
          var world = new World();
          world.snapshots.put("s3://flink/shop/old/savepoint-7", "the old job");
          world
              .apply(ONE + "\ninitialState: {from: {location: 's3://flink/shop/old/typo'}}")
              .settle()
              .apply(ONE + "\ninitialState: {from: {location: 's3://flink/shop/old/savepoint-7'}}");
          return expectIdle(world.settle(), ONE);
        });
    STORIES.put(
        "create without an image, then with one",
        () ->
            expectIdle(
                new World().apply("image: example/orders:no-image").seconds(90).apply(ONE).settle(),
                ONE));
    STORIES.put(
        "create, and the JobManager restarts before the first checkpoint",
        () ->
            expectIdle(
                new World().apply(ONE).untilAt("Create", "AwaitHealthy").loseJobManager(1).settle(),
                ONE));
    STORIES.put(
        "create and suspend before the first checkpoint",
        () ->
            expectNothing(
                new World()
                    .apply(ONE)
                    .untilAt("Create", "AwaitHealthy")
                    .apply(SUSPENDED)
                    .settle()));
    STORIES.put(
        "create suspended, then run",
        () -> expectIdle(new World().apply(SUSPENDED).settle().apply(ONE).settle(), ONE));
    STORIES.put(
        "create while the storage is down",
        () -> {
          var world = new World();
          world.isStorageDown = true;
          world.apply(ONE).seconds(30);
          world.isStorageDown = false;
          return expectIdle(world.note("the storage is back").settle(), ONE);
        });
    STORIES.put(
        "a finished job stays finished, and a new spec runs again",
        () -> {
          World world = new World().apply("image: example/orders:bounded").settle().seconds(60);
          assertThat(world.running()).isEmpty();
          return expectIdle(world.note("it stays so").apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "a job that finished while nobody looked stays finished",
        () -> {
          World world = endUnseen("FINISHED").settle();
          assertThat(world.running()).isEmpty();
          assertThat(world.clusters.values()).allMatch(FakeCluster::isGone);
          return expectIdle(world.note("it stays so").apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "a job that failed while nobody looked is not started again",
        () -> expectStopped(endUnseen("FAILED").settle(), "JobFailed"));
  }

  private static World endUnseen(String state) {
    World world = running();
    world.results.put(world.running().orElseThrow().id, state);
    if (state.equals("FINISHED")) {
      world.newest = Optional.empty();
    }
    return world.note("Flink writes down that the job is " + state).loseJobManager(1);
  }

  private static final String EMPTY = "\ninitialState: {from: {empty: {}}}";

  private static World ownedBy(World world, String uid) {
    world.owner = Optional.of(uid);
    return world.note("the job's folder is owned by the StreamJob with uid " + uid);
  }

  private static World givenBack(World world) {
    world.owner = Optional.empty();
    return world.note("somebody removes the object that names the owner");
  }

  private static World expectUnbegun(World world, String reason) {
    assertThat(world.clusters).as(world.about("what is there")).isEmpty();
    return expectStopped(world, reason);
  }

  private static void own() {
    STORIES.put(
        "create where an earlier job was, and start empty on purpose",
        () -> {
          World world = ownedBy(new World(), "earlier").apply(ONE).seconds(20);
          expectUnbegun(world, "StateExists").apply(ONE + EMPTY).settle();
          assertThat(world.owner).as(world.about("the owner")).contains(World.UID);
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "create where state of nobody lies, and start from it",
        () -> {
          var world = new World();
          String state = "s3://flink/shop/orders/savepoints/x/savepoint-7";
          world.snapshots.put(state, "an old job");
          expectUnbegun(world.apply(ONE).seconds(20), "StateExists");
          String from = "\ninitialState: {from: {location: '%s'}}".formatted(state);
          return expectIdle(world.apply(ONE + from).settle(), ONE);
        });
    STORIES.put(
        "create where an earlier job was, from a savepoint that is not named rightly at first",
        () -> {
          World world =
              ownedBy(new World(), "earlier")
                  .apply(ONE + "\ninitialState: {from: {savepointRef: {name: typo}}}")
                  .seconds(10);
          assertThat(world.owner).as(world.about("the owner")).contains("earlier");
          return expectUnbegun(world.apply(ONE).seconds(10), "StateExists");
        });
    STORIES.put(
        "create where an earlier job was, and delete it again",
        () -> {
          World world = ownedBy(new World(), "earlier").apply(ONE).seconds(10);
          expectNothing(world.deleteJob(ONE).settle());
          assertThat(world.owner).as(world.about("the owner")).contains("earlier");
          return world;
        });
    STORIES.put(
        "create, and first replies are lost",
        () -> {
          var world = new World();
          world.losesReplies = true;
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "upgrade when the folder was taken over, until it is given back",
        () -> {
          World world = ownedBy(running(), "other").apply(TWO).settle();
          expectUntouched(expectStalled(world, "StateTakenOver", ONE));
          return expectIdle(givenBack(world).apply(TWO + "\nrestartToken: again").settle(), TWO);
        });
    STORIES.put(
        "upgrade in the same room when the folder was taken over",
        () -> {
          World world = ownedBy(running(), "other");
          world.apply(TWO + "\nupgrade: {strategy: Recreate}").settle();
          return expectUntouched(expectStalled(world, "StateTakenOver", ONE));
        });
    STORIES.put(
        "resume when the folder was taken over, until it is given back",
        () -> {
          World world = ownedBy(running().apply(SUSPENDED).settle(), "other");
          expectStopped(world.apply(ONE).seconds(90), "StateTakenOver");
          return expectIdle(givenBack(world).settle(), ONE);
        });
    STORIES.put(
        "initial state that was used gives no right to take the folder back",
        () -> {
          World world = new World().apply(ONE + EMPTY).settle().seconds(15);
          world.asked.clear();
          ownedBy(world, "other").apply(TWO + EMPTY).settle();
          return expectUntouched(expectStalled(world, "StateTakenOver", ONE));
        });
  }

  private static void end() {
    STORIES.put(
        "suspend and resume",
        () -> {
          World world =
              expectRestorePoint(
                  expectNothing(running().apply(SUSPENDED).settle()), "/savepoints/");
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "suspend and resume as another version",
        () -> expectIdle(running().apply(SUSPENDED).settle().apply(TWO).settle(), TWO));
    STORIES.put(
        "suspend while savepoints fail, then think better of it",
        () -> {
          World world =
              running()
                  .endStopsBy(
                      StopEnding.SAVEPOINT_FAILS,
                      StopEnding.SAVEPOINT_FAILS,
                      StopEnding.SAVEPOINT_FAILS,
                      StopEnding.SAVEPOINT_FAILS,
                      StopEnding.SAVEPOINT_FAILS)
                  .apply(SUSPENDED)
                  .seconds(10)
                  .apply(ONE)
                  .settle();
          assertThat(world.state().lineage().current().orElseThrow().revision()).isEqualTo(1);
          return expectIdle(world, ONE);
        });
    STORIES.put("delete", () -> expectNothing(running().deleteJob(ONE).settle()));
    STORIES.put(
        "delete without a savepoint",
        () -> expectNothing(running().deleteJob(ONE + "\nonDelete: Cancel").settle()));
    STORIES.put(
        "delete a job that never ran",
        () -> expectNothing(new World().apply(SUSPENDED).settle().deleteJob(ONE).settle()));
    STORIES.put(
        "delete a suspended job",
        () -> expectNothing(running().apply(SUSPENDED).settle().deleteJob(ONE).settle()));
    STORIES.put(
        "delete a job whose JobManager lost it",
        () -> expectNothing(running().deleteJob(ONE).loseJobManager(1).settle()));
    STORIES.put(
        "delete while savepoints fail for ever, until no savepoint is wanted",
        () -> {
          World world = running();
          for (int i = 0; i < 50; i++) {
            world.endStopsBy(StopEnding.SAVEPOINT_FAILS);
          }
          world.deleteJob(ONE).seconds(200);
          assertThat(world.isReleased).isFalse();
          return expectNothing(world.deleteJob(ONE + "\nonDelete: Cancel").settle());
        });
    STORIES.put(
        "delete while the JobManager does not answer, until no savepoint is wanted",
        () -> {
          World world = silent(running()).deleteJob(ONE).seconds(40);
          assertThat(world.isReleased).isFalse();
          return expectNothing(world.deleteJob(ONE + "\nonDelete: Cancel").settle());
        });
    STORIES.put(
        "delete while the JobManager never answers",
        () -> expectNothing(silent(running()).deleteJob(ONE).settle()));
    STORIES.put(
        "delete in the middle of an upgrade",
        () ->
            expectNothing(
                running().apply(TWO).untilAt("Upgrade", "Fence").deleteJob(TWO).settle()));
    STORIES.put(
        "delete while the newest checkpoint is looked for on a storage that is gone",
        () -> {
          World world = running().loseJobManager(1).untilAt("Recover", "LocateCheckpoint");
          world.isStorageDown = true;
          return expectNothing(world.note("the storage is gone").deleteJob(ONE).settle());
        });
  }

  private static void upgrade() {
    STORIES.put("upgrade", () -> expectIdle(running().apply(TWO).settle(), TWO));
    STORIES.put(
        "upgrade with every first reply lost",
        () -> {
          World world = running();
          world.losesReplies = true;
          return expectIdle(
              world.note("the first reply to every call is lost").apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "upgrade with the operator restarting at every step",
        () -> {
          World world = running().apply(TWO);
          for (String step :
              new String[] {
                "Prepare", "TakeSnapshot", "Fence", "Submit", "AwaitHealthy", "Retire"
              }) {
            world.untilAt("Upgrade", step).seconds(1).restartOperator();
          }
          return expectIdle(world.settle(), TWO);
        });
    STORIES.put(
        "upgrade a run that never came as far as state",
        () ->
            expectIdle(
                new World()
                    .apply("image: example/orders:restarts")
                    .untilAt("Create", "AwaitHealthy")
                    .seconds(20)
                    .apply(TWO)
                    .settle(),
                TWO));
    STORIES.put(
        "upgrade a run whose first checkpoint completes just then",
        () -> {
          World world = new World().apply(ONE).untilAt("Create", "AwaitHealthy").apply(TWO);
          return expectIdle(world.settle(), TWO);
        });
    STORIES.put(
        "revert before the first checkpoint, and upgrade much later",
        () -> {
          World world =
              new World()
                  .apply(ONE)
                  .untilAt("Create", "AwaitHealthy")
                  .apply(TWO)
                  .until(w -> w.isAt("Replace", "Prepare"))
                  .apply(ONE)
                  .settle()
                  .seconds(40);
          return expectIdle(world.apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "upgrade while a pod of the old version never ends",
        () -> {
          World world = running().apply(TWO).untilAt("Upgrade", "AwaitHealthy");
          world.clusters.get(1).isStuck = true;
          world.note("the node of a pod of revision 1 is lost").seconds(60);
          world.loseJobManager(2).seconds(90);
          assertThat(world.running()).as(world.about("the new version runs")).isPresent();
          world.clusters.get(1).isStuck = false;
          return expectIdle(world.note("the node is back").settle(), TWO);
        });
  }

  private static void failingUpgrade() {
    for (String image : new String[] {"refused", "throws-late", "fails", "restarts"}) {
      STORIES.put(
          "roll back from a version that " + image,
          () -> {
            World world = running().apply("image: example/orders:" + image).settle();
            String reason =
                switch (image) {
                  case "fails" -> "JobFailed";
                  case "restarts" -> "JobRestarting";
                  default -> "SubmissionRefused";
                };
            return expectStalled(world, reason, ONE);
          });
    }
    STORIES.put(
        "keep a version that fails after its first checkpoint",
        () -> {
          World world = running().apply("image: example/orders:fails-later").settle();
          assertThat(world.running()).isEmpty();
          return expectIdle(world.note("it needs help").apply(THREE).settle(), THREE);
        });
    STORIES.put(
        "roll back, and take the spec back",
        () ->
            expectIdle(
                running().apply("image: example/orders:fails").settle().apply(ONE).settle(), ONE));
    STORIES.put(
        "roll back, and apply a third version",
        () ->
            expectIdle(
                running().apply("image: example/orders:fails").settle().apply(THREE).settle(),
                THREE));
    STORIES.put(
        "roll back, and the JobManager restarts meanwhile",
        () ->
            expectStalled(
                running()
                    .apply("image: example/orders:fails")
                    .untilAt("Rollback", "AwaitHealthy")
                    .loseJobManager(1)
                    .settle(),
                "JobFailed",
                ONE));
    STORIES.put(
        "abandon a version without an image",
        () ->
            expectUntouched(
                expectStalled(
                    running().apply("image: example/orders:no-image").settle(),
                    "ImagePullBackOff",
                    ONE)));
    STORIES.put(
        "abandon a version without a jar",
        () ->
            expectUntouched(
                expectStalled(
                    running().apply("image: example/orders:no-jar").settle(), "JarMissing", ONE)));
    STORIES.put(
        "abandon an upgrade whose savepoint fails three times",
        () ->
            expectStalled(
                running()
                    .endStopsBy(
                        StopEnding.SAVEPOINT_FAILS,
                        StopEnding.SAVEPOINT_FAILS,
                        StopEnding.SAVEPOINT_FAILS)
                    .apply(TWO)
                    .settle(),
                "SavepointFailed",
                ONE));
  }

  private static void edit() {
    STORIES.put(
        "edit while the next version is prepared",
        () ->
            expectIdle(
                running().apply(TWO).untilAt("Upgrade", "Prepare").seconds(2).apply(THREE).settle(),
                THREE));
    STORIES.put(
        "edit after the point of no return",
        () ->
            expectIdle(
                running().apply(TWO).untilAt("Upgrade", "TakeSnapshot").apply(THREE).settle(),
                THREE));
    STORIES.put(
        "take the spec back while the next version is prepared",
        () ->
            expectUntouched(
                expectIdle(
                    running()
                        .apply(TWO)
                        .untilAt("Upgrade", "Prepare")
                        .seconds(2)
                        .apply(ONE)
                        .settle(),
                    ONE)));
    STORIES.put(
        "take the spec back after the point of no return",
        () ->
            expectIdle(running().apply(TWO).untilAt("Upgrade", "Submit").apply(ONE).settle(), ONE));
    STORIES.put(
        "edit to nonsense in the middle, and mend it",
        () ->
            expectIdle(
                running()
                    .apply(TWO)
                    .untilAt("Upgrade", "TakeSnapshot")
                    .applyNonsense()
                    .settle()
                    .apply(THREE)
                    .settle(),
                THREE));
    STORIES.put(
        "edit while a rollback waits for its cluster",
        () ->
            expectIdle(
                running()
                    .apply("image: example/orders:fails")
                    .untilAt("Rollback", "Prepare")
                    .apply(THREE)
                    .settle(),
                THREE));
  }

  private static void lose() {
    STORIES.put(
        "a job that failed stays as it is, also when its JobManager restarts",
        () -> {
          World world = new World().apply("image: example/orders:fails-later").seconds(60);
          expectStopped(world.restartJobManager(1).seconds(60), "JobFailed");
          return expectIdle(world.apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "a job that failed is brought back by its JobManager after all",
        () -> {
          World world = new World().apply("image: example/orders:fails-later").seconds(11);
          world.until(w -> w.state().lineage().current().filter(Run::failed).isPresent());
          return expectStopped(world.restartJobManager(1).seconds(60), "JobFailed");
        });
    STORIES.put(
        "a job that failed starts again within its limits",
        () ->
            expectStopped(
                new World()
                    .apply(
                        "image: example/orders:fails-later\nonFailure: {action: Restart, restarts: 2}")
                    .seconds(200),
                "RestartsExhausted"));
    STORIES.put(
        "delete a job that failed, with the storage gone",
        () -> {
          World world = new World().apply("image: example/orders:fails-later").seconds(60);
          world.isStorageDown = true;
          world.note("the storage is gone").deleteJob("image: example/orders:fails-later").settle();
          assertThat(world.isReleased).as(world.about("whether it is gone")).isTrue();
          return world;
        });
    STORIES.put(
        "recover a job that Flink refuses by now, until it is mended",
        () -> {
          World world = running().loseJobManager(1).untilAt("Recover", "Prepare");
          world.refuses = true;
          world.note("main() cannot reach its topic any more").seconds(120);
          assertThat(world.isAt("Recover", "Submit")).as(world.about("it is tried again")).isTrue();
          world.refuses = false;
          return expectIdle(world.apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "suspend a job that failed, and resume it as another version",
        () ->
            expectIdle(
                new World()
                    .apply("image: example/orders:fails-later")
                    .seconds(60)
                    .apply("image: example/orders:fails-later\nstate: Suspended")
                    .settle()
                    .apply(TWO)
                    .settle(),
                TWO));
    STORIES.put(
        "restart by a token",
        () -> {
          String again = ONE + "\nrestartToken: again";
          return expectIdle(running().apply(again).settle(), ONE);
        });
    STORIES.put(
        "upgrade where there is no room for two", () -> expectIdle(recreate(TWO).settle(), TWO));
    STORIES.put(
        "roll back where there is no room for two",
        () -> expectStalled(recreate("image: example/orders:fails").settle(), "JobFailed", ONE));
    STORIES.put(
        "take the spec back where there is no room for two",
        () ->
            expectIdle(
                recreate("image: example/orders:no-image")
                    .untilAt("Upgrade", "Prepare")
                    .apply(ONE)
                    .settle(),
                ONE));
    STORIES.put(
        "take the spec back before the new version committed anything",
        () ->
            expectIdle(
                running()
                    .apply("image: example/orders:restarts")
                    .untilAt("Upgrade", "AwaitHealthy")
                    .seconds(5)
                    .apply(ONE)
                    .settle(),
                ONE));
    STORIES.put(
        "old revisions are forgotten",
        () -> {
          World world = running();
          for (int i = 2; i < 14; i++) {
            world.apply("image: example/orders:" + i).settle();
          }
          assertThat(world.clusters.keySet()).contains(3, 13).doesNotContain(1, 2);
          return expectIdle(world, "image: example/orders:13");
        });
    STORIES.put(
        "the status is an older one",
        () -> {
          World world = running().keepStatus().apply(TWO).settle().restoreStatus().seconds(20);
          assertThat(world.running()).as("what runs").isPresent();
          assertThat(world.asked).as("what was done").doesNotContain("Release");
          return world.deleteJob(TWO).settle();
        });
    STORIES.put(
        "the JobManager dies while the job is parked, again and again",
        () -> {
          World world = running().apply(TWO);
          for (int i = 0; i < 4; i++) {
            world.untilAt("Upgrade", "TakeSnapshot");
            world.loseJobManager(world.state().lineage().current().orElseThrow().revision());
            world.until(w -> !w.isAt("Upgrade", "TakeSnapshot"));
          }
          return expectStalled(world.settle(), "JobEnded", ONE);
        });
    STORIES.put(
        "the JobManager dies and brings the job back",
        () -> expectIdle(running().restartJobManager(1).settle(), ONE));
    STORIES.put(
        "the JobManager dies while the job is parked",
        () ->
            expectIdle(
                running()
                    .apply(TWO)
                    .untilAt("Upgrade", "TakeSnapshot")
                    .restartJobManager(1)
                    .seconds(90)
                    .settle(),
                TWO));
    STORIES.put(
        "the JobManager dies after the first checkpoint of a new version was completed unseen",
        () -> {
          World world = running().apply(TWO).untilAt("Upgrade", "AwaitHealthy");
          world.clusters.get(2).isSilent = true;
          world.note("revision 2 does not answer").seconds(60);
          world.clusters.get(2).isSilent = false;
          return expectIdle(world.note("revision 2 answers").settle(), TWO);
        });
    STORIES.put(
        "roll back, and the old cluster is gone",
        () -> {
          World world =
              running().apply("image: example/orders:fails").untilAt("Upgrade", "AwaitHealthy");
          world.clusters.get(1).isSilent = true;
          return expectStalled(
              world.note("revision 1 does not answer any more").settle(), "JobFailed", ONE);
        });
    STORIES.put(
        "recover after the JobManager restarts",
        () -> expectIdle(running().loseJobManager(1).settle(), ONE));
    STORIES.put(
        "recover, and the node of the lost run is lost as well",
        () -> {
          World world = stuck(running()).loseJobManager(1).seconds(120);
          expectStopped(world, "PodsRemain");
          assertThat(world.asked).as(world.about("what was asked")).doesNotContain("SubmitJob");
          world.clusters.get(1).isStuck = false;
          return expectIdle(world.note("the node is back").settle(), ONE);
        });
    STORIES.put(
        "delete, and the node of the run is lost",
        () -> {
          World world = stuck(running()).deleteJob(ONE).seconds(120);
          expectStopped(world, "PodsRemain");
          assertThat(world.isReleased).as(world.about("whether it is released")).isFalse();
          world.clusters.get(1).isStuck = false;
          return expectNothing(world.note("the node is gone").settle());
        });
    STORIES.put(
        "recover although the spec makes no sense",
        () -> {
          World world = running().applyNonsense().loseJobManager(1).settle();
          assertThat(world.running()).as(world.about("what runs")).isPresent();
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "recover twice in a row",
        () ->
            expectIdle(
                running()
                    .loseJobManager(1)
                    .untilAt("Recover", "AwaitHealthy")
                    .loseJobManager(2)
                    .settle(),
                ONE));
    STORIES.put(
        "recover, and find no checkpoint where there must be one",
        () -> {
          World world = running();
          Map<String, String> hidden = new LinkedHashMap<>(world.snapshots);
          world.snapshots.clear();
          world.note("the checkpoints are not to be seen").loseJobManager(1).seconds(60);
          assertThat(world.running()).as(world.about("what runs")).isEmpty();
          world.snapshots.putAll(hidden);
          return expectIdle(world.note("the checkpoints are back").settle(), ONE);
        });
    STORIES.put(
        "recover, with an upgrade to do after that",
        () ->
            expectIdle(
                running().loseJobManager(1).untilAt("Recover", "Submit").apply(TWO).settle(), TWO));
    STORIES.put(
        "the status is wiped beside running pods",
        () -> expectHandsOff(running().wipeStatus().seconds(60)));
    STORIES.put(
        "the status is one of before a suspension",
        () -> {
          World world = running().keepStatus().apply(SUSPENDED).settle().apply(ONE).restoreStatus();
          expectStopped(world.seconds(60), "StateLost");
          assertThat(world.clusters.values()).allMatch(FakeCluster::isGone);
          return world;
        });
    STORIES.put(
        "the status is wiped in the middle of an upgrade",
        () -> {
          World world = running().apply(TWO).untilAt("Upgrade", "Prepare").seconds(2);
          world.asked.clear();
          return expectHandsOff(world.wipeStatus().seconds(60));
        });
  }

  private static World expectHandsOff(World world) {
    assertThat(world.asked).as(world.about("what was asked")).isEmpty();
    assertThat(world.running()).isPresent();
    return world;
  }

  private static World stuck(World world) {
    world.clusters.get(1).isStuck = true;
    return world.note("the pods of revision 1 do not end");
  }

  private static World silent(World world) {
    world.clusters.get(1).isSilent = true;
    return world.note("the JobManager of revision 1 goes silent");
  }

  private static void silence() {
    STORIES.put(
        "upgrade while the JobManager never answers",
        () -> expectIdle(silent(running()).apply(TWO).settle(), TWO));
    STORIES.put(
        "suspend while the JobManager never answers",
        () ->
            expectRestorePoint(
                expectNothing(silent(running()).apply(SUSPENDED).settle()), "/checkpoints/"));
    STORIES.put(
        "the JobManager falls silent over a savepoint that is complete",
        () -> {
          World world = running().apply(SUSPENDED).untilAt("Suspend", "TakeSnapshot").seconds(3);
          return expectRestorePoint(expectNothing(silent(world).settle()), "/savepoints/");
        });
    STORIES.put(
        "suspend a job that has come to its end behind a JobManager that never answers",
        () -> {
          World world = silent(running()).apply(SUSPENDED);
          world.results.put(world.running().orElseThrow().id, "FINISHED");
          world.snapshots.clear();
          world.newest = Optional.empty();
          return expectNothing(world.note("it has come to its end").settle());
        });
    STORIES.put(
        "the JobManager answers again at the last moment",
        () -> {
          World world =
              silent(running())
                  .apply(TWO)
                  .until(told -> told.state().lineage().current().filter(Run::failed).isPresent());
          world.clusters.get(1).isSilent = false;
          return expectIdle(world.note("it answers").settle(), TWO);
        });
    STORIES.put(
        "nobody asks for an upgrade after all while the JobManager never answers",
        () -> {
          World world = silent(running()).apply(TWO).untilAt("Upgrade", "TakeSnapshot");
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
  }

  private static void stopElsewhere() {
    STORIES.put(
        "somebody else stops the job with a savepoint, and the next version starts from it",
        () -> {
          World world = expectGivenUp(running().stopElsewhere(1).settle(), "StoppedElsewhere");
          return expectIdle(expectRestorePoint(world, "/elsewhere/").apply(TWO).settle(), TWO);
        });
    STORIES.put(
        "somebody else stops the job with a savepoint, and it is to be suspended",
        () -> {
          World world = running().stopElsewhere(1).settle().apply(SUSPENDED).settle();
          expectRestorePoint(expectNothing(world), "/elsewhere/");
          return expectIdle(world.apply(ONE).settle(), ONE);
        });
    STORIES.put(
        "somebody else stops the job with a savepoint in the middle of an upgrade",
        () ->
            expectIdle(
                running().apply(TWO).untilAt("Upgrade", "Prepare").stopElsewhere(1).settle(), TWO));
    STORIES.put(
        "somebody else stops the new version with a savepoint before it is healthy",
        () ->
            expectGivenUp(
                running().apply(TWO).untilAt("Upgrade", "AwaitHealthy").stopElsewhere(2).settle(),
                "StoppedElsewhere"));
  }

  private static void stop() {
    for (StopEnding ending : StopEnding.values()) {
      String name = "stop " + ending.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      STORIES.put(name, () -> stop(ending, running()));
      STORIES.put(
          name + ", with replies lost",
          () -> {
            World world = running();
            world.losesReplies = true;
            return stop(ending, world.note("the first reply to every call is lost"));
          });
    }
    STORIES.put(
        "suspend, and the JobManager dies before the savepoint",
        () ->
            expectRestorePoint(
                expectNothing(
                    running().endStopsBy(StopEnding.DIES_BEFORE).apply(SUSPENDED).settle()),
                "/savepoints/"));
  }

  private static World stop(StopEnding ending, World world) {
    return expectIdle(world.endStopsBy(ending).apply(TWO).settle(), TWO);
  }

  static Stream<String> stories() {
    return STORIES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("stories")
  void goesAsItsGoldenLogSays(String name) {
    World world = STORIES.get(name).get();
    GOLDEN.check(file(name), world.log.text());
  }

  @Test
  void everyGoldenLogHasItsStory() {
    GOLDEN.checkNothingElse(
        STORIES.keySet().stream().map(StoriesTest::file).collect(Collectors.toSet()));
  }

  private static String file(String name) {
    return name.replace(",", "").replace(' ', '-') + ".log";
  }
}
