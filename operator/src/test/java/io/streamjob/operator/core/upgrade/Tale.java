package io.streamjob.operator.core.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.operator.core.observed.Problem;
import io.streamjob.operator.core.plan.RestorePoint;
import io.streamjob.operator.core.plan.Run;

/** Words in which stories say how they begin and end. */
final class Tale {

  static final String ONE = "image: example/orders:1";
  static final String TWO = "image: example/orders:2";
  static final String THREE = "image: example/orders:3";
  static final String SUSPENDED = "image: example/orders:1\nstate: Suspended";

  private Tale() {}

  /** A job that runs version 1 and has state. */
  static World running() {
    World world = new World().apply(ONE).settle().seconds(15);
    world.asked.clear();
    return world;
  }

  static World expectIdle(World world, String image) {
    assertThat(world.state().upgrade())
        .as(world.about("the end"))
        .isEqualTo(new UpgradeState.Idle());
    return expectRunning(world, image);
  }

  static World expectStalled(World world, String reason, String image) {
    assertThat(reason(world)).as(world.about("the end")).isEqualTo(reason);
    return expectRunning(world, image);
  }

  /** Nothing runs, nothing is begun, and the status says why. */
  static World expectStopped(World world, String reason) {
    assertThat(world.running()).as(world.about("what runs")).isEmpty();
    assertThat(world.last)
        .as(world.about("the end"))
        .isInstanceOfSatisfying(
            Decision.Act.class,
            act -> assertThat(act.problem().map(Problem::reason)).contains(reason));
    return world;
  }

  /** Nothing runs, nothing is left, and what was asked for was given up. */
  static World expectGivenUp(World world, String reason) {
    assertThat(reason(world)).as(world.about("the end")).isEqualTo(reason);
    return expectNothing(world);
  }

  static World expectNothing(World world) {
    assertThat(world.running()).as(world.about("what runs")).isEmpty();
    assertThat(world.clusters.values())
        .as(world.about("what is left"))
        .allMatch(FakeCluster::isGone);
    return world;
  }

  /** Version 1 runs, and it is the run that was there at the beginning. */
  static World expectUntouched(World world) {
    assertThat(world.state().lineage().current().map(Run::revision)).contains(1);
    assertThat(world.asked)
        .as(world.about("what was asked"))
        .doesNotContain("StopWithSavepoint", "CancelJob");
    return expectRunning(world, ONE);
  }

  static World expectRestorePoint(World world, String part) {
    assertThat(world.state().lineage().restorePoint().map(RestorePoint::location).orElse(""))
        .as(world.about("the restore point"))
        .contains(part);
    return world;
  }

  private static World expectRunning(World world, String fields) {
    int revision = world.state().lineage().current().orElseThrow().revision();
    FakeCluster cluster = world.clusters.get(revision);
    assertThat("image: " + cluster.spec.image()).as(world.about("what runs")).isEqualTo(fields);
    assertThat(cluster.writers()).as(world.about("whether it runs")).isEqualTo(1);
    assertThat(world.clusters.values().stream().filter(one -> !one.isGone()))
        .as(world.about("what is left"))
        .containsExactly(cluster);
    return world;
  }

  private static String reason(World world) {
    return world.state().upgrade() instanceof UpgradeState.Stalled stalled
        ? stalled.gaveUp().verdict().reason()
        : world.state().upgrade().toString();
  }
}
