package io.streamjob.e2e.crash;

import io.streamjob.e2e.crash.Run.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The results as a page of the documentation, and of each failure all that was seen. */
final class Report {

  private Report() {}

  /** Writes the page. */
  static void write(Path page, Map<Story, Result> undisturbed, List<Result> results)
      throws IOException {
    var lines = new ArrayList<String>();
    lines.add("# Crash at every write");
    lines.add("");
    lines.add("Written by `e2e/crash/run --full` on " + LocalDate.now(ZoneOffset.UTC) + ".");
    lines.add("");
    lines.add(
        "For each write of the operator (to Kubernetes, Flink or S3) in each story the operator died once before the write");
    lines.add(
        "and once after it, before it saw the reply. Another operator then had to come to the same end as a run that nothing");
    lines.add(
        "disturbs: the same objects, conditions and files, one running job, from the right state, and never two at a time.");
    lines.add("");
    lines.add(
        "| Story | Writes | Crash points | Runs | Failures | Longest way to the end after a crash |");
    lines.add("|---|---|---|---|---|---|");
    undisturbed.forEach((story, result) -> lines.add(row(story, result, results)));
    lines.add("");
    lines.add("The writes of each story, in the order of a run that nothing disturbed:");
    undisturbed.forEach((story, result) -> {
      lines.add("");
      lines.add("## " + story.label());
      lines.add("");
      result.calls().forEach(call -> lines.add("1. `%s`".formatted(call)));
    });
    Files.write(page, lines);
  }

  private static String row(Story story, Result undisturbed, List<Result> all) {
    List<Result> results = all.stream().filter(result -> result.story() == story).toList();
    return "| %s | %d | %d | %d | %d | %.1f s |"
        .formatted(
            story.label(),
            undisturbed.calls().size(),
            results.stream().filter(Result::isReached).count(),
            results.size() + 1,
            results.stream().filter(result -> !result.failures().isEmpty()).count(),
            results.stream().filter(Result::isReached).mapToLong(Result::millis).max().orElse(0)
                / 1000.0);
  }

  /** Writes what was seen of a failed run; returns where. */
  static Path failure(Path folder, Result result) throws IOException {
    Files.createDirectories(folder);
    var lines = new ArrayList<String>();
    lines.add(result.story().label() + " " + result.point().map(Point::toString).orElse(""));
    lines.addAll(result.failures());
    lines.add("--- the writes of the life that ended");
    result.calls().forEach(call -> lines.add(call.toString()));
    lines.add("--- what happened");
    lines.addAll(result.journal());
    String name =
        result.story().label()
            + result
                .point()
                .map(point -> "-" + point.toString().replaceAll("[^A-Za-z0-9]+", "-"))
                .orElse("");
    return Files.write(folder.resolve(name + ".txt"), lines);
  }
}
