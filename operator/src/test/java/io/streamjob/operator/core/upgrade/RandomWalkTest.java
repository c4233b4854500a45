package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.plan.Run;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chance and ill luck, reproducible by seed ({@code -Dwalk.first=<seed> -Dwalk.count=1}). Each walk
 * breaks off somewhere and is then left in peace, and must find its way.
 */
class RandomWalkTest {

  private static final long FIRST = Long.getLong("walk.first", 1);
  private static final long COUNT = Long.getLong("walk.count", 100);

  private static final List<String> SPECS =
      List.of(
          "image: example/orders:1",
          "image: example/orders:2",
          "image: example/orders:3",
          "image: example/orders:1\nstate: Suspended",
          "image: example/orders:2\nstate: Suspended",
          "image: example/orders:refused",
          "image: example/orders:throws-late",
          "image: example/orders:fails",
          "image: example/orders:fails-later",
          "image: example/orders:restarts",
          "image: example/orders:no-image",
          "image: example/orders:no-jar",
          "image: example/orders:2\nsavepoints: {format: Native}");

  private static final List<StopEnding> ENDINGS = List.copyOf(EnumSet.allOf(StopEnding.class));

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + COUNT);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsItsWayOnceItIsLeftInPeace(long seed) {
    var random = new Random(seed);
    World world = new World().note("seed " + seed).apply(SPECS.getFirst());
    int steps = random.nextInt(20, 400);
    for (int i = 0; i < steps; i++) {
      meddle(world, random);
      world.pass();
    }
    leaveInPeace(world);
    expectRest(world.seconds(120).settle(), seed);
    world.apply("image: example/orders:final").settle();
    expectRunning(world, seed);
    world.deleteJob("image: example/orders:final").settle();
    assertThat(world.isReleased).as(world.about("whether it is gone, seed " + seed)).isTrue();
  }

  private static void meddle(World world, Random random) {
    switch (random.nextInt(90)) {
      case 0, 1, 2 -> world.apply(SPECS.get(random.nextInt(SPECS.size())));
      case 3 -> world.applyNonsense();
      case 4 -> world.restartOperator();
      case 5, 6 -> restartAny(world, random);
      case 7, 8, 9 -> world.endStopsBy(ENDINGS.get(random.nextInt(ENDINGS.size())));
      case 10 -> {
        world.isStorageDown = !world.isStorageDown;
        world.note("the storage is " + (world.isStorageDown ? "down" : "back"));
      }
      case 11 -> {
        world.losesReplies = !world.losesReplies;
        world.note("first replies are " + (world.losesReplies ? "lost" : "delivered"));
      }
      case 12 -> stick(world, random);
      default -> {}
    }
  }

  private static void restartAny(World world, Random random) {
    List<Integer> alive =
        world.clusters.values().stream()
            .filter(FakeCluster::isReachable)
            .map(cluster -> cluster.revision)
            .toList();
    if (!alive.isEmpty()) {
      int revision = alive.get(random.nextInt(alive.size()));
      if (random.nextInt(3) > 0) {
        world.restartJobManager(revision);
      } else {
        world.loseJobManager(revision);
      }
    }
  }

  private static void stick(World world, Random random) {
    List<FakeCluster> clusters = List.copyOf(world.clusters.values());
    if (!clusters.isEmpty()) {
      FakeCluster one = clusters.get(random.nextInt(clusters.size()));
      one.isStuck = !one.isStuck;
      world.note("revision %d: stuck %s".formatted(one.revision, one.isStuck));
    }
  }

  private static void leaveInPeace(World world) {
    world.endings.clear();
    world.isStorageDown = false;
    world.losesReplies = false;
    world.clusters.values().forEach(cluster -> cluster.isStuck = false);
    world.apply("image: example/orders:4").note("from now on nothing goes wrong");
  }

  private static void expectRest(World world, long seed) {
    assertThat(world.state().upgrade())
        .as(world.about("the end, seed " + seed))
        .isInstanceOfAny(UpgradeState.Idle.class, UpgradeState.Stalled.class);
  }

  private static void expectRunning(World world, long seed) {
    expectRest(world, seed);
    int revision = world.state().lineage().current().map(Run::revision).orElse(0);
    assertThat(world.running().isPresent() && world.clusters.get(revision).writers() == 1)
        .as(world.about("whether a good version runs in the end, seed " + seed))
        .isTrue();
  }
}
