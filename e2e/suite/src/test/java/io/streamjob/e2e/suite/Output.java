package io.streamjob.e2e.suite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamjob.e2e.job.Checker;
import io.streamjob.e2e.job.Checker.Rules;
import io.streamjob.e2e.job.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the sample job wrote, judged by its checker. */
final class Output {

  /** Longer than the sink's roll interval (1 s) and the writing of an object. */
  private static final Duration HORIZON = Duration.ofSeconds(4);

  /** Objects never change once written. */
  private static final Map<String, List<String>> READ = new ConcurrentHashMap<>();

  private final Objects objects;
  private final String job;
  private final String folder;

  Output(Objects objects, String job, String folder) {
    this.objects = objects;
    this.job = job;
    this.folder = folder;
  }

  /** Waits until the run's output is long enough to be judged, and judges all of the job's. */
  Report exactThrough(String runId) {
    return exactThrough(runId, -1);
  }

  /** The same, once events beyond that one can be judged. */
  Report exactThrough(String runId, long event) {
    Report report =
        Eventually.get(
            "job %s: run %s has written events beyond %d, for more than %s"
                .formatted(job, runId, event, HORIZON),
            () ->
                Optional.of(report(Rules.running(HORIZON)))
                    .filter(r -> r.lastEvent() > event && isJudged(r, runId)),
            () -> "\n" + report(Rules.running(HORIZON)).toText());
    return exact(report);
  }

  /** Whether events are judged that are the run's own: no earlier run had come so far. */
  private static boolean isJudged(Report report, String runId) {
    long before =
        report.runs().stream()
            .filter(run -> !run.run().equals(runId))
            .mapToLong(Report.Run::lastEvent)
            .max()
            .orElse(-1);
    return report.lastEvent() > before
        && report.runs().stream().anyMatch(run -> run.run().equals(runId));
  }

  /** The highest event that was written so far. */
  long lastWritten() {
    return report(Rules.ENDED).lastEvent();
  }

  /** Judges all of the output of a job that was stopped with a savepoint. */
  Report exactAtItsEnd() {
    return exact(report(Rules.ENDED));
  }

  private Report exact(Report report) {
    System.out.printf("%n[%s] %s%n%s", job, folder, report.toText());
    assertThat(report.exact()).as("%s's state is intact:%n%s", job, report.toText()).isTrue();
    return report;
  }

  /** Nothing was written again either: no failure was on the way. */
  static void onlyOnce(Report report) {
    assertThat(report.writtenAgain()).as("lines written again:%n%s", report.toText()).isZero();
  }

  private Report report(Rules rules) {
    List<String> lines =
        objects.below(folder).stream()
            .flatMap(key -> READ.computeIfAbsent(key, this::lines).stream())
            .toList();
    return Checker.check(lines, rules);
  }

  private List<String> lines(String key) {
    return new String(objects.read(key), UTF_8).lines().toList();
  }
}
