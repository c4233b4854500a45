package io.streamjob.e2e.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The command: plays every story once undisturbed, and then once for every crash point. */
public final class CrashRun {

  private CrashRun() {}

  /** Started by {@code e2e/crash/run}. */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    try (Shared shared = Shared.open(Site.fromEnvironment());
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      var stories = new ArrayList<Story>();
      for (Story story : Story.values()) {
        if (args.length == 0 || List.of(args).contains(story.label())) {
          stories.add(story);
        }
      }
      int number = 0;
      for (Story story : stories) {
        long begin = System.currentTimeMillis();
        Run.Result result =
            threads
                .submit(new Run(shared, ++number, story, Optional.empty(), new EndState(List.of())))
                .get();
        System.out.println(
            story.label() + " " + result.millis() + " of " + (System.currentTimeMillis() - begin));
        result.calls().forEach(System.out::println);
        result.end().lines().forEach(System.out::println);
        result.failures().forEach(System.out::println);
        result.journal().forEach(System.out::println);
      }
    }
  }
}
