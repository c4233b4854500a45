package io.streamjob.e2e.crash;

import io.streamjob.e2e.crash.Point.Blow;
import io.streamjob.e2e.crash.Run.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The command: plays every story once undisturbed, and then once for every crash point. */
public final class CrashRun implements AutoCloseable {

  private final Options options;
  private final Shared shared = Shared.open(Site.fromEnvironment());
  private final ExecutorService threads;
  private final Map<Story, Result> undisturbed = new EnumMap<>(Story.class);
  private final List<Result> results = new ArrayList<>();
  private final long begin = System.nanoTime();
  private int runs;
  private int planned;

  private CrashRun(Options options) {
    this.options = options;
    threads = Executors.newFixedThreadPool(options.parallel());
  }

  /** Started by {@code e2e/crash/run}. */
  public static void main(String[] args) throws InterruptedException {
    boolean isGood = false;
    try (var run = new CrashRun(Options.parse(args))) {
      isGood = run.play();
    } catch (ExecutionException | IOException e) {
      System.err.println("error: " + e);
    }
    // Clients leave threads behind.
    System.exit(isGood ? 0 : 1);
  }

  private boolean play() throws InterruptedException, ExecutionException, IOException {
    var first = new ArrayList<Run>();
    options.stories().forEach(story -> first.add(run(story, Optional.empty())));
    for (Result result : all(first)) {
      if (result.failures().isEmpty()) {
        undisturbed.put(result.story(), result);
      } else {
        results.add(result);
      }
    }
    List<Run> next = runs(sampled());
    while (!next.isEmpty()) {
      results.addAll(all(next));
      next = options.isFull() ? runs(unseen()) : List.of();
    }
    if (options.page().isPresent()) {
      Report.write(options.page().get(), undisturbed, results);
    }
    long failures = results.stream().filter(result -> !result.failures().isEmpty()).count();
    System.out.printf(
        "crash points %d, runs %d, failures %d (%d s)%n",
        results.stream().filter(Result::isReached).count(), runs, failures, seconds());
    return failures == 0;
  }

  /** The writes of the undisturbed runs that are asked for, or as many of them, evenly spread. */
  private Map<Story, Set<Call>> sampled() {
    var sampled = new EnumMap<Story, Set<Call>>(Story.class);
    undisturbed.forEach((story, result) -> {
      List<Call> all =
          result.calls().stream().filter(call -> call.toString().contains(options.at())).toList();
      int count = Math.min(all.size(), options.sample().orElse(all.size()));
      var some = new LinkedHashSet<Call>();
      for (int i = 0; i < count; i++) {
        some.add(all.get(i * (all.size() - 1) / Math.max(1, count - 1)));
      }
      sampled.put(story, some);
    });
    return sampled;
  }

  /** What an operator writes only after something happened, as far as no run has ended there. */
  private Map<Story, Set<Call>> unseen() {
    var unseen = new EnumMap<Story, Set<Call>>(Story.class);
    results.forEach(result ->
        unseen.computeIfAbsent(result.story(), s -> new LinkedHashSet<>()).addAll(result.calls()));
    results.forEach(result ->
        result.point().ifPresent(point -> unseen.get(result.story()).remove(point.call())));
    return unseen;
  }

  private List<Run> runs(Map<Story, Set<Call>> calls) {
    var all = new ArrayList<Run>();
    calls.forEach((story, some) ->
        some.forEach(call ->
            options
                .blows()
                .forEach(blow -> all.add(run(story, Optional.of(new Point(call, blow)))))));
    return all;
  }

  private Run run(Story story, Optional<Point> point) {
    runs++;
    EndState expected = point.isEmpty() ? new EndState(List.of()) : undisturbed.get(story).end();
    return new Run(shared, runs, story, point, expected);
  }

  private List<Result> all(List<Run> runs)
      throws InterruptedException, ExecutionException, IOException {
    planned += runs.size();
    CompletionService<Result> service = new ExecutorCompletionService<>(threads);
    runs.forEach(service::submit);
    var all = new ArrayList<Result>();
    for (int i = 0; i < runs.size(); i++) {
      Future<Result> next = service.take();
      all.add(next.get());
      tell(next.get(), planned - runs.size() + i + 1);
    }
    return all;
  }

  private void tell(Result result, int number) throws IOException {
    String where =
        result
            .point()
            .map(point -> result.isReached() ? point.toString() : point + ": not reached")
            .orElseGet(() -> result.calls().size() + " writes, undisturbed");
    System.out.printf(
        "[%d s] %d/%d %s, %s: %s, %.1f s%n",
        seconds(),
        number,
        planned,
        result.story().label(),
        where,
        result.failures().isEmpty() ? "ok" : "FAILED",
        result.millis() / 1000.0);
    if (!result.failures().isEmpty()) {
      result.failures().forEach(failure -> System.out.println("    " + failure));
      System.out.println("    see " + Report.failure(options.failures(), result));
    }
  }

  private long seconds() {
    return (System.nanoTime() - begin) / 1_000_000_000;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    shared.close();
  }

  /**
   * What is asked for.
   *
   * @param sample how many writes of each story; empty: all
   * @param at only writes with this in their names
   * @param page the page of the documentation to write
   */
  private record Options(
      List<Story> stories,
      List<Blow> blows,
      Optional<Integer> sample,
      String at,
      Optional<Path> page,
      Path failures,
      int parallel) {

    boolean isFull() {
      return sample.isEmpty() && at.isEmpty();
    }

    static Options parse(String[] args) {
      var stories = new ArrayList<Story>();
      var blows = new ArrayList<Blow>();
      String at = "";
      Optional<Integer> sample = Optional.empty();
      Optional<Path> page = Optional.empty();
      Path failures = Path.of("target", "failures");
      int parallel = 8;
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--sample" -> sample = Optional.of(Integer.valueOf(args[++i]));
          case "--blow" -> blows.add(Blow.of(args[++i]));
          case "--at" -> at = args[++i];
          case "--page" -> page = Optional.of(Path.of(args[++i]));
          case "--failures" -> failures = Path.of(args[++i]);
          case "--parallel" -> parallel = Integer.parseInt(args[++i]);
          default -> stories.add(Story.of(args[i]));
        }
      }
      return new Options(
          stories.isEmpty() ? List.of(Story.values()) : stories,
          blows.isEmpty() ? Blow.DEATHS : blows,
          sample,
          at,
          page,
          failures,
          parallel);
    }
  }
}
