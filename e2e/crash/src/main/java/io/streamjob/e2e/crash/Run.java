package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.client.KubernetesClientException;
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
record Run(Shared shared, int number, Story story, Optional<CrashPoint> point, EndState expected)
    implements Callable<Run.Result> {

  private static final long QUIET_MILLIS = 3_000;
  private static final long LONGEST_MILLIS = 300_000;
  private static final long LONGEST_QUIET_MILLIS = 30_000;
  private static final long HOLD_MILLIS = 400;
  private static final long PAUSE_MILLIS = 150;

  /**
   * What came of it.
   *
   * @param calls the writes of the life that was to die
   * @param died whether the story reached the point
   * @param millis from the death, or the change, to the end
   */
  record Result(
      Story story,
      Optional<CrashPoint> point,
      List<Call> calls,
      boolean died,
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
      } catch (KubernetesClientException | IllegalStateException e) {
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
      life.wire().arm(point);
      world.journal().note("--- " + story.label());
      long begin = System.currentTimeMillis();
      story.change(world);
      if (point.isEmpty()) {
        awaitOver(world, life);
        return result(world, life, false, List.of(), begin);
      }
      boolean died = awaitDeath(world, life);
      if (died) {
        world.journal().note("--- the operator died " + point.get());
        begin = System.currentTimeMillis();
        life.close();
        Life next = Life.start(world, host);
        try {
          world.journal().note("--- the next operator is there");
          return result(world, life, true, awaitEnd(world, next), begin);
        } finally {
          next.close();
        }
      }
      return result(world, life, false, awaitEnd(world, life), begin);
    } finally {
      life.close();
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
  private boolean awaitDeath(World world, Life life) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (!life.wire().awaitCut(PAUSE_MILLIS)) {
      boolean isOver = life.wire().quietMillis() > QUIET_MILLIS && story.isOver(world);
      if (isOver || System.currentTimeMillis() > end) {
        return life.wire().isCut();
      }
    }
    return true;
  }

  /** Waits for the expected end, and a little longer; returns what is wrong with it. */
  private List<String> awaitEnd(World world, Life life) throws InterruptedException {
    long end = System.currentTimeMillis() + LONGEST_MILLIS;
    while (true) {
      if (story.isOver(world)) {
        EndState seen = EndState.of(world);
        boolean isTooLate = System.currentTimeMillis() > end;
        if (expected.equals(seen) || isTooLate) {
          return awaitQuiet(life, HOLD_MILLIS)
              ? differences(EndState.of(world))
              : List.of("the operator writes on and on");
        }
      } else if (System.currentTimeMillis() > end) {
        return differences(EndState.of(world));
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private List<String> differences(EndState seen) {
    return expected.equals(seen) ? List.of() : expected.differences(seen);
  }

  private Result result(
      World world, Life life, boolean died, List<String> differences, long begin) {
    var failures = new ArrayList<String>(world.journal().violations());
    failures.addAll(differences);
    return new Result(
        story,
        point,
        life.wire().calls(),
        died,
        point.isEmpty() ? EndState.of(world) : expected,
        failures,
        System.currentTimeMillis() - begin,
        world.journal().lines());
  }
}
