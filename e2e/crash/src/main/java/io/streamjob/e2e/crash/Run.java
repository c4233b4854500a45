package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * One run of a story.
 *
 * @param point where the operator dies; empty for the run that nothing disturbs
 * @param expected how the undisturbed run ended
 */
record Run(Shared shared, int number, Story story, Optional<Point> point, EndState expected)
    implements Callable<Run.Result> {

  private static final long QUIET_MILLIS = 3_000;
  private static final long LONGEST_MILLIS = 300_000;
  private static final long LONGEST_QUIET_MILLIS = 30_000;

  /** Longer than anything is waited for before it is tried again. */
  private static final long STUCK_MILLIS = 60_000;

  private static final long HOLD_MILLIS = 400;
  private static final long FREEZE_MILLIS = 4_000;
  private static final long PAUSE_MILLIS = 150;

  /**
   * What came of it.
   *
   * @param calls the writes of the life that was to die
   * @param isReached whether the story came to the point
   * @param millis from the death, or the change, to the end
   */
  record Result(
      Story story,
      Optional<Point> point,
      List<Call> calls,
      boolean isReached,
      EndState end,
      List<String> failures,
      long millis,
      List<String> journal) {}

  @Override
  public Result call() throws InterruptedException {
    // Every run has an address of this machine for itself.
    String host =
        "127.%d.%d.%d".formatted(1 + number / 62_500, number / 250 % 250, 1 + number % 250);
    try (var world = new World(shared, "crash-" + number)) {
      Future<?> time = shared.drive(world);
      try {
        return play(world, host);
      } catch (KubernetesClientException | IllegalStateException | UncheckedIOException e) {
        return broken(world, e);
      } finally {
        time.cancel(false);
      }
    }
  }

  /** What kept the run from being played is no verdict, but no success either. */
  private Result broken(World world, RuntimeException why) {
    return new Result(
        story,
        point,
        List.of(),
        false,
        expected,
        List.of("the run broke: " + why.getMessage()),
        0,
        world.journal().lines());
  }

  private Result play(World world, String host) throws InterruptedException {
    Life life = Life.start(world, host);
    try {
      story.prepare(world);
      awaitQuiet(life, 500);
      life.wire().arm(point, () -> strike(world, life));
      world.journal().note("--- " + story.label());
      long begin = System.currentTimeMillis();
      Thread user = Thread.ofVirtual().start(() -> story.change(world));
      if (point.isEmpty()) {
        user.join();
        awaitOver(world, life);
        return result(world, life, List.of(), begin);
      }
      if (!point.get().blow().isDeath() || !awaitDeath(world, life, user)) {
        return result(world, life, awaitEnd(world, life, user), begin);
      }
      world.journal().note("--- the operator " + point.get());
      long died = System.currentTimeMillis();
      life.close();
      try (Life next = Life.start(world, host)) {
        world.journal().note("--- the next operator is there");
        return result(world, life, awaitEnd(world, next, user), died);
      }
    } finally {
      life.close();
    }
  }

  /** What happens at the point, if the operator does not die. */
  private void strike(World world, Life life) {
    world.journal().note("--- " + point.orElseThrow());
    try {
      switch (point.get().blow()) {
        case DIES_BEFORE, DIES_AFTER -> {}
        case WATCHES_FREEZE -> life.wire().freezeWatches(FREEZE_MILLIS);
        case WATCHES_BREAK -> life.wire().breakWatches();
        case JOB_LABELLED -> world.labelJob();
        case SERVICES_DELETED -> world.deleteServices();
        case JOB_MANAGERS_KILLED -> world.killJobManagers();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitOver(World world, Life life) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (!story.isOver(world) || life.wire().quietMillis() < QUIET_MILLIS) {
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException(
            story.label() + " does not end:\n" + String.join("\n", world.journal().lines()));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** Returns whether it came. */
  private static boolean awaitQuiet(Life life, long millis) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_QUIET_MILLIS;
    while (life.wire().quietMillis() < millis && System.currentTimeMillis() < end) {
      Thread.sleep(50);
    }
    return life.wire().quietMillis() >= millis;
  }

  /** Returns false when the story is over without coming to the point. */
  private boolean awaitDeath(World world, Life life, Thread user) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (!life.wire().awaitCut(PAUSE_MILLIS)) {
      boolean isOver =
          !user.isAlive() && life.wire().quietMillis() > QUIET_MILLIS && story.isOver(world);
      if (isOver || System.currentTimeMillis() > end) {
        return life.wire().isCut();
      }
    }
    return true;
  }

  /** Waits for the expected end, and a little longer; returns what is wrong with it. */
  private List<String> awaitEnd(World world, Life life, Thread user) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (true) {
      boolean isTooLate =
          System.currentTimeMillis() > end || life.wire().quietMillis() > STUCK_MILLIS;
      boolean isOver = !user.isAlive() && story.isOver(world);
      if (isTooLate || (isOver && differences(world).isEmpty())) {
        return awaitQuiet(life, HOLD_MILLIS)
            ? differences(world)
            : List.of("the operator writes on and on");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private List<String> differences(World world) {
    EndState seen = EndState.of(world);
    if (point.filter(at -> !at.blow().leavesNoTrace()).isPresent()) {
      return seen.running() == expected.running() && story.isOver(world)
          ? List.of()
          : List.of("not over, or not as many runs as there should be: " + seen.lines());
    }
    return expected.differences(seen);
  }

  private Result result(World world, Life life, List<String> differences, long begin) {
    var failures = new ArrayList<String>(world.journal().violations());
    failures.addAll(differences);
    return new Result(
        story,
        point,
        life.wire().calls(),
        point.filter(at -> life.wire().calls().contains(at.call())).isPresent(),
        point.isEmpty() ? EndState.of(world) : expected,
        failures,
        System.currentTimeMillis() - begin,
        world.journal().lines());
  }
}
